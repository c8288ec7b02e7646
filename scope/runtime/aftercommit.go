package runtime

import (
	"cmp"
	"context"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// hook is one function to run after the commit, and where it comes from.
type hook struct {
	op    string
	scope scope.Context
	step  string
	fn    func(ctx context.Context) error
}

// AfterCommit queues fn to run after the transaction has committed, behind what
// was queued before, whatever operation queued it. It is dropped on every
// rollback and when the outcome of COMMIT is unknown. An error of fn does not
// keep the functions behind it from running, and undoes nothing.
//
// In a transaction of our own, fn gets the values of the context given to [In],
// which may be done by then, but neither its end nor its deadline: the rows are
// there, and fn sets a limit of its own. In a caller's, it gets the context of
// [Runner.AfterCommit]. step names it in errors.
func (op *Op) AfterCommit(step string, fn func(ctx context.Context) error) {
	h := hook{op: op.kind, scope: op.scope, step: step, fn: fn}
	if r := op.tx.runner; r.Joined() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.hooks = append(r.hooks, h)
		return
	}
	op.tx.hooks = append(op.tx.hooks, h)
}

// queuedHooks is how many hooks wait for the COMMIT of the caller's transaction.
func (r *Runner) queuedHooks() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.hooks)
}

// dropHooks forgets those that were queued under a savepoint that is rolled
// back: all but the first n.
func (r *Runner) dropHooks(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.hooks) > n {
		clear(r.hooks[n:])
		r.hooks = r.hooks[:n]
	}
}

// afterCommit runs the functions of a transaction that is committed. err is what
// failed since, if anything.
func (tx *Tx) afterCommit(ctx context.Context, err error) error {
	hookErr := runHooks(context.WithoutCancel(ctx), tx.hooks)
	if err == nil || hookErr == nil {
		return cmp.Or(err, hookErr)
	}
	return &scope.Error{Op: scope.OpTransaction, Phase: "after COMMIT", Committed: true, Err: &fault.Several{Errs: []error{err, hookErr}}}
}

// runHooks runs all of them, and returns a *scope.Error if any failed.
func runHooks(ctx context.Context, hooks []hook) error {
	var failures []error
	for _, h := range hooks {
		if err := h.fn(ctx); err != nil {
			failures = append(failures, &scope.Error{
				Op: h.op, Scope: h.scope, Step: h.step, Committed: true, Err: err, FromGo: true,
			})
		}
	}
	switch len(failures) {
	case 0:
		return nil
	case 1:
		return failures[0]
	}
	return &scope.Error{Op: scope.OpTransaction, Phase: "after COMMIT", Committed: true, Err: &fault.Several{Errs: failures}}
}
