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

// settle is told how a step ended, and returns the error to stop at.
type settle func(s Step, took time.Duration, err error) error

// sendPipelined is the executor of flushes: it calls each function once to
// record its statement, sends the statements in one batch, and calls each
// function again to read its answer, in order. The transaction's opening rides
// in front, and its end behind where it may. It calls settled after each answer,
// and stops at the first error that settled returns; it returns how many
// statements were sent.
//
// A function that copies, or sends a batch itself, cannot share a batch: what is
// in front of it is sent first, then it runs alone.
func sendPipelined(ctx context.Context, f *Flush, queue []queued, settled settle) (statements int, err error) {
	op := f.op
	defer func() { op.via = nil }()
	for len(queue) > 0 {
		rec := &recorder{tx: op.tx, sure: f.mayEnd && op.tx.mayRide()}
		if rec.sure {
			rec.known = columnsOf(op.tx.link.Conn())
		}
		n, err := rec.record(ctx, op, queue, settled)
		if err != nil {
			return statements, err
		}
		ends := rec.sure && n == len(queue) && !rec.alone
		if rec.statements > 0 {
			statements += rec.statements
			if err := rec.send(ctx, op, queue[:n], ends, settled); err != nil {
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
	tx         *Tx
	batch      pgx.Batch
	statements int     // recorded
	alone      bool    // the last function called must run by itself
	sure       bool    // every row recorded so far is certain to decode
	known      columns // of the connection; nil where nothing can end here
}

// record calls the functions of a queue until the batch is full, or one cannot
// be part of it, and returns how many are settled or recorded.
func (r *recorder) record(ctx context.Context, op *Op, queue []queued, settled settle) (n int, err error) {
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

// send sends the batch and has each function that recorded a statement read its
// answer; with ends, the transaction ends with it.
func (r *recorder) send(ctx context.Context, op *Op, queue []queued, ends bool, settled settle) error {
	tx := r.tx
	batch, opens := &r.batch, !tx.open
	if opens {
		batch = &pgx.Batch{QueuedQueries: append([]*pgx.QueuedQuery{{SQL: tx.opening()}}, r.batch.QueuedQueries...)}
	}
	if ends {
		batch.Queue(tx.closing())
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
	for i, q := range queue {
		rep := &replayer{results: results, known: r.known, failed: func(err error) { tx.note(op.stepError(ctx, q.step, err)) }}
		op.via = rep
		err := q.call(ctx)
		op.via = nil
		if err == nil && rep.read != 1 {
			err = errReplay
		}
		if err != nil && ends {
			return r.failedBeforeEnd(ctx, results, len(queue)-i-1, settled(q.step, time.Since(start), err))
		}
		if err := settled(q.step, time.Since(start), err); err != nil {
			return err
		}
	}
	if ends {
		return r.readEnd(ctx, results)
	}
	if err := results.Close(); err != nil {
		return tx.fail(tx.transactionError(ctx, "reading the answers of a flush", err))
	}
	return nil
}

// readEnd reads the answer to COMMIT, which was sent with the statements.
func (r *recorder) readEnd(ctx context.Context, results pgx.BatchResults) error {
	tx := r.tx
	tag, err := results.Exec()
	if err == nil && tag.String() == "ROLLBACK" {
		err = pgx.ErrTxCommitRollback
	}
	if err == nil {
		err = results.Close()
	}
	if err == nil {
		tx.ended = true
		return nil
	}
	return tx.endFailed(ctx, err)
}

// endFailed records that the transaction did not end as it should, or that
// nobody knows.
func (tx *Tx) endFailed(ctx context.Context, err error) error {
	if tx.runner.Joined() {
		err = tx.commitError(ctx, tx.closingPhase(), err)
	} else {
		err = tx.outcome(ctx, tx.closingPhase(), err)
	}
	e, _ := asType[*Error](err)
	return tx.fail(e)
}

// failedBeforeEnd finds out whether the transaction ended although a step
// failed. When the server reported an error it did not: what came behind was
// skipped. Otherwise, once the connection is lost, nobody knows; and an answer
// that did not decode, against what was checked, does not undo a COMMIT.
func (r *recorder) failedBeforeEnd(ctx context.Context, results pgx.BatchResults, left int, failure error) error {
	tx := r.tx
	forgetColumns(tx.link.Conn())
	if tx.dropped != nil || failure == nil {
		return failure
	}
	var err error
	for range left {
		if _, err = results.Exec(); err != nil {
			break
		}
	}
	if err == nil {
		var tag pgconn.CommandTag
		if tag, err = results.Exec(); err == nil && tag.String() != "ROLLBACK" {
			tx.ended = true
			return failure
		}
	}
	if _, refused := asType[*pgconn.PgError](err); refused || err == nil || tx.runner.Joined() {
		return failure
	}
	e := tx.transactionError(ctx, tx.closingPhase(), errors.Join(failure, err))
	e.own, e.generic = nil, ErrCommitUnknown
	tx.failure = e
	return e
}

// notSent tells of an error that came instead of the answer to the opening: the
// opening's own, or that of a statement that could not be prepared or encoded,
// because of which nothing was sent.
func (r *recorder) notSent(ctx context.Context, op *Op, queue []queued, err error, settled settle) error {
	forgetColumns(r.tx.link.Conn())
	if early, ok := asType[pgx.ErrPreprocessingBatch](err); ok {
		for i, statement := range r.batch.QueuedQueries {
			if statement.SQL == early.SQL() && i < len(queue) {
				return settled(queue[i].step, 0, err)
			}
		}
	}
	return r.tx.fail(r.tx.transactionError(ctx, r.tx.openingPhase(), err))
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
	r.sure = false // where its rows go is not known yet
	return nil, errRecorded
}

func (r *recorder) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	r.queue(sql, args)
	if r.known == nil {
		return recordedRow{}
	}
	return sureRow{r, sql}
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

// sureRow is the same, where it matters whether the row will decode.
type sureRow struct {
	recorder *recorder
	sql      string
}

func (r sureRow) Scan(dest ...any) error {
	r.recorder.sure = r.recorder.sure && r.recorder.known.decode(r.sql, dest)
	return errRecorded
}

// replayer is a DBTX that answers each statement from the results of a batch.
type replayer struct {
	results pgx.BatchResults
	known   columns     // of the connection; nil where nothing is learnt
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
	if _, learnt := r.known[sql]; r.known == nil || learnt {
		return replayedRow{r.results.QueryRow(), r}
	}
	return learningRow{r, sql}
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

// learningRow notes the types of the columns as well.
type learningRow struct {
	replayer *replayer
	sql      string
}

// Scan does what that of pgx's own rows does.
func (r learningRow) Scan(dest ...any) error {
	rows, err := r.replayer.results.Query()
	if err == nil {
		defer rows.Close()
		if rows.Next() {
			r.replayer.known.learn(r.sql, rows.FieldDescriptions())
			err = rows.Scan(dest...)
		} else if rows.Err() == nil {
			err = pgx.ErrNoRows
		}
		rows.Close()
		if rows.Err() != nil {
			err = rows.Err()
		}
	}
	r.replayer.note(err)
	return err
}
