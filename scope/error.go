package scope

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
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
	Op    string  // OpCreate, OpPurge, OpTransaction, or OpPrepare
	Scope Context // ID is empty in a create: the row may not have been written yet
	Step  string  // as in the specification, such as "preset_roles.role"; empty outside of a step
	Query string  // sqlc's name of the query

	// As the server reported them. A distributed PostgreSQL may leave Table and
	// Constraint empty: Citus does. Constraint is then what its message names, as
	// long as the specification has an error for it.
	Table      string
	Constraint string
	SQLState   string

	// Committed is true for a failure after COMMIT has succeeded: the rows are
	// there, and the call must not be made again.
	Committed bool

	phase   string   // of the transaction, such as "COMMIT", outside of a step
	parts   []string // of a transaction of several operations, such as "create project"
	own     error    // the specification's
	generic error    // ours
	cause   error    // never nil
	item    int      // one more than the index of the item; 0 for none
	later   *Error   // of an ErrCommitUnknown: how running it again failed
	again   bool     // another transaction was in the way: ours is run again
	goStep  bool     // the cause comes from Go code of the application, which may say what it likes
}

// Unwrap returns the specification's own error, the sentinel of this package
// that fits, and the cause, each if there is one.
func (e *Error) Unwrap() []error { return present(e.own, e.generic, e.cause) }

// Error says what was done, where it failed, what that means, and what the
// caller can do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	switch {
	case e.Scope.Type != "":
		b.WriteString(" " + e.Scope.Type)
	case len(e.parts) > 3:
		fmt.Fprintf(&b, " (%s and %d more)", strings.Join(e.parts[:2], ", "), len(e.parts)-2)
	case len(e.parts) > 0:
		b.WriteString(" (" + strings.Join(e.parts, ", ") + ")")
	}
	switch {
	case e.Step != "":
		b.WriteString(": step " + e.Step)
	case e.phase != "":
		b.WriteString(": " + e.phase)
	}
	if e.Query != "" {
		b.WriteString(" (query " + e.Query + ")")
	}
	b.WriteString(": " + e.meaning())
	if where := e.where(); where != "" {
		b.WriteString(" (" + where + ")")
	}
	if e.later != nil {
		b.WriteString("; then " + e.later.Error())
	}
	if hint := e.hint(); hint != "" {
		b.WriteString("; " + hint)
	}
	return b.String()
}

// meaning prefers the most specific text that cannot hold a value.
func (e *Error) meaning() string {
	if e.own != nil {
		return e.own.Error()
	}
	if e.generic != nil && !isOurs(e.cause) {
		return e.generic.Error()
	}
	return e.causeText()
}

func isOurs(err error) bool {
	switch err.(type) {
	case *sentinel, *hookErrors, *HasChildrenError, *RowCountError, *IsolationError, misuse, *Error:
		return true
	}
	return false
}

// causeText describes the cause without the driver's text, which quotes what it
// could not encode or decode.
func (e *Error) causeText() string {
	_, fromServer := asType[*pgconn.PgError](e.cause)
	_, dialling := asType[*pgconn.ConnectError](e.cause)
	netErr, onTheWire := asType[*net.OpError](e.cause)
	scan, scanning := asType[pgx.ScanArgError](e.cause)
	switch {
	case isOurs(e.cause):
		return e.cause.Error()
	case errors.Is(e.cause, context.Canceled):
		return context.Canceled.Error()
	case errors.Is(e.cause, context.DeadlineExceeded):
		return context.DeadlineExceeded.Error()
	case fromServer:
		return "the server reported an error"
	case e.goStep:
		return e.cause.Error()
	case dialling:
		return "no connection to the server"
	case onTheWire:
		return "the connection failed: " + netErr.Error()
	case errors.Is(e.cause, pgx.ErrTxCommitRollback):
		return "the server answered ROLLBACK to COMMIT, because a statement had failed and its error was dropped"
	case errors.Is(e.cause, pgx.ErrTxClosed):
		return "the transaction has ended"
	case errors.Is(e.cause, pgx.ErrNoRows):
		return pgx.ErrNoRows.Error()
	case pgconn.SafeToRetry(e.cause), errors.Is(e.cause, pgconn.ErrConnClosed):
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
