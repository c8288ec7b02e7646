package runtime

import (
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope/internal/fault"
	"github.com/specgen-dev/specgen/scope/internal/sqlstate"
)

// A connection of pgx remembers which statements the server has prepared, and
// the server may think otherwise: somebody has sent DEALLOCATE ALL, or a migration
// has changed what a statement returns. The call fails then, although nothing is
// wrong with it. pgx prepares the statements anew that were sent with the one that
// failed, so the call is run again, on the same connection, for the others of a pool
// may be as stale. The next flush may fail as this one did, so that goes on as long
// as an attempt comes further than the one before. Deallocating all at once would
// take the application's own prepared statements along.

// isStale reports whether err says so: 26000 (no such prepared statement), 42P05
// (there is one already), and 0A000 of a plan that has changed.
func isStale(err error) bool {
	switch endedBy(err) {
	case sqlstate.NoSuchStatement, sqlstate.StatementExists:
		return true
	case sqlstate.NotSupported:
		pgErr, ok := fault.As[*pgconn.PgError](err)
		return ok && sqlstate.IsChangedPlan(pgErr)
	default:
		return false
	}
}

// stale reports whether that is why the attempt failed, further on than the one
// before.
func (tx *Tx) stale(err error) bool {
	if tx.runner.Joined() || tx.flushes() <= tx.call.staleAt {
		return false
	}
	return isStale(err) || tx.failure != nil && isStale(tx.failure) || tx.dropped != nil && isStale(tx.dropped)
}

// flushes is how many were sent, and of the caller's own queries.
func (tx *Tx) flushes() int {
	n := tx.own.count()
	for _, op := range tx.ops {
		n += op.flushes
	}
	return n
}

// keep keeps the connection for the next attempt.
func (tx *Tx) keep() {
	if tx.foreign != nil {
		return
	}
	if conn := tx.link.Conn(); !conn.IsClosed() && conn.PgConn().TxStatus() == 'I' {
		tx.call.kept, tx.release = &keptConn{tx.link, tx.release}, func() {}
	}
}

// keptConn is a connection that goes from one attempt to the next.
type keptConn struct {
	link    link
	release func()
}

// take returns it to the attempt that goes on with it.
func (c *call) take() (link, func()) {
	kept := c.kept
	c.kept = nil
	return kept.link, kept.release
}

// drop gives it back when there is no further attempt.
func (c *call) drop() {
	if c.kept != nil {
		_, release := c.take()
		release()
	}
}
