package runtime

import (
	"context"
	"hash/maphash"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// Op is one operation, for one scope or for several. It is the [scope.DBTX] that the queries of the
// operation run on, but only inside the functions given to [Flush.Do]: outside
// of them its methods fail, because a statement there could not travel with
// others. It lives as long as its [Tx], and like it is not for concurrent use.
type Op struct {
	tx          *Tx
	kind        string
	scope       scope.Context
	draws       *Draws
	constraints map[string]error
	flushes     int
	item        int          // one more than the index of the item that steps are queued for; 0 for none
	several     bool         // it has more than one item
	lookUp      *queued      // finds out whether the scope is there; nil for none
	copies      []*copied    // what was read of which other rows are made, in order
	seed        maphash.Seed // of their multisets
	misuse      error        // found when the Op was made, told at its first flush
	via         scope.DBTX   // where statements go; set by the executor while a function of Flush.Do runs
}

var _ scope.DBTX = (*Op)(nil)

// NewUUID returns the next id of the operation. In a transaction that is run
// again the sequence is the same as before.
func (op *Op) NewUUID() scope.UUID { return op.draws.uuid() }

// Now returns the time at which the call was made, the same for the whole
// operation and all its attempts: in UTC, and in whole microseconds, which is
// what timestamptz keeps (PostgreSQL manual, section 8.5).
func (op *Op) Now() time.Time { return op.draws.now }

// Flush starts a flush: statements that travel to the server together, because
// none of them needs the answer of another.
func (op *Op) Flush() *Flush { return &Flush{op: op} }

// Fail reports the error of Go code that runs between flushes. It returns err as
// a [*scope.Error] of the step, and the transaction can no longer commit. A nil err
// is nobody's failure: it returns nil.
//
// The text of err becomes part of ours, unless it wraps an error of PostgreSQL.
func (op *Op) Fail(step string, err error) error {
	if err == nil {
		return nil
	}
	return op.tx.fail(&scope.Error{Op: op.kind, Scope: op.scope, Step: step, Err: err, FromGo: true, Item: op.item})
}

// Exec implements [scope.DBTX].
func (op *Op) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return op.db().Exec(ctx, sql, args...)
}

// Query implements [scope.DBTX].
func (op *Op) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return op.db().Query(ctx, sql, args...)
}

// QueryRow implements [scope.DBTX].
func (op *Op) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return op.db().QueryRow(ctx, sql, args...)
}

// CopyFrom implements [scope.DBTX].
func (op *Op) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	return op.db().CopyFrom(ctx, table, columns, rows)
}

// SendBatch implements [scope.DBTX].
func (op *Op) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return op.db().SendBatch(ctx, batch)
}

func (op *Op) db() scope.DBTX {
	if op.via == nil {
		return refusing{errOutsideFlush}
	}
	return op.via
}

const (
	errOutsideFlush  fault.Misuse = "a statement was issued outside of a flush: queue it with Flush.Do, and run it with Flush.Send"
	errTwoStatements fault.Misuse = "a function given to Flush.Do issued a second statement: queue one function for each"
	errOpEnded       fault.Misuse = "the operation was used after its transaction had ended"
	errAfterEnd      fault.Misuse = "a flush was sent behind the one of which Flush.MayEnd said that it is the last"
	errDrawsAtOnce   fault.Misuse = "the same prepared specification was given to two calls at the same time, which would write the same ids: prepare each of them"
	errDrawsTwice    fault.Misuse = "the same prepared specification was given to two operations of one transaction, which would write the same ids: prepare each of them"
)

// refusing is a DBTX on which everything fails.
type refusing struct{ err error }

func (r refusing) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, r.err
}

func (r refusing) Query(context.Context, string, ...any) (pgx.Rows, error) {
	return r.results().Query()
}

func (r refusing) QueryRow(context.Context, string, ...any) pgx.Row { return r.results().QueryRow() }

func (r refusing) CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error) {
	return 0, r.err
}

func (r refusing) SendBatch(context.Context, *pgx.Batch) pgx.BatchResults { return r.results() }

// results are pgx's own, so that its large interfaces are not implemented here.
func (r refusing) results() pgx.BatchResults { return pgx.FailedBatchResults(&pgx.Batch{}, r.err) }
