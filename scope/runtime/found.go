package runtime

import (
	"context"
	"errors"
	"time"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// After a COMMIT of which the answer was not read, the transaction may be
// committed, may be rolled back, may still be at work in the server, or may not
// even have arrived there: what was handed to the network before a connection
// broke can be delivered later. A look-up that finds nothing is therefore no
// proof. What makes it one is the unique key of the scope's id, which only this
// call knows, because it has drawn it.
//
//   - The look-up finds the row: it sees committed rows only, nobody else makes
//     a row of this id, and a transaction is committed whole. It is done.
//   - It finds nothing: the whole transaction is run again, with the same ids.
//     Two transactions that insert one key cannot both commit. Where the lost one
//     is at work, the INSERT waits for its end at the index (PostgreSQL manual,
//     section 62.5, "Index Uniqueness Checks"). When that has committed, the
//     INSERT fails with 23505, by this key or by another one that the same row
//     has, and a second look-up finds the row. When it has rolled back, or
//     arrives later, the new one makes the row, and the lost one gets the 23505.
//     So when the new one commits, the scope was made once, by it.
//   - The new one fails for another reason, and the look-up finds nothing still:
//     the lost one may yet arrive. The outcome stays unknown.
//
// One thing this cannot see: somebody who has found the scope, and purged it
// between the lost COMMIT and the look-up. It is then made again.

// errAnswersLost is what a call is told that is committed, and whose result is
// not whole.
var errAnswersLost = fault.New("it is committed, as a look-up by its id has shown, and its answers were lost", nil)

// LookUp says how to find out whether the scope that the operation creates is
// there: call runs one query, on the [Op], that finds its row by its id, and
// returns pgx.ErrNoRows when there is none. The id must be drawn from
// [Op.NewUUID], be the only column of a unique key, and be inserted without ON
// CONFLICT: that is what running again after a [scope.ErrCommitUnknown] rests on.
//
// It is used by [One] in a transaction of our own, and does nothing for several
// items. query is sqlc's name.
func (op *Op) LookUp(query string, call func(ctx context.Context) error) {
	if op.several {
		return
	}
	op.lookUp = &queued{step: Step{Name: "found", Query: query}, call: call}
}

// lost is what is known of the attempts whose COMMIT was not answered.
type lost struct {
	tx      *Tx // the last of them; nil for none
	err     *scope.Error
	several bool // then it cannot be told which of them committed
}

// add notes an attempt that ended with err, if its outcome is unknown and can
// be looked up.
func (l *lost) add(tx *Tx, err error) {
	if !errors.Is(err, scope.ErrCommitUnknown) || !tx.single || tx.runner.Joined() || len(tx.ops) != 1 || tx.ops[0].lookUp == nil {
		return
	}
	e := tx.failure
	if e == nil || e.Sentinel != scope.ErrCommitUnknown {
		e, _ = fault.As[*scope.Error](err)
	}
	l.several = l.tx != nil
	l.tx, l.err = tx, e
}

// isThere looks the scope up on another connection, and tries again when that
// fails, as often as a transaction is run.
func (l *lost) isThere(ctx context.Context) (there bool, err error) {
	for n := 1; ; n++ {
		there, err = l.tx.ask(ctx)
		if err == nil || n >= l.tx.runner.config.Attempts || wait(ctx, backoff(n, false)) != nil {
			return there, err
		}
	}
}

// ask looks the scope of the transaction's one operation up.
func (tx *Tx) ask(ctx context.Context) (there bool, err error) {
	op := tx.ops[0]
	start := time.Now()
	defer func() {
		tx.runner.observe(ctx, scope.Event{
			Kind: scope.StepDone, Op: op.kind, Scope: op.scope, Step: op.lookUp.step.Name, Query: op.lookUp.step.Query,
			Attempt: tx.attempt, Duration: time.Since(start), Err: err,
		})
	}()
	probe := &Tx{runner: tx.runner}
	if err := probe.connect(ctx); err != nil {
		return false, op.stepError(ctx, op.lookUp.step, err)
	}
	defer func() { probe.release() }()
	if probe.foreign != nil {
		defer func() { _ = probe.foreign.Rollback(context.WithoutCancel(ctx)) }()
	}
	one := &oneStatement{on: probe.link, failed: func(error) {}}
	op.via = one
	there, err = Found(op.lookUp.call(ctx))
	op.via = nil
	if err == nil && one.misuse != nil {
		err = one.misuse
	}
	if err != nil {
		return false, op.stepError(ctx, op.lookUp.step, err)
	}
	return there, nil
}

// settled ends a call whose scope was found. Its result is whole if one attempt
// alone may have committed, and all of its answers were read before COMMIT was
// sent; otherwise no result is returned.
func (l *lost) settled(ctx context.Context) (attempt int, err error) {
	if l.tx.finished && !l.several {
		return l.tx.attempt, l.tx.afterCommit(ctx, nil)
	}
	e := *l.err
	e.Committed, e.Own, e.Sentinel = true, nil, errAnswersLost
	return 0, &e
}

// unknown is the error of a call whose outcome stays unknown. What failed since
// is not part of its tree: it would read as a failure of the whole.
func (l *lost) unknown(since error) error {
	e := *l.err
	if later, ok := fault.As[*scope.Error](since); ok && later != l.err && !errors.Is(later, scope.ErrCommitUnknown) {
		e.Later = later
	}
	return &e
}
