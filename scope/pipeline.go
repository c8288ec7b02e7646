package scope

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// maxBatch bounds the statements of one round trip, and so the memory that a
// flush takes on both sides of the connection. A longer flush is sent in parts.
const maxBatch = 5000

const (
	errRecorded misuse = "the statement is recorded, and its answer is still to come"
	errDropped  misuse = "a function given to Flush.Do dropped the error of its query: return it"
	errReplay   misuse = "a function given to Flush.Do issued another statement the second time"
)

// sendPipelined is the executor of flushes: it calls each function once to
// record its statement, sends the statements in one batch, and calls each
// function again to read its answer, in order. The transaction's opening rides
// in front. It calls settled after each answer, and stops at the first error
// that settled returns; it returns how many statements were sent.
//
// A function that copies, or sends a batch itself, cannot share a batch: what is
// in front of it is sent first, then it runs alone.
func sendPipelined(
	ctx context.Context, op *Op, queue []queued, settled func(s Step, took time.Duration, err error) error,
) (statements int, err error) {
	defer func() { op.via = nil }()
	for len(queue) > 0 {
		rec := &recorder{batch: &pgx.Batch{}}
		n, err := rec.record(ctx, op, queue, settled)
		if err != nil {
			return statements, err
		}
		if rec.statements > 0 {
			statements += rec.statements
			if err := rec.send(ctx, op, queue[:n], settled); err != nil {
				return statements, err
			}
		}
		queue = queue[n:]
		if rec.alone {
			if err := op.tx.openAlone(ctx); err != nil {
				return statements, err
			}
			issued, err := sendSequentially(ctx, op, queue[:1], settled)
			if statements += issued; err != nil {
				return statements, err
			}
			queue = queue[1:]
		}
	}
	return statements, nil
}

// recorder is a DBTX that queues statements instead of running them.
type recorder struct {
	batch      *pgx.Batch
	statements int  // recorded
	alone      bool // the last function called must run by itself
}

// record calls the functions of a queue until the batch is full, or one cannot
// be part of it, and returns how many are settled or recorded.
func (r *recorder) record(ctx context.Context, op *Op, queue []queued, settled func(Step, time.Duration, error) error) (n int, err error) {
	for n < len(queue) && r.statements < maxBatch {
		q, before := queue[n], r.statements
		op.via = r
		err := q.call(ctx)
		op.via = nil
		switch issued := r.statements - before; {
		case r.alone:
			return n, nil
		case issued == 0 && before > 0 && err != nil:
			return n, nil // it fails without a statement: first what is in front of it
		case issued == 0:
			if err := settled(q.step, 0, err); err != nil {
				return n, err
			}
		case issued > 1:
			return n, settled(q.step, 0, errTwoStatements)
		case !errors.Is(err, errRecorded):
			return n, settled(q.step, 0, errDropped)
		}
		n++
	}
	return n, nil
}

// send sends the batch and has each function that recorded a statement read its answer.
func (r *recorder) send(ctx context.Context, op *Op, queue []queued, settled func(Step, time.Duration, error) error) error {
	tx := op.tx
	batch := r.batch
	opens := !tx.open
	if opens {
		batch = &pgx.Batch{QueuedQueries: append([]*pgx.QueuedQuery{{SQL: tx.opening()}}, r.batch.QueuedQueries...)}
	}
	start := time.Now()
	results := tx.link.SendBatch(ctx, batch)
	defer func() { _ = results.Close() }() // reads what is left; its error was reported at its statement
	if opens {
		if _, err := results.Exec(); err != nil {
			return r.notSent(ctx, op, queue, err, settled)
		}
		tx.open = true
	}
	for _, q := range queue {
		rep := &replayer{results: results, failed: func(err error) { tx.note(op.stepError(ctx, q.step, err)) }}
		op.via = rep
		err := q.call(ctx)
		op.via = nil
		if err == nil && rep.read != 1 {
			err = errReplay
		}
		if err := settled(q.step, time.Since(start), err); err != nil {
			return err
		}
	}
	if err := results.Close(); err != nil {
		return tx.fail(tx.transactionError(ctx, "reading the answers of a flush", err))
	}
	return nil
}

// notSent tells of an error that came instead of the answer to the opening: the
// opening's own, or that of a statement that could not be prepared or encoded,
// because of which nothing was sent.
func (r *recorder) notSent(ctx context.Context, op *Op, queue []queued, err error, settled func(Step, time.Duration, error) error) error {
	if early, ok := asType[pgx.ErrPreprocessingBatch](err); ok {
		for i, statement := range r.batch.QueuedQueries {
			if statement.SQL == early.SQL() && i < len(queue) {
				return settled(queue[i].step, 0, err)
			}
		}
	}
	return op.tx.fail(op.tx.transactionError(ctx, op.tx.openingPhase(), err))
}

func (r *recorder) queue(sql string, args []any) {
	r.statements++
	r.batch.Queue(sql, args...)
}

func (r *recorder) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	r.queue(sql, args)
	return pgconn.CommandTag{}, errRecorded
}

func (r *recorder) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	r.queue(sql, args)
	return nil, errRecorded
}

func (r *recorder) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	r.queue(sql, args)
	return recordedRow{}
}

func (r *recorder) CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error) {
	r.alone = true
	return 0, errRecorded
}

func (r *recorder) SendBatch(_ context.Context, b *pgx.Batch) pgx.BatchResults {
	r.alone = true
	return pgx.FailedBatchResults(b, errRecorded)
}

// recordedRow is the row of a statement that was not sent yet.
type recordedRow struct{}

func (recordedRow) Scan(...any) error { return errRecorded }

// replayer is a DBTX that answers each statement from the results of a batch.
type replayer struct {
	results pgx.BatchResults
	failed  func(error) // is told the server's errors
	read    int
}

// next takes the answer of one statement; a function has one.
func (r *replayer) next() bool {
	r.read++
	return r.read == 1
}

func (r *replayer) note(err error) {
	if _, ok := asType[*pgconn.PgError](err); ok {
		r.failed(err)
	}
}

func (r *replayer) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	if !r.next() {
		return pgconn.CommandTag{}, errTwoStatements
	}
	tag, err := r.results.Exec()
	r.note(err)
	return tag, err
}

func (r *replayer) Query(context.Context, string, ...any) (pgx.Rows, error) {
	if !r.next() {
		return nil, errTwoStatements
	}
	rows, err := r.results.Query()
	r.note(err)
	return rows, err
}

func (r *replayer) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if !r.next() {
		return refusing{errTwoStatements}.QueryRow(ctx, sql, args...)
	}
	return replayedRow{r.results.QueryRow(), r}
}

func (r *replayer) CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error) {
	return 0, errReplay
}

func (r *replayer) SendBatch(_ context.Context, b *pgx.Batch) pgx.BatchResults {
	return pgx.FailedBatchResults(b, errReplay)
}

// replayedRow is a row whose error is not lost.
type replayedRow struct {
	pgx.Row
	replayer *replayer
}

func (r replayedRow) Scan(dest ...any) error {
	err := r.Row.Scan(dest...)
	r.replayer.note(err)
	return err
}
