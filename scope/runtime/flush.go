package runtime

import (
	"context"
	"slices"
	"time"

	"github.com/specgen-dev/specgen/scope"
)

// Step names one query of a coordinator, and says what its failures mean.
type Step struct {
	Name    string // as in the specification, such as "preset_roles.role"
	Query   string // sqlc's name
	Missing error  // what no row means; nil stands for scope.ErrNotFound
	Deletes bool   // a broken foreign key means scope.ErrInUse, and not scope.ErrParentNotFound

	// Lock is what the row is looked up by that the query locks, where the order
	// of several such locks is not known before: neighbours in a flush that have
	// one Query are sent in ascending order of it, as [Sorted] has it. Then two
	// transactions that lock the same rows do not deadlock. Its type is that of
	// the query's parameter.
	Lock any

	// Copied says that other rows are made of the rows that the query reads, a
	// SELECT: all that is copied must be one committed state. See [Flush.Reread].
	// Locks says that such a query locks its rows.
	Copied, Locks bool

	// MayVanish are the foreign keys by which the query's row refers to rows that
	// were read, and that somebody may have deleted since. A violation of one is an
	// [scope.ErrConflict], on which our own transaction is run again.
	MayVanish []string

	item int // one more than the index of the item that it is for; 0 for none
}

// Flush collects the statements that travel to the server together. It is used
// once, and not concurrently: Do for each statement, then Send.
type Flush struct {
	op        *Op
	queue     []queued
	mayEnd    bool
	asksLevel bool // one of its answers decides whether the others are wanted
	rereads   bool // the last step whose rows are copied is in it
}

// queued is a step that waits for Send.
type queued struct {
	step Step
	call func(ctx context.Context) error
	copy *copied // nil unless its rows are copied
}

// Do queues a step. Nothing is sent before [Flush.Send].
//
// call calls exactly one function of sqlc, on the [Op], and may look at what it
// returned, as [ExpectRows] and [Refuse] do; its error is the step's failure. It
// may be called more than once: the first time the statement may only be
// recorded, and the function of sqlc then returns an error, which call must
// return; a :many returns it as that of reading its first row. So what call does apart from the query it does after the query's error
// was found to be nil.
//
// ctx is that of Send.
func (f *Flush) Do(s Step, call func(ctx context.Context) error) {
	s.item = f.op.item
	q := queued{step: s, call: call}
	if s.Copied {
		q.copy = f.op.copy(s)
	}
	f.queue = append(f.queue, q)
}

// Send sends what was queued, in order, and waits for the answers. It returns the
// first failure, a [*scope.Error]; later steps then have no effect, and the
// transaction can no longer commit, even if the error is dropped. A Send with
// nothing queued does nothing, so a second Send does nothing.
//
// ctx governs the wait: when it is done, the driver closes the connection, and
// the server rolls the transaction back.
func (f *Flush) Send(ctx context.Context) error {
	f.addRereads()
	op, queue, rereads := f.op, f.queue, f.rereads
	f.queue, f.rereads = nil, false
	if len(queue) == 0 {
		return nil
	}
	if err := op.sendable(); err != nil {
		return err
	}
	orderLocks(queue)
	op.flushes++
	op.tx.sent = true
	runner := op.tx.runner
	var short *scope.Error // a step whose rows are copied, and are too few
	settled := func(s Step, took time.Duration, err error) error {
		var stop error
		switch {
		case err == nil:
		case short == nil && s.tooFew(err) && !hasOneSnapshot(op.tx.isolation):
			short = op.stepError(ctx, s, err)
			err = short
		case short != nil && err != errChanged:
			err = op.tx.fail(short) // came first
			stop = err
		default:
			err = op.tx.fail(op.stepError(ctx, s, err))
			stop = err
		}
		runner.observe(ctx, scope.Event{
			Kind: scope.StepDone, Op: op.kind, Scope: op.scope, Step: s.Name, Query: s.Query,
			Flush: op.flushes, Attempt: op.tx.attempt, Duration: took, Err: err,
		})
		return stop
	}
	start := time.Now()
	statements, err := op.tx.send(ctx, f, queue, settled)
	runner.observe(ctx, scope.Event{
		Kind: scope.FlushSent, Op: op.kind, Scope: op.scope,
		Flush: op.flushes, Statements: statements, Attempt: op.tx.attempt, Duration: time.Since(start), Err: err,
	})
	if err == nil && short != nil {
		return op.confirm(ctx, short, rereads)
	}
	return err
}

// orderLocks sorts the neighbours that lock rows by one query.
func orderLocks(queue []queued) {
	for len(queue) > 0 {
		first, n := queue[0].step, 1
		for first.Lock != nil && n < len(queue) && queue[n].step.Lock != nil && queue[n].step.Query == first.Query {
			n++
		}
		if n > 1 {
			slices.SortStableFunc(queue[:n], func(a, b queued) int { return compareKeys(a.step.Lock, b.step.Lock) })
		}
		queue = queue[n:]
	}
}

// send picks the executor.
//
// The savepoint is a trip of its own. What pgx prepares travels in front of a
// batch, and would end the caller's transaction when it fails, with no savepoint to
// return to; so would a savepoint that is a prepared statement of which the server
// does not know any more. Whether pgx will prepare anything is not to be known: it
// evicts from its cache what others push out. The answer says, too, that the
// transaction is still open, and its connection ours to look at.
func (tx *Tx) send(ctx context.Context, f *Flush, queue []queued, settled func(Step, time.Duration, error) error) (int, error) {
	if tx.runner.Joined() || tx.oneByOne() {
		if err := tx.openAlone(ctx); err != nil {
			return 0, err
		}
	}
	if tx.oneByOne() {
		return sendSequentially(ctx, f.op, queue, settled)
	}
	return sendPipelined(ctx, f, queue, settled)
}

// sendable returns why nothing may be sent any more. After the first failure the
// server would answer 25P02 at best, and at worst take locks for nothing.
func (op *Op) sendable() error {
	failed := func(err error) *scope.Error { return &scope.Error{Op: op.kind, Scope: op.scope, Err: err} }
	switch {
	case op.tx.over:
		return failed(errOpEnded)
	case op.tx.ended:
		return op.tx.fail(failed(errAfterEnd))
	case op.tx.failure != nil:
		return op.tx.notSent(failed(nil))
	case op.tx.own.busy():
		return op.tx.fail(failed(errRowsOpen))
	case op.misuse != nil:
		return op.tx.fail(failed(op.misuse))
	default:
		return nil
	}
}

// notSent makes e the error of what is not sent because the transaction has failed.
func (tx *Tx) notSent(e *scope.Error) *scope.Error {
	e.Phase, e.SQLState, e.Err = "not sent, because the transaction has failed before", tx.failure.SQLState, tx.failure
	return e
}
