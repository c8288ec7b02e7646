package runtime

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// Coordinator is what generated code runs: one operation for a list of items, in the
// transaction of tx. The results are in the order of the items, of which there is
// at least one.
type Coordinator[S, T any] func(ctx context.Context, tx *Tx, items []S) ([]T, error)

// One runs an operation for one item in a transaction as [In] has it, of which it is
// all: COMMIT may travel with its last statements.
//
// When COMMIT was not answered in a transaction of our own, and the operation has
// a [Op.LookUp], One asks on another connection whether the scope is there. If
// it is, the call succeeds, or, if answers were lost with the connection, returns
// no result and a [*scope.Error] whose Committed is true; what was to run after the
// commit does not run then. If it is not, the operation runs again, as after a 40001.
// What cannot be decided stays a [scope.ErrCommitUnknown].
func One[S, T any](ctx context.Context, r *Runner, item S, do Coordinator[S, T], opts ...scope.TxOption) (T, error) {
	items := []S{item}
	return first(in(ctx, r, &call{}, true, func(ctx context.Context, tx *Tx) ([]T, error) { return do(ctx, tx, items) }, opts))
}

// OneIn runs an operation for one item in a transaction that is open.
func OneIn[S, T any](ctx context.Context, tx *Tx, item S, do Coordinator[S, T]) (T, error) {
	return first(do(ctx, tx, []S{item}))
}

// first is the result of the one item.
func first[T any](results []T, err error) (T, error) {
	if len(results) == 0 {
		var none T
		return none, err
	}
	return results[0], err
}

// Many runs an operation for many items in one transaction, as [One] has it: all
// of them, or none. With none it does nothing.
//
// Its error is a [*scope.ItemError]. A statement for many items does not tell which of
// them the server refused. Then, the transaction being rolled back, Many looks a
// second time: it runs do for the first few items, in transactions that it rolls
// back, until it knows the first that fails in the same way. That takes about as
// many transactions as the number of items has binary digits; do's effects outside
// of the database happen again, as they do when a transaction is retried, and the
// [scope.Observer] is told of all of them. When another transaction has removed the cause
// meanwhile, the index is -1.
func Many[S, T any](ctx context.Context, r *Runner, items []S, do Coordinator[S, T], opts ...scope.TxOption) ([]T, error) {
	if len(items) == 0 {
		return []T{}, nil
	}
	shared := &call{}
	result, err := OfItem(in(ctx, r, shared, true, func(ctx context.Context, tx *Tx) ([]T, error) { return do(ctx, tx, items) }, opts))
	if item, failed := fault.As[*scope.ItemError](err); failed && item.Index < 0 && isAboutARow(item.Err) {
		item.Index = r.firstFailing(ctx, shared, len(items), r.level(opts), item.Err, func(ctx context.Context, tx *Tx, n int) error {
			_, err := do(ctx, tx, items[:n])
			return err
		})
	}
	return result, err
}

// ManyIn runs an operation for many items in a transaction that is open. With none
// it does nothing. Its error is a [*scope.ItemError].
func ManyIn[S, T any](ctx context.Context, tx *Tx, items []S, do Coordinator[S, T]) ([]T, error) {
	if len(items) == 0 {
		return []T{}, nil
	}
	return OfItem(do(ctx, tx, items))
}

// errLooked ends the transactions of a second look.
var errLooked = fault.New("rolled back after a second look", nil)

// isAboutARow reports whether the server refused what a row holds, so that it
// will refuse it again.
func isAboutARow(err error) bool {
	e, ok := fault.As[*scope.Error](err)
	if !ok || e.SQLState == "" || e.Committed {
		return false
	}
	for _, meaning := range []error{scope.ErrAlreadyExists, scope.ErrParentNotFound, scope.ErrInUse, scope.ErrInvalid} {
		if errors.Is(err, meaning) {
			return true
		}
	}
	return false
}

// firstFailing finds the smallest number of items that fail as first says, by
// bisection, and returns the index of the last of them; -1 when there is none, or
// something else failed.
func (r *Runner) firstFailing(ctx context.Context, shared *call, n int, level pgx.TxIsoLevel, first error, fn func(context.Context, *Tx, int) error) int {
	fails := func(n int) (same, known bool) {
		_, err := r.run(ctx, &call{draws: shared.draws}, false, level, func(ctx context.Context, tx *Tx) error {
			if err := fn(ctx, tx, n); err != nil {
				return err
			}
			return tx.checkDeferred(ctx)
		})
		return sameFailure(err, first), errors.Is(err, errLooked) || sameFailure(err, first)
	}
	good, bad := 0, n
	for bad-good > 1 {
		middle := good + (bad-good)/2
		same, known := fails(middle)
		switch {
		case !known:
			return -1
		case same:
			bad = middle
		default:
			good = middle
		}
	}
	if bad == n && n > 1 {
		if same, _ := fails(n); !same {
			return -1
		}
	}
	return bad - 1
}

// checkDeferred has deferred constraints checked, as COMMIT would; a caller's
// transaction may have violations of its own, which it may still repair.
func (tx *Tx) checkDeferred(ctx context.Context) error {
	if tx.open && !tx.runner.Joined() {
		if _, err := tx.link.Exec(ctx, "SET CONSTRAINTS ALL IMMEDIATE"); err != nil {
			return tx.transactionError(ctx, "COMMIT", err)
		}
	}
	return errLooked
}

// sameFailure compares what the server said.
func sameFailure(a, b error) bool {
	x, ok := fault.As[*scope.Error](a)
	y, alsoOK := fault.As[*scope.Error](b)
	return ok && alsoOK && x.SQLState == y.SQLState && x.Constraint == y.Constraint && x.Table == y.Table
}
