package scope

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Option changes how a [Runner] works. Options that are given twice: the last
// one counts.
type Option func(*config)

type config struct {
	attempts        int
	observer        Observer
	isolation       pgx.TxIsoLevel
	newUUID         func() UUID
	clock           func() time.Time
	rollbackTimeout time.Duration
}

// WithRetry sets how often a transaction is run at most when the server ends it
// with 40001 or 40P01. The default is 3; 1, or less, turns retry off. What runs
// inside the transaction must then bear to run again. A transaction that was
// joined is never retried: only its owner can.
func WithRetry(attempts int) Option {
	return func(c *config) { c.attempts = max(attempts, 1) }
}

// WithObserver has o called for every step, flush and retry. It replaces an
// observer that was set before.
func WithObserver(o Observer) Option {
	return func(c *config) { c.observer = o }
}

// WithIsolation sets the isolation level of the transactions that we begin. The
// default is pgx.ReadCommitted. Purges refuse every level above it with
// [ErrIsolation]. It has no effect on a transaction that was joined.
func WithIsolation(level pgx.TxIsoLevel) Option {
	return func(c *config) { c.isolation = level }
}

// WithUUID replaces [NewUUID] as the source of ids. The function may be called
// from several goroutines.
func WithUUID(newUUID func() UUID) Option {
	return func(c *config) { c.newUUID = newUUID }
}

// WithClock replaces time.Now as the source of the current time. The function
// may be called from several goroutines.
func WithClock(now func() time.Time) Option {
	return func(c *config) { c.clock = now }
}

// WithRollbackTimeout sets how long ROLLBACK may take, 5 seconds by default. It
// is sent even when the caller's context is done, so it needs a limit of its
// own; past it the connection is closed, and the server rolls back. A duration
// that is not positive leaves the default.
func WithRollbackTimeout(d time.Duration) Option {
	return func(c *config) {
		if d > 0 {
			c.rollbackTimeout = d
		}
	}
}

// Runner runs transactions on one [DB]. On a pool it may be used from several
// goroutines at the same time; on a single connection or a pgx.Tx it may not,
// because those may not.
type Runner struct {
	db     DB
	begin  beginner // nil when joined
	caller pgx.Tx   // nil unless joined
	config config

	modeOnce sync.Once
	mode     pgx.QueryExecMode // of the connections; known once there was one

	mu          sync.Mutex
	hooks       []hook         // of the joined transaction, in the order in which they were queued
	callerLevel pgx.TxIsoLevel // of the joined transaction; empty until it is known
}

// NewRunner returns a Runner on db. It sends nothing.
//
// It panics when db is nil, and when db is neither a pgx.Tx nor has the BeginTx
// method of pgx: both are mistakes in a program's wiring.
func NewRunner(db DB, opts ...Option) *Runner {
	if isNil(db) {
		panic("scope.NewRunner: db is nil: pass a *pgxpool.Pool, *pgxpool.Conn, *pgx.Conn or pgx.Tx that is open")
	}
	r := &Runner{db: db, config: config{
		attempts:        3,
		isolation:       pgx.ReadCommitted,
		newUUID:         NewUUID,
		clock:           time.Now,
		rollbackTimeout: 5 * time.Second,
	}}
	for _, opt := range opts {
		opt(&r.config)
	}
	if tx, ok := db.(pgx.Tx); ok {
		r.caller = tx
		return r
	}
	b, ok := db.(beginner)
	if !ok {
		panic("scope.NewRunner: db is neither a pgx.Tx nor has BeginTx: without BeginTx the isolation level cannot be set")
	}
	r.begin = b
	return r
}

// Joined reports whether the Runner works in a transaction of the caller's. The
// caller then commits, and calls [Runner.AfterCommit] once that has succeeded.
func (r *Runner) Joined() bool { return r.caller != nil }

// learnLevel notes the level of the caller's transaction. Transactions of our own
// may differ, where the level is left to the server.
func (r *Runner) learnLevel(level pgx.TxIsoLevel) {
	if r.Joined() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.callerLevel = level
	}
}

func (r *Runner) knownLevel() pgx.TxIsoLevel {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.callerLevel
}

// Draw returns the ids and the time of one call. Draw before [In] and hand it to
// [Tx.Create] inside, so that a retry writes the same ids.
func (r *Runner) Draw() *Draws { return newDraws(&r.config) }

// AfterCommit runs, in order, what the calls on a joined transaction queued to
// run after its COMMIT, and forgets it: a second call runs only what was queued
// since. Call it after COMMIT has succeeded and never otherwise, for the Runner
// cannot see the caller's COMMIT. All functions run even when one fails; the
// error is then an [*Error] whose Committed is true.
//
// ctx is given to the functions. On a Runner that is not joined it does nothing.
func (r *Runner) AfterCommit(ctx context.Context) error {
	r.mu.Lock()
	hooks := r.hooks
	r.hooks = nil
	r.mu.Unlock()
	return runHooks(ctx, hooks)
}
