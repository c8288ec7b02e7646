package scope

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope/internal/fault"
	"github.com/specgen-dev/specgen/scope/internal/sqlstate"
)

// hint says what the caller can do.
func (e *Error) hint() string {
	if _, several := e.Err.(*fault.Several); several { // each has its own
		return ""
	}
	if e.Committed {
		return "the transaction is committed: do not run it again"
	}
	if _, nested := e.Err.(*Error); nested { // its text has the hint
		return ""
	}
	if counted, ok := fault.As[*RowCountError](e.Err); ok && counted.AtLeast {
		return "check that the rows are there, and what the query's WHERE leaves out"
	} else if ok && counted.Got != 0 {
		return "check what else the query's WHERE matches"
	}
	// ErrCommitUnknown comes first: what the cause would mean by itself does
	// not hold for it.
	for _, h := range [...]struct {
		is   error
		text string
	}{
		{ErrCommitUnknown, "look whether the rows are there before you run it again"},
		{ErrAlreadyExists, "choose another key, or use the row that is there"},
		{ErrParentNotFound, "create what the row refers to first; it may have been removed meanwhile"},
		{ErrHasChildren, "purge the children first"},
		{ErrInUse, "remove what refers to it first"},
		{ErrInvalid, e.invalidHint()},
		{ErrIsolation, "run it in a transaction at " + neededLevel(e)},
		{ErrNotFound, "check the key; the row may have been removed meanwhile"},
		{ErrPoolExhausted, "make the pool larger, or hold connections for less time: a call on the pool from within a transaction on it needs a second one"},
		{ErrConflict, "run the whole transaction again"},
	} {
		if errors.Is(e, h.is) {
			return h.text
		}
	}
	if hint := e.serverHint(); hint != "" {
		return hint
	}
	if hint := hintForState(e.SQLState); hint != "" {
		return hint
	}
	return e.causeHint()
}

// invalidHint says where the rule is that a value breaks. A misuse says in its
// text what to do.
func (e *Error) invalidHint() string {
	_, said := e.Err.(fault.Misuse)
	switch {
	case said:
		return ""
	case e.SQLState == "":
		return "correct the value"
	case e.SQLState == sqlstate.TooLarge:
		return "give a shorter value: an index has room for about a third of a page"
	case strings.HasPrefix(e.SQLState, sqlstate.DataException):
		return "check the values against the types of the columns"
	default:
		return "check the values against the constraints of the table"
	}
}

// causeHint is for failures of which neither a sentinel nor the SQLSTATE says
// what to do.
func (e *Error) causeHint() string {
	_, fromServer := fault.As[*pgconn.PgError](e.Err)
	_, dialling := fault.As[*pgconn.ConnectError](e.Err)
	_, onTheWire := fault.As[*net.OpError](e.Err)
	_, scanning := fault.As[pgx.ScanArgError](e.Err)
	switch {
	case isOurs(e.Err): // its text says what to do
		return ""
	case errors.Is(e.Err, context.Canceled), errors.Is(e.Err, context.DeadlineExceeded):
		return "call it again, with more time"
	case fromServer:
		return "unwrap this error to see the server's message"
	case e.FromGo:
		return "see what the function refuses"
	case dialling:
		return "check the address of the server and that it runs"
	case errors.Is(e.Err, pgx.ErrTxCommitRollback):
		return "return the error of every statement"
	case errors.Is(e.Err, pgx.ErrTxClosed):
		return "begin another one"
	case onTheWire, pgconn.SafeToRetry(e.Err), errors.Is(e.Err, pgconn.ErrConnClosed), errors.Is(e.Err, io.ErrUnexpectedEOF):
		return "call it again, once the server is reached"
	case scanning:
		return "compare the schema with the one that sqlc has read"
	default:
		return ""
	}
}

// serverHint is for failures whose SQLSTATE alone does not tell what to do.
func (e *Error) serverHint() string {
	pgErr, ok := fault.As[*pgconn.PgError](e.Err)
	switch {
	case !ok || pgErr.Code != e.SQLState:
		return ""
	case sqlstate.IsChangedPlan(pgErr):
		return "a migration changed the tables below a prepared statement: call it again"
	case e.SQLState == sqlstate.NotSupported && e.Phase == "BEGIN":
		return "a standby has no serializable transactions: connect to the primary, or ask for repeatable read"
	case pgErr.Message == noTransactions:
		return "the pooler is in statement mode, which has no transactions: set its pool_mode to transaction"
	default:
		return ""
	}
}

// noTransactions is what PgBouncer says to a transaction in statement mode; it
// does not translate its messages.
const noTransactions = "transaction blocks not allowed in statement pooling mode"

// hintForState is for failures that no sentinel stands for: those of an
// operator rather than of the caller's data.
func hintForState(state string) string {
	switch state {
	case "25P02": // in_failed_sql_transaction
		return "a statement before it failed: roll the transaction back"
	case "25006": // read_only_sql_transaction
		return "connect to the primary, with a transaction that may write"
	case "25P03", "25P04": // idle_in_transaction_session_timeout, transaction_timeout
		return "the transaction took longer than the server allows: do less in it"
	case sqlstate.NoSuchStatement, sqlstate.StatementExists:
		return "the server and the driver know other prepared statements: call it again; where that does not help, a pooler changes the connection below them: set default_query_exec_mode to cache_describe"
	case "42501": // insufficient_privilege
		return "grant the role what the query needs"
	case "57014": // query_canceled
		return "the statement was cancelled, or took longer than statement_timeout"
	}
	switch {
	case strings.HasPrefix(state, "42"): // syntax error or access rule violation
		return "the queries do not fit the database: is a migration missing?"
	case strings.HasPrefix(state, "53"): // insufficient resources
		return "the server is out of a resource: see its log"
	case strings.HasPrefix(state, "57P"): // shutdown and the like
		return "the server ended the connection: run it again once the server is back"
	}
	return ""
}

// neededLevel is the level that an operation needs.
func neededLevel(e *Error) string {
	if level, ok := fault.As[*IsolationError](e.Err); ok {
		return level.Needs
	}
	return "another level"
}
