package scope

import (
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope/internal/config"
)

// Option changes how a generated Provider works. Of options that are given twice
// the last one counts.
type Option func(*options)

type options = config.Provider[Observer, UUID]

// WithRetry sets how often a transaction is run at most when the server ends it
// with 40001 or 40P01. The default is 3; 1, or less, turns retry off. What runs
// inside the transaction must then bear to run again. A transaction that was
// joined is never retried: only its owner can.
func WithRetry(attempts int) Option {
	return func(c *options) { c.Attempts = max(attempts, 1) }
}

// WithObserver has o called for every step, flush and retry. It replaces an
// observer that was set before.
func WithObserver(o Observer) Option {
	return func(c *options) { c.Observer = o }
}

// WithIsolation sets the isolation level of the transactions that we begin. The
// default is pgx.ReadCommitted. Purges refuse every level above it with
// [ErrIsolation]. It has no effect on a transaction that was joined.
func WithIsolation(level pgx.TxIsoLevel) Option {
	return func(c *options) { c.Isolation = level }
}

// WithUUID replaces [NewUUID] as the source of ids. The function may be called
// from several goroutines.
func WithUUID(newUUID func() UUID) Option {
	return func(c *options) { c.NewUUID = newUUID }
}

// WithClock replaces time.Now as the source of the current time. The function
// may be called from several goroutines.
func WithClock(now func() time.Time) Option {
	return func(c *options) { c.Clock = now }
}

// WithRollbackTimeout sets how long ROLLBACK may take, 5 seconds by default. It
// is sent even when the caller's context is done, so it needs a limit of its
// own; past it the connection is closed, and the server rolls back. A duration
// that is not positive leaves the default.
func WithRollbackTimeout(d time.Duration) Option {
	return func(c *options) {
		if d > 0 {
			c.RollbackTimeout = d
		}
	}
}

// TxOption changes one transaction of WriterOps. A transaction that was joined is
// the caller's: options have no effect on it.
type TxOption func(*config.Tx)

// Isolation sets the isolation level of one transaction that we begin, whatever
// [WithIsolation] says.
func Isolation(level pgx.TxIsoLevel) TxOption {
	return func(c *config.Tx) { c.Isolation = level }
}
