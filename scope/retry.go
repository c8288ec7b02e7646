package scope

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	retryBase = 5 * time.Millisecond
	retryCap  = 250 * time.Millisecond
)

// backoff returns how long to wait after an attempt, counted from 1, has
// failed: anything up to a bound that doubles each time, because two
// transactions that met must not meet again (full jitter, in "Exponential
// Backoff And Jitter", AWS Architecture Blog, 2015).
func backoff(attempt int) time.Duration {
	bound := retryCap
	if shift := attempt - 1; shift < 16 && retryBase<<shift < retryCap {
		bound = retryBase << shift
	}
	return rand.N(bound + 1)
}

// isRetryable reports whether PostgreSQL asks to run the transaction again
// (manual, section 13.5): it has ended the transaction on account of another
// one, so nothing of it remains.
func isRetryable(err error) bool {
	if err == nil || errors.Is(err, ErrCommitUnknown) {
		return false
	}
	var state string
	if e, ok := asType[*Error](err); ok {
		// Not what its cause holds: that may be of another database, to which
		// the application's Go code went.
		state = e.SQLState
	} else if pgErr, ok := asType[*pgconn.PgError](err); ok {
		state = pgErr.Code
	}
	return state == stateSerialization || state == stateDeadlock
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
