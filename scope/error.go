package scope

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// Error is a failure of a coordinator. errors.Is tells what it means: the
// specification's own error if there is one for it, a sentinel of this package
// if one fits, and context.Canceled or context.DeadlineExceeded when the context
// ended it. errors.As reaches the *pgconn.PgError, when the server reported one.
//
// Unless Committed is set or it is an [ErrCommitUnknown], nothing that the
// transaction did is in the database.
//
// Error's text is fit for logs: it has neither the server's message nor values
// of a row nor the id of the scope. The driver's own error has them.
type Error struct {
	Op    string   // OpCreate, OpPurge, OpTransaction, or OpPrepare
	Scope Context  // ID is empty in a create: the row may not have been written yet
	Step  string   // as in the specification, such as "preset_roles.role"; empty outside of a step
	Query string   // sqlc's name of the query
	Phase string   // what failed outside of a step, such as "COMMIT"
	Parts []string // the operations of a transaction of several, such as "create project"
	Item  int      // the item that the step was for, counted from 1; 0 for none. [ItemError] counts from 0

	// As the server reported them. A distributed PostgreSQL may leave Table and
	// Constraint empty: Citus does. Constraint is then what its message names, as
	// long as the specification has an error for it.
	Table      string
	Constraint string
	SQLState   string

	// Committed is true for a failure after COMMIT has succeeded: the rows are
	// there, and the call must not be made again.
	Committed bool

	// What errors.Is and errors.As find. Err may hold values of rows, so that none of
	// them is written as JSON.
	Own      error `json:"-"` // the specification's own error; nil if it has none for this
	Sentinel error `json:"-"` // of this package, such as ErrAlreadyExists; nil if none fits
	Err      error `json:"-"` // the cause: an error of the driver, or of a function of the application

	// FromGo is true if Err comes from Go code of the application. Error then shows its
	// text, unless it wraps an error of PostgreSQL.
	FromGo bool

	// Later is set for an ErrCommitUnknown after which the transaction was run again, and
	// failed. errors.Is does not find it: it would read as a failure of the whole.
	Later *Error
}

// Unwrap returns the specification's own error, the sentinel of this package
// that fits, and the cause, each if there is one.
func (e *Error) Unwrap() []error { return present(e.Own, e.Sentinel, e.Err) }

// Error says what was done, where it failed, what that means, and what the
// caller can do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	switch {
	case e.Scope.Type != "":
		b.WriteString(" " + e.Scope.Type)
	case len(e.Parts) > 3:
		fmt.Fprintf(&b, " (%s and %d more)", strings.Join(e.Parts[:2], ", "), len(e.Parts)-2)
	case len(e.Parts) > 0:
		b.WriteString(" (" + strings.Join(e.Parts, ", ") + ")")
	}
	switch {
	case e.Step != "":
		b.WriteString(": step " + e.Step)
	case e.Phase != "":
		b.WriteString(": " + e.Phase)
	}
	if e.Query != "" {
		b.WriteString(" (query " + e.Query + ")")
	}
	b.WriteString(": " + e.meaning())
	if where := e.where(); where != "" {
		b.WriteString(" (" + where + ")")
	}
	if e.Later != nil {
		b.WriteString("; then " + e.Later.Error())
	}
	if hint := e.hint(); hint != "" {
		b.WriteString("; " + hint)
	}
	return b.String()
}

// meaning prefers the most specific text that cannot hold a value.
func (e *Error) meaning() string {
	if e.Own != nil {
		return e.Own.Error()
	}
	if e.Sentinel != nil && !isOurs(e.Err) {
		return e.Sentinel.Error()
	}
	return e.causeText()
}

func isOurs(err error) bool {
	switch err.(type) {
	case *fault.Sentinel, *fault.Several, fault.Misuse, *HasChildrenError, *RowCountError, *IsolationError, *Error:
		return true
	}
	return false
}

// causeText describes the cause without the driver's text, which quotes what it
// could not encode or decode.
func (e *Error) causeText() string {
	_, fromServer := fault.As[*pgconn.PgError](e.Err)
	_, dialling := fault.As[*pgconn.ConnectError](e.Err)
	netErr, onTheWire := fault.As[*net.OpError](e.Err)
	scan, scanning := fault.As[pgx.ScanArgError](e.Err)
	switch {
	case isOurs(e.Err):
		return e.Err.Error()
	case errors.Is(e.Err, context.Canceled):
		return context.Canceled.Error()
	case errors.Is(e.Err, context.DeadlineExceeded):
		return context.DeadlineExceeded.Error()
	case fromServer:
		return "the server reported an error"
	case e.FromGo:
		return e.Err.Error()
	case dialling:
		return "no connection to the server"
	case onTheWire:
		return "the connection failed: " + netErr.Error()
	case errors.Is(e.Err, pgx.ErrTxCommitRollback):
		return "the server answered ROLLBACK to COMMIT, because a statement had failed and its error was dropped"
	case errors.Is(e.Err, pgx.ErrTxClosed):
		return "the transaction has ended"
	case errors.Is(e.Err, pgx.ErrNoRows):
		return pgx.ErrNoRows.Error()
	case pgconn.SafeToRetry(e.Err), errors.Is(e.Err, pgconn.ErrConnClosed):
		return "the connection is closed or busy"
	case scanning:
		return fmt.Sprintf("column %s of the answer does not fit its Go type", scan.FieldName)
	default:
		return "the driver reported an error (its text may quote values: unwrap this error to see it)"
	}
}

func (e *Error) where() string {
	var parts []string
	if e.SQLState != "" {
		parts = append(parts, "SQLSTATE "+e.SQLState)
	}
	if e.Table != "" {
		parts = append(parts, "table "+e.Table)
	}
	if e.Constraint != "" {
		parts = append(parts, "constraint "+e.Constraint)
	}
	return strings.Join(parts, ", ")
}
