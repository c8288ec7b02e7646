package runtime

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
)

const (
	errRowsOpen   fault.Misuse = "rows of WriterOps.DB are still open: close them, or scan the row, before the next query or operation"
	errLeftOpen   fault.Misuse = "rows of WriterOps.DB were left open: close them, or scan the row, before the function returns"
	errDBEnded    fault.Misuse = "WriterOps.DB was used after its function had returned"
	errControl    fault.Misuse = "a query of WriterOps.DB controls the transaction, which WriterOps does: return an error to roll it back, and choose the isolation level by scope.Isolation"
	errEndedBySQL fault.Misuse = "a query of WriterOps.DB has ended the transaction, which WriterOps does"
)

// ofDB is the phase of an error of a caller's own query.
const ofDB = "query of WriterOps.DB"

// DB returns the transaction for queries of the caller's own. Each is sent at once, and
// so in order with the operations. The first one opens the transaction, and BEGIN is sent
// with it. BEGIN is a trip of its own in front of a CopyFrom, of a string of several
// statements and of arguments that are options of pgx, and in the simple protocol;
// SAVEPOINT is, in a joined transaction.
//
// An error of a query, also one that its rows tell late, fails the transaction, whatever
// the caller makes of it; pgx.ErrNoRows is none. The methods return the driver's errors
// as they are.
func (tx *Tx) DB() scope.DBTX {
	if tx.own == nil {
		tx.own = &ownQueries{tx: tx}
	}
	return tx.own
}

// ownQueries is the DBTX of a caller's own queries.
type ownQueries struct {
	tx      *Tx
	sent    int                       // queries, or batches of them
	reading interface{ leave(error) } // rows, or the results of a batch, that are not closed yet
}

// busy reports whether rows are open. q may be nil.
func (q *ownQueries) busy() bool { return q != nil && q.reading != nil }

// count is how many were sent. q may be nil.
func (q *ownQueries) count() int {
	if q == nil {
		return 0
	}
	return q.sent
}

// leave closes what the function has left open. failed says that it has failed anyhow.
// q may be nil.
func (q *ownQueries) leave(failed bool) {
	if !q.busy() {
		return
	}
	q.reading.leave(errLeftOpen)
	if q.tx.failure == nil && !failed {
		_ = q.fail("", errLeftOpen)
	}
}

// usable returns why no query may be sent.
func (q *ownQueries) usable() error {
	tx := q.tx
	switch {
	case tx.over:
		return q.error("", errDBEnded)
	case tx.failure != nil:
		return tx.notSent(q.error("", nil))
	case q.reading != nil:
		return q.fail("", errRowsOpen)
	default:
		return nil
	}
}

// prepare returns a query as it is sent.
func (q *ownQueries) prepare(ctx context.Context, sql string, args []any) (*pgx.QueuedQuery, error) {
	if len(args) > 0 {
		if rewriter, ok := args[0].(pgx.QueryRewriter); ok {
			var err error
			if sql, args, err = rewriter.RewriteQuery(ctx, q.tx.link.Conn(), sql, args[1:]); err != nil {
				return nil, q.note(ctx, sql, err)
			}
		}
	}
	if err := unsendable(args, q.tx.oneByOne()); err != nil {
		return nil, q.note(ctx, sql, err)
	}
	if controlsTransaction(sql) {
		return nil, q.fail(sql, errControl)
	}
	return &pgx.QueuedQuery{SQL: sql, Arguments: args}, nil
}

// open opens the transaction for queries that are about to be sent. If they were sent with
// BEGIN it returns their results, and nil if they are still to be sent.
func (q *ownQueries) open(ctx context.Context, queries []*pgx.QueuedQuery) (pgx.BatchResults, error) {
	tx := q.tx
	q.sent++
	tx.sent = true
	switch {
	case tx.open:
		return nil, nil
	case tx.runner.Joined(), tx.oneByOne(), len(queries) == 0, slices.ContainsFunc(queries, goesAlone):
		return nil, tx.openAlone(ctx)
	}
	begin := &pgx.QueuedQuery{SQL: tx.opening()}
	results := tx.link.SendBatch(ctx, &pgx.Batch{QueuedQueries: slices.Insert(queries, 0, begin)})
	_, err := results.Exec()
	if err == nil {
		tx.open = true
		return results, nil
	}
	_ = results.Close() // says the same
	_, early := fault.As[pgx.ErrPreprocessingBatch](err)
	if _, fromServer := fault.As[*pgconn.PgError](err); fromServer && !early {
		return nil, tx.fail(tx.transactionError(ctx, tx.openingPhase(), err))
	}
	return nil, q.note(ctx, queries[0].SQL, err) // it could not be prepared, or encoded
}

// done ends a query, with whose answer the connection is free again.
func (q *ownQueries) done(ctx context.Context, sql string, err error) error {
	q.reading = nil
	if conn := q.tx.link.Conn(); err == nil && conn != nil && !conn.IsClosed() && conn.PgConn().TxStatus() == 'I' {
		e := q.error(sql, errEndedBySQL)
		e.Sentinel = scope.ErrCommitUnknown
		return q.tx.fail(e)
	}
	return q.note(ctx, sql, err)
}

// note fails the transaction because of a query, and returns the error as it is.
func (q *ownQueries) note(ctx context.Context, sql string, err error) error {
	if err == nil || errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	tx := q.tx
	if conn := tx.link.Conn(); conn != nil && !tx.over {
		tx.forget(err) // pgx prepares the statements anew
	}
	e := q.error(sql, withContext(ctx, err))
	setServerError(e, err, nil, nil)
	_ = tx.fail(e)
	return err
}

// fail fails the transaction because of a misuse.
func (q *ownQueries) fail(sql string, err error) error { return q.tx.fail(q.error(sql, err)) }

// error is an error of a query. No SQL is in it but the name that sqlc writes in front.
func (q *ownQueries) error(sql string, err error) *scope.Error {
	e := &scope.Error{Op: scope.OpTransaction, Parts: q.tx.parts(), Phase: ofDB, Err: err}
	if rest, named := strings.CutPrefix(sql, "-- name: "); named {
		e.Query, _, _ = strings.Cut(rest, " ")
	}
	return e
}
