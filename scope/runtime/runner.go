package runtime

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/config"
)

// options are what the options of package scope set.
type options = config.Provider[scope.Observer, scope.UUID]

// observe tells the observer, if there is one.
func (r *Runner) observe(ctx context.Context, e scope.Event) {
	if r.config.Observer != nil {
		r.config.Observer(ctx, e)
	}
}

// Runner runs transactions on one [scope.DB]. On a pool it may be used from several
// goroutines at the same time; on a single connection or a pgx.Tx it may not,
// because those may not.
type Runner struct {
	db     scope.DB
	begin  beginner // nil when joined
	caller pgx.Tx   // nil unless joined
	config options

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
func NewRunner(db scope.DB, opts ...scope.Option) *Runner {
	if isNil(db) {
		panic("NewProvider: db is nil: pass a *pgxpool.Pool, *pgxpool.Conn, *pgx.Conn or pgx.Tx that is open")
	}
	r := &Runner{db: db, config: options{
		Attempts:        3,
		Isolation:       pgx.ReadCommitted,
		NewUUID:         scope.NewUUID,
		Clock:           time.Now,
		RollbackTimeout: 5 * time.Second,
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
		panic("NewProvider: db is neither a pgx.Tx nor has BeginTx: without BeginTx the isolation level cannot be set")
	}
	r.begin = b
	return r
}

// Joined reports whether the Runner works in a transaction of the caller's. The
// caller then commits, and calls [Runner.AfterCommit] once that has succeeded.
func (r *Runner) Joined() bool { return r.caller != nil }

// Pooled reports whether the Runner works on a pool of pgx: each transaction then
// has a connection of its own.
func (r *Runner) Pooled() bool {
	_, pooled := r.db.(*pgxpool.Pool)
	return pooled
}

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
// error is then a [*scope.Error] whose Committed is true.
//
// ctx is given to the functions. On a Runner that is not joined it does nothing.
func (r *Runner) AfterCommit(ctx context.Context) error {
	r.mu.Lock()
	hooks := r.hooks
	r.hooks = nil
	r.mu.Unlock()
	return runHooks(ctx, hooks)
}
