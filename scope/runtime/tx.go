package runtime

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/sqlstate"
)

// Tx is one attempt of one transaction. Operations on it run one after the
// other: it is not for concurrent use, and of no use once the function given to
// [In] has returned.
type Tx struct {
	runner  *Runner
	call    *call
	attempt int

	link      link           // a connection of ours, or the caller's pgx.Tx
	foreign   pgx.Tx         // begun by a DB of a kind that we do not know; else nil
	open      bool           // BEGIN, or SAVEPOINT, has succeeded
	single    bool           // it has one operation alone
	finished  bool           // the function has returned its result: every answer was read
	ended     bool           // COMMIT, or RELEASE, has travelled with the last flush and succeeded
	release   func()         // gives the connection back
	begins    pgx.TxIsoLevel // the level of a transaction that we begin
	isolation pgx.TxIsoLevel // empty until it is known
	sent      bool           // a flush was sent in it
	ops       []*Op
	own       *ownQueries // of the caller; nil for none
	drawn     int         // how many of call.draws this attempt has taken

	failure *scope.Error // the first failure of an operation: the transaction cannot commit
	dropped *scope.Error // the first error of the server, also when the code in between dropped it
	over    bool         // the attempt is: nothing may be sent any more

	hooks       []hook // to run after COMMIT, when the transaction is ours
	hooksBefore int    // of the runner's hooks, those that were queued before this savepoint
}

// call is what all attempts of one call of In have in common.
type call struct {
	draws   []*Draws
	stale   int       // attempts that are run again because statements of the connection were stale
	staleAt int       // flushes that the last of them had sent
	kept    *keptConn // the connection that the next attempt runs on; nil for any
}

// draw returns ids and a time for one operation. The n-th of an attempt are what
// the n-th of the attempt before were, so that a retry writes the same ids, as long
// as the function given to [In] starts its operations in the same order.
func (tx *Tx) draw() *Draws {
	if tx.drawn == len(tx.call.draws) {
		tx.call.draws = append(tx.call.draws, tx.runner.Draw())
	}
	d := tx.call.draws[tx.drawn]
	tx.drawn++
	return d
}

// Create starts the creation of a scope of the given type. It sends nothing. d
// goes back to its start; nil stands for one of the transaction. constraints gives the
// specification's errors for names of constraints, and is only read.
func (tx *Tx) Create(scopeType string, d *Draws, constraints map[string]error) *Op {
	if d == nil {
		d = tx.draw()
	}
	return tx.newOp(scope.OpCreate, scope.Context{Type: scopeType}, d, constraints)
}

// Purge starts the purge of the scope c. It sends nothing.
func (tx *Tx) Purge(c scope.Context, constraints map[string]error) *Op {
	return tx.newOp(scope.OpPurge, c, tx.draw(), constraints)
}

func (tx *Tx) newOp(kind string, c scope.Context, d *Draws, constraints map[string]error) *Op {
	op := &Op{tx: tx, kind: kind, scope: c, draws: d, constraints: constraints}
	if err := d.lend(tx); err != nil {
		op.misuse, op.draws = err, tx.runner.Draw() // the other operation goes on with its own
	}
	tx.ops = append(tx.ops, op)
	return op
}

// fail records the first failure, and returns e.
func (tx *Tx) fail(e *scope.Error) error {
	if tx.failure == nil {
		tx.failure = e
	}
	return e
}

// note records the first error of the server.
func (tx *Tx) note(e *scope.Error) {
	if tx.dropped == nil {
		tx.dropped = e
	}
}

// In runs fn in one transaction and returns its result.
//
// On a [Runner] of a pool or a connection the transaction is its own: begun,
// committed when fn returns nil and no operation in it has failed, and otherwise
// rolled back, also when fn panics or ends its goroutine. When the server ends it
// with 40001 or 40P01, fn runs again from the start, in a new transaction, after a
// short random wait, as often as [scope.WithRetry] allows: fn must have no effect
// outside of the transaction that may not happen twice. On a joined Runner, fn
// runs under a savepoint of the caller's transaction, once; the caller's
// transaction stays usable after a failure.
//
// ctx is handed to fn and governs every statement, COMMIT, and the waits between
// attempts. Once it is done COMMIT is not sent any more. ROLLBACK is sent in any
// case, within the limit of [scope.WithRollbackTimeout].
//
// The error is fn's, or a [*scope.Error]. The result is then the zero value, with one
// exception: when something fails after COMMIT, such as a function queued by
// [Op.AfterCommit], the transaction is committed, the result is returned, and so
// is a *scope.Error whose Committed is true.
//
// A [scope.ErrCommitUnknown] means that COMMIT was handed to the network and that the
// answer was not read: the connection was lost, ctx was done first, or a proxy or
// the server said that it does not know. The rows may be there or not. It is
// never retried, but by [One] for an operation that has a [Op.LookUp]. An
// answer that says COMMIT is a success, also when ctx is done by then, or when the
// server or a proxy reports an error behind it. A DB that begins its transactions
// itself, such as a wrapper of a pool, does not tell what was answered: there, an
// error that is FATAL or of SQLSTATE class 57 is a scope.ErrCommitUnknown, too.
//
// A deferred constraint fails at COMMIT: in a joined transaction that is the
// caller's, which reports it to the caller.
//
// In may be called from several goroutines on one Runner if its [scope.DB] may be. A
// call of In from within fn on the same Runner nests only when it is joined;
// otherwise it is another transaction, which does not see this one.
func In[T any](ctx context.Context, r *Runner, fn func(ctx context.Context, tx *Tx) (T, error), opts ...scope.TxOption) (T, error) {
	return in(ctx, r, &call{}, false, fn, opts)
}

func in[T any](ctx context.Context, r *Runner, shared *call, single bool, fn func(ctx context.Context, tx *Tx) (T, error), opts []scope.TxOption) (T, error) {
	var results []T // of the attempts
	attempt, err := r.run(ctx, shared, single, r.level(opts), func(ctx context.Context, tx *Tx) error {
		result, err := fn(ctx, tx)
		results = append(results, make([]T, tx.attempt-len(results))...)
		results[tx.attempt-1] = result
		return err
	})
	if attempt == 0 {
		var none T
		return none, err
	}
	return results[attempt-1], err
}

// run runs attempts until one commits or none is left. It returns the attempt
// that is committed, or whose savepoint is released, counted from 1; 0 for none,
// or when its result is not whole.
func (r *Runner) run(ctx context.Context, shared *call, single bool, level pgx.TxIsoLevel, fn func(context.Context, *Tx) error) (committed int, err error) {
	defer shared.drop()
	var open lost
	for attempt := 1; ; attempt++ {
		tx := &Tx{runner: r, call: shared, attempt: attempt, single: single, begins: level}
		committed, err := tx.run(ctx, fn)
		if committed {
			return attempt, tx.afterCommit(ctx, err)
		}
		again := tx.canRunAgain(err)
		if open.add(tx, err); open.tx != nil {
			shared.drop() // the look-up may need it
			there, askErr := open.isThere(ctx)
			switch {
			case there:
				return open.settled(ctx)
			case askErr != nil:
				return 0, open.unknown(askErr)
			}
			again = again || open.tx == tx
		}
		pause := backoff(attempt, tx.deadlocked(err))
		switch {
		case attempt-shared.stale < r.config.Attempts && again:
		case open.tx != nil:
			return 0, open.unknown(err)
		default:
			return 0, err
		}
		r.observe(ctx, scope.Event{Kind: scope.Retry, Op: scope.OpTransaction, Attempt: attempt, Duration: pause, Err: err})
		if ctxErr := wait(ctx, pause); ctxErr != nil {
			if open.tx != nil {
				return 0, open.unknown(nil)
			}
			e := tx.transactionError(ctx, "waiting to run again", errors.Join(ctxErr, err))
			e.Own, e.Sentinel = nil, scope.ErrConflict
			return 0, e
		}
	}
}

// canRunAgain also looks at what fn made another error of: the server has ended
// the transaction, and a new one may do better.
func (tx *Tx) canRunAgain(err error) bool {
	if tx.runner.Joined() || errors.Is(err, scope.ErrCommitUnknown) {
		return false
	}
	if tx.stale(err) {
		tx.call.stale++
		tx.call.staleAt = tx.flushes()
		return tx.runner.config.Attempts > 1
	}
	return isRetryable(err) || tx.failure != nil && isRetryable(tx.failure) || tx.dropped != nil && isRetryable(tx.dropped)
}

// deadlocked reports whether a deadlock is why the attempt can run again.
func (tx *Tx) deadlocked(err error) bool {
	return endedBy(err) == sqlstate.Deadlock ||
		tx.failure != nil && endedBy(tx.failure) == sqlstate.Deadlock || tx.dropped != nil && endedBy(tx.dropped) == sqlstate.Deadlock
}

// run is one attempt. It can be committed and failed.
func (tx *Tx) run(ctx context.Context, fn func(context.Context, *Tx) error) (committed bool, err error) {
	if err := tx.connect(ctx); err != nil {
		return false, tx.connectError(ctx, err)
	}
	defer func() { tx.release() }()
	defer func() {
		for _, op := range tx.ops {
			op.draws.giveBack(tx)
		}
	}()
	// A deferred call without recover also runs while a panic or runtime.Goexit
	// unwinds, and leaves the panic's stack as it is.
	defer func() {
		tx.over = true
		if committed {
			return
		}
		if rollbackErr := tx.rollback(ctx); rollbackErr != nil && err != nil {
			err = tx.withRollbackError(err, rollbackErr)
		}
		if err != nil && tx.stale(err) {
			tx.keep()
		}
	}()
	err = fn(ctx, tx)
	tx.own.leave(err != nil)
	switch {
	case tx.failure == nil:
	case err == nil:
		err = tx.failure
	case errors.Is(tx.failure, scope.ErrCommitUnknown) && !errors.Is(err, scope.ErrCommitUnknown):
		err = errors.Join(err, tx.failure) // fn must not make a mere failure of it
	}
	tx.finished = err == nil
	switch {
	case tx.ended && err != nil && tx.runner.Joined():
		return false, err // the rollback sees to it
	case tx.ended && err != nil:
		return true, tx.afterEnd(err)
	case tx.ended:
		return true, nil
	case err == nil:
		err = tx.commit(ctx)
	}
	return err == nil, err
}
