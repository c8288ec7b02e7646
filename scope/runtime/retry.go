package runtime

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
	"github.com/specgen-dev/specgen/scope/internal/sqlstate"
)

const (
	retryBase = 5 * time.Millisecond
	retryCap  = 250 * time.Millisecond

	// What a deadlock costs anyhow is deadlock_timeout, one second by default.
	deadlockBase = 50 * time.Millisecond
)

// backoff returns how long to wait after an attempt, counted from 1, has
// failed: anything up to a bound that doubles each time, because two
// transactions that met must not meet again (full jitter, in "Exponential
// Backoff And Jitter", AWS Architecture Blog, 2015).
//
// After a deadlock it is half of a larger bound at least. The transaction that
// was let live has been woken by then, but may not run yet, and the row that it
// waited for is free: PostgreSQL lets whoever comes first have it
// (src/backend/access/heap/README.tuplock). A retry that comes too soon takes it
// again, and makes the same deadlock.
func backoff(attempt int, deadlock bool) time.Duration {
	base := retryBase
	if deadlock {
		base = deadlockBase
	}
	bound := retryCap
	if shift := attempt - 1; shift < 16 && base<<shift < retryCap {
		bound = base << shift
	}
	if deadlock {
		return bound/2 + rand.N(bound/2+1)
	}
	return rand.N(bound + 1)
}

// isRetryable reports whether PostgreSQL asks to run the transaction again
// (manual, section 13.5): it has ended the transaction on account of another
// one, so nothing of it remains. An error of our own may ask for it, too.
func isRetryable(err error) bool {
	if e, ok := fault.As[*scope.Error](err); ok && inTheWay(e) && !errors.Is(err, scope.ErrCommitUnknown) {
		return true
	}
	state := endedBy(err)
	return state == sqlstate.Serialization || state == sqlstate.Deadlock
}

// inTheWay reports whether e says that another transaction was in the way of one
// that the server has not ended: what was read has changed, or a row that was read
// is gone ([Step.MayVanish]).
func inTheWay(e *scope.Error) bool {
	return e.Err == errChanged || e.Step != "" && e.SQLState == sqlstate.ForeignKey && e.Sentinel == scope.ErrConflict
}

// endedBy returns the SQLSTATE of err, or "".
func endedBy(err error) string {
	if err == nil || errors.Is(err, scope.ErrCommitUnknown) {
		return ""
	}
	if e, ok := fault.As[*scope.Error](err); ok {
		// Not what its cause holds: that may be of another database, to which
		// the application's Go code went.
		return e.SQLState
	}
	if pgErr, ok := fault.As[*pgconn.PgError](err); ok {
		return pgErr.Code
	}
	return ""
}

// wait returns nil after d, and the context's error if that is done earlier.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
