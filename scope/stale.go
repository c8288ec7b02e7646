package scope

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// A connection of pgx remembers which statements the server has prepared, and
// the server may think otherwise: somebody has sent DEALLOCATE ALL, or a migration
// has changed what a statement returns. The call fails then, although nothing is
// wrong with it, and pgx prepares only those anew that were sent with the one that
// failed. So all of them are forgotten, and the call is run again, once, on the same
// connection: another one of the pool may be as stale.

// isStale reports whether err says so: 26000 (no such prepared statement), 42P05
// (there is one already), and 0A000 for "cached plan must not change result type",
// which is translated, while the name of the server's function is not.
func isStale(err error) bool {
	switch endedBy(err) {
	case stateNoSuchStatement, stateStatementExists:
		return true
	case stateNotSupported:
		pgErr, ok := asType[*pgconn.PgError](err)
		return ok && pgErr.Code == stateNotSupported &&
			(pgErr.Routine == "RevalidateCachedQuery" || strings.Contains(pgErr.Message, "cached plan must not change result type"))
	default:
		return false
	}
}

// stale reports whether that is why the attempt failed, for the first time.
func (tx *Tx) stale(err error) bool {
	if tx.call.reprepared || tx.runner.Joined() {
		return false
	}
	return isStale(err) || tx.failure != nil && isStale(tx.failure) || tx.dropped != nil && isStale(tx.dropped)
}

// reprepare has all statements of a connection of ours prepared anew, and keeps
// the connection for the next attempt, if there is one. What pgx does not know to
// be prepared is in the way as well, so the server forgets everything, too.
func (tx *Tx) reprepare(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tx.runner.config.rollbackTimeout)
	defer cancel()
	conn := tx.link.Conn()
	if tx.foreign != nil || conn.IsClosed() {
		return
	}
	if err := conn.DeallocateAll(ctx); err != nil {
		closeAtOnce(ctx, conn)
		return
	}
	delete(conn.PgConn().CustomData(), columnsKey)
	if tx.attempt < tx.runner.config.attempts {
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
