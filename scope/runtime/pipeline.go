package runtime

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// A longer flush is sent in parts. These bound the memory that a part takes on
// both sides of the connection: the driver writes a part from one buffer, and
// while it writes it keeps what the server has answered so far.
const (
	maxBatch      = 5000     // statements of a part
	maxBatchBytes = 16 << 20 // of texts, byte strings and arrays among their arguments, give or take one statement's
)

const (
	errRecorded fault.Misuse = "the statement is recorded, and its answer is still to come"
	errDropped  fault.Misuse = "a function given to Flush.Do dropped the error of its query: return it"
	errReplay   fault.Misuse = "a function given to Flush.Do issued another statement the second time"
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
// in front of it is sent first, then it runs alone. A function that issues no
// statement is called once.
func sendPipelined(ctx context.Context, f *Flush, queue []queued, settled settle) (statements int, err error) {
	op := f.op
	defer func() { op.via = nil }()
	for len(queue) > 0 {
		rec := newRecorder(op, settled, len(queue), f.mayEnd && !f.asksLevel && op.tx.mayRide())
		n, err := rec.record(ctx, queue)
		if err != nil {
			return statements, err
		}
		statements += rec.statements()
		if err := rec.send(ctx, queue[:n], rec.sure && n == len(queue)); err != nil {
			return statements, err
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
	op        *Op
	settled   settle
	queries   []*pgx.QueuedQuery // the first is room for the transaction's opening
	room      []pgx.QueuedQuery  // what they point to, made at once
	silent    []bool             // for each function recorded, whether it issued no statement
	bytes     int                // of arguments
	alone     bool               // the last function called must run by itself
	sure      bool               // every row recorded so far is certain to decode
	known     columns            // of the connection; nil where the transaction cannot end
	lastSQL   string             // of the row that is asked for
	pretended bool               // the function that is called was given rows that are not there
	copy      *copied            // of the function that is called; nil unless its rows are copied
}

func newRecorder(op *Op, settled settle, length int, mayEnd bool) *recorder {
	length = min(length, maxBatch)
	r := &recorder{
		op: op, settled: settled, sure: mayEnd,
		queries: make([]*pgx.QueuedQuery, 1, length+2), // opening and end
		room:    make([]pgx.QueuedQuery, 0, length),
		silent:  make([]bool, 0, length),
	}
	if mayEnd {
		r.known = columnsOf(op.tx.link.Conn())
	}
	return r
}

// statements is how many were recorded.
func (r *recorder) statements() int { return len(r.queries) - 1 }

// record calls the functions of a queue until the batch is full, or one cannot
// be part of it, and returns how many are recorded.
func (r *recorder) record(ctx context.Context, queue []queued) (n int, err error) {
	for n < len(queue) && r.statements() < maxBatch && r.bytes < maxBatchBytes {
		q, before := queue[n], r.statements()
		r.op.via, r.pretended, r.copy = r, false, q.copy
		err := q.call(ctx)
		r.op.via = nil
		switch issued := r.statements() - before; {
		case r.alone:
			r.queries = r.queries[:before+1] // what it issued in front of that, if anything
			r.sure = false
			return n, nil
		case issued == 0 && err != nil && before > 0:
			return n, nil // it fails without a statement: first what is in front of it
		case issued == 0 && err != nil:
			for _, earlier := range queue[:n] {
				_ = r.settled(earlier.step, 0, nil)
			}
			return n, r.settled(q.step, 0, err)
		case issued > 1:
			return n, r.settled(q.step, 0, errTwoStatements)
		case issued == 1 && !errors.Is(err, errRecorded) && (err == nil || !r.pretended):
			return n, r.settled(q.step, 0, errDropped)
		default:
			r.silent = append(r.silent, issued == 0)
		}
		n++
	}
	return n, nil
}

func (r *recorder) queue(sql string, args []any) {
	if len(r.room) == cap(r.room) { // a function's second statement, which is refused
		r.room = make([]pgx.QueuedQuery, 0, 1)
	}
	r.room = append(r.room, pgx.QueuedQuery{SQL: sql, Arguments: args})
	r.queries = append(r.queries, &r.room[len(r.room)-1])
	r.copy.noted(sql, args)
	for _, arg := range args {
		r.bytes += sizeOf(arg)
	}
}

func (r *recorder) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if tooLong(args) {
		return pgconn.CommandTag{}, errTooLong
	}
	r.queue(sql, args)
	return pgconn.CommandTag{}, errRecorded
}

func (r *recorder) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	if tooLong(args) {
		return refusing{errTooLong}.results().Query()
	}
	r.queue(sql, args)
	if !r.sure {
		return nil, errRecorded
	}
	return r.pretend(sql), nil
}

func (r *recorder) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	if tooLong(args) {
		return refusing{errTooLong}.results().QueryRow()
	}
	r.queue(sql, args)
	r.lastSQL = sql
	return (*recordedRow)(r)
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
type recordedRow recorder

// Scan finds out whether the row will decode, where that matters.
func (r *recordedRow) Scan(dest ...any) error {
	r.sure = r.sure && r.known.decode(r.lastSQL, dest)
	return errRecorded
}
