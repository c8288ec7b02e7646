package runtime

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/config"
)

// Snapshot has the transaction run at REPEATABLE READ at least: all of its
// statements then see one snapshot. Generated code gives it for scopes that say
// `isolation: repeatable read`.
func Snapshot() scope.TxOption {
	return func(c *config.Tx) {
		if !hasOneSnapshot(c.Isolation) {
			c.Isolation = pgx.RepeatableRead
		}
	}
}

// level is that of a transaction that we begin.
func (r *Runner) level(opts []scope.TxOption) pgx.TxIsoLevel {
	c := config.Tx{Isolation: r.config.Isolation}
	for _, opt := range opts {
		opt(&c)
	}
	return c.Isolation
}

// RequireReadCommitted has the flush fail with a [*scope.IsolationError], before its
// other steps, when the transaction's snapshot is older than the locks that it
// waits for. Under REPEATABLE READ and SERIALIZABLE a purge does not see the child
// that committed while it waited (PostgreSQL manual, section 13.2.2); a create that
// counts behind a lock counts what was there before the wait, and one that updates
// the row of others fails.
//
// It costs no statement in a transaction of our own, whose level we chose. In a
// caller's it asks the server, as one more statement of this flush, once for
// each [Runner]: the level of a transaction cannot change after its first query
// (PostgreSQL manual, SET TRANSACTION).
func (f *Flush) RequireReadCommitted() { f.requireLevel("read committed", readsCommitted) }

// RequireSnapshot is the opposite: it wants one snapshot for all statements, and so
// REPEATABLE READ or SERIALIZABLE. It asks as [Flush.RequireReadCommitted] does.
func (f *Flush) RequireSnapshot() { f.requireLevel("repeatable read", hasOneSnapshot) }

// RequireNewSnapshot wants, above READ COMMITTED, to be the first of its
// transaction: what the flush locks is looked for in the snapshot, and what became
// of the rows since is not seen. It asks as [Flush.RequireReadCommitted] does.
func (f *Flush) RequireNewSnapshot() {
	if tx := f.op.tx; tx.runner.Joined() || tx.sent {
		f.RequireReadCommitted()
	}
}

func (f *Flush) requireLevel(needs string, fits func(pgx.TxIsoLevel) bool) {
	tx := f.op.tx
	refusal := func() error { return &scope.IsolationError{Level: string(tx.isolation), Needs: needs} }
	if tx.isolation != "" {
		if !fits(tx.isolation) {
			f.queue = slices.Insert(f.queue, 0, queued{step: Step{Name: "isolation"}, call: func(context.Context) error { return refusal() }})
		}
		return
	}
	f.asksLevel = true
	f.queue = slices.Insert(f.queue, 0, queued{
		step: Step{Name: "isolation"},
		call: func(ctx context.Context) error {
			const query = "SELECT current_setting('transaction_isolation')"
			var level string
			if err := f.op.QueryRow(ctx, query).Scan(&level); err != nil {
				return err
			}
			tx.isolation = pgx.TxIsoLevel(level)
			tx.runner.learnLevel(tx.isolation)
			if !fits(tx.isolation) {
				return refusal()
			}
			return nil
		},
	})
}

// readsCommitted accepts READ UNCOMMITTED too, which is READ COMMITTED in
// PostgreSQL (manual, section 13.2).
func readsCommitted(level pgx.TxIsoLevel) bool {
	return level == pgx.ReadCommitted || level == pgx.ReadUncommitted
}

func hasOneSnapshot(level pgx.TxIsoLevel) bool {
	return level == pgx.RepeatableRead || level == pgx.Serializable
}
