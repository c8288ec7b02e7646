package runtime

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
)

// link is what statements travel on: a connection of ours, or a pgx.Tx.
type link interface {
	scope.DBTX
	Conn() *pgx.Conn
}

// ownConn is a connection on which we begin and end the transaction ourselves,
// so that BEGIN can travel with the first statements.
type ownConn struct {
	scope.DBTX
	conn *pgx.Conn
}

func (c ownConn) Conn() *pgx.Conn { return c.conn }

// connect finds what the attempt runs on. It sends nothing, apart from what a
// pool does to hand out a connection. A DB of a kind that we do not know, such
// as a wrapper of a pool, begins its own transaction at once.
func (tx *Tx) connect(ctx context.Context) error {
	r := tx.runner
	tx.release = func() {}
	if tx.call != nil && tx.call.kept != nil {
		tx.link, tx.release = tx.call.take()
		tx.isolation = r.config.Isolation
		return nil
	}
	if !r.Joined() {
		if err := checkIdle(r.db); err != nil {
			return err
		}
	}
	switch db := r.db.(type) {
	case pgx.Tx:
		tx.link, tx.hooksBefore, tx.isolation = db, r.queuedHooks(), r.knownLevel()
		return nil
	case *pgxpool.Pool:
		c, err := db.Acquire(ctx)
		if err != nil {
			return err
		}
		tx.link, tx.release = ownConn{c.Conn(), c.Conn()}, c.Release
	case *pgxpool.Conn:
		tx.link = ownConn{db.Conn(), db.Conn()}
	case *pgx.Conn:
		tx.link = ownConn{db, db}
	default:
		pg, err := r.begin.BeginTx(ctx, pgx.TxOptions{IsoLevel: tx.begins})
		if err != nil {
			return err
		}
		tx.link, tx.foreign, tx.open = pg, pg, true
	}
	tx.isolation = tx.begins
	return nil
}

// connectError says why there is no connection. A pool waits for one until the
// context is done, and does not say whether others held all of them or the
// server did not answer.
func (tx *Tx) connectError(ctx context.Context, err error) error {
	e := tx.transactionError(ctx, "BEGIN", err)
	pool, ok := tx.runner.db.(*pgxpool.Pool)
	if !ok || ctx.Err() == nil {
		return e
	}
	if stat := pool.Stat(); stat.AcquiredConns() == stat.MaxConns() {
		e.Phase, e.Sentinel = "waiting for a connection", scope.ErrPoolExhausted
	}
	return e
}

// opening is the statement that begins the transaction, or sets the savepoint.
// The level is named also when it is the default, which may have been changed
// for the database, the role or the connection.
func (tx *Tx) opening() string {
	switch {
	case tx.runner.Joined():
		return setSavepoint
	case tx.isolation == "":
		return "BEGIN"
	default:
		return "BEGIN ISOLATION LEVEL " + strings.ToUpper(string(tx.isolation))
	}
}

// openingPhase names it in errors.
func (tx *Tx) openingPhase() string {
	if tx.runner.Joined() {
		return "SAVEPOINT"
	}
	return "BEGIN"
}

// openAlone opens the transaction by a trip of its own.
func (tx *Tx) openAlone(ctx context.Context) error {
	if tx.open {
		return nil
	}
	tag, err := tx.link.Exec(ctx, tx.opening())
	// An error may follow the completion of SAVEPOINT, too: then there is one to
	// return to, and the caller's transaction stays usable.
	tx.open = err == nil || tag.String() == tx.openingPhase()
	if err != nil {
		return tx.fail(tx.transactionError(ctx, tx.openingPhase(), err))
	}
	return nil
}

// closing is the statement that ends the transaction, or releases the savepoint,
// on a connection that is ours or a caller's.
func (tx *Tx) closing() string {
	if tx.runner.Joined() {
		return releaseSavepoint
	}
	return "COMMIT"
}

// closingPhase names it in errors.
func (tx *Tx) closingPhase() string {
	if tx.runner.Joined() {
		return "RELEASE SAVEPOINT"
	}
	return "COMMIT"
}

// mayRide reports whether COMMIT may travel with the last statements: where
// statements are prepared, the types of their answers are known beforehand.
func (tx *Tx) mayRide() bool {
	return tx.single && tx.foreign == nil && tx.runner.mode == pgx.QueryExecModeCacheStatement
}

// end commits a transaction of our own. The connection is left only when the
// server is ready for the next query; pgx closes it otherwise, but for what it
// may one day not see as an error.
func (tx *Tx) end(ctx context.Context) error {
	if tx.foreign != nil {
		return tx.foreign.Commit(ctx)
	}
	tag, err := tx.link.Exec(ctx, "COMMIT")
	if err = tx.answered(tag, err); err != nil {
		return err
	}
	if conn := tx.link.Conn(); conn.PgConn().TxStatus() != 'I' || conn.PgConn().IsBusy() {
		closeAtOnce(ctx, conn)
	}
	return nil
}

// abandon rolls a transaction of our own back. When that is not possible the
// connection is closed, which makes the server roll back (PostgreSQL manual,
// chapter "Frontend/Backend Protocol", Termination).
func (tx *Tx) abandon(ctx context.Context) {
	if tx.foreign != nil {
		_ = tx.foreign.Rollback(ctx) // pgx closes the connection when it fails
		return
	}
	conn := tx.link.Conn()
	busy := conn.PgConn().IsBusy() // a panic came out of the driver, which then sends nothing any more
	if conn.IsClosed() || conn.PgConn().TxStatus() == 'I' && !busy {
		return
	}
	if _, err := conn.Exec(ctx, "ROLLBACK"); err != nil {
		closeAtOnce(ctx, conn)
	}
}

// closeAtOnce closes a connection that is of no more use. What it has to say is
// told already.
func closeAtOnce(ctx context.Context, conn *pgx.Conn) {
	done, cancel := context.WithCancel(ctx)
	cancel()
	_ = conn.Close(done)
}

// oneByOne reports whether statements cannot share a round trip: in the simple
// protocol several statements would be one query string, which poolers and
// distributed servers treat as one statement.
func (tx *Tx) oneByOne() bool {
	conn := tx.link.Conn()
	if conn == nil {
		return true // a pgx.Tx of the application's own making
	}
	r := tx.runner
	r.modeOnce.Do(func() { r.mode = conn.Config().DefaultQueryExecMode })
	return r.mode == pgx.QueryExecModeSimpleProtocol
}
