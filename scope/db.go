package scope

import (
	"context"
	"reflect"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// DBTX is what a query runs on: the methods of pgx.Tx that sqlc's functions
// use. It satisfies the DBTX of every package that sqlc generates for pgx/v5,
// with or without CopyFrom and SendBatch in it.
type DBTX interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error)
	SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults
}

// DB is what coordinators run on. *pgxpool.Pool, *pgxpool.Conn and *pgx.Conn
// satisfy it: each call is then a transaction of its own. A pgx.Tx satisfies it
// too: each call then joins that transaction, under a savepoint.
type DB interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// beginner is a DB that begins transactions at a level of our choice.
type beginner interface {
	BeginTx(ctx context.Context, opts pgx.TxOptions) (pgx.Tx, error)
}

// isNil also finds the nil *pgxpool.Pool that became a non-nil DB, as a field
// that was never set does: it would panic far from the mistake.
func isNil(db DB) bool {
	if db == nil {
		return true
	}
	v := reflect.ValueOf(db)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

const errBusyConn misuse = "the connection is in a transaction already: pass that pgx.Tx, and the work joins it"

// checkIdle refuses a single connection that is inside a transaction. BEGIN
// would only warn there (PostgreSQL manual, BEGIN, Notes), and our COMMIT would
// commit the caller's work.
func checkIdle(db any) error {
	if h, ok := db.(interface{ Conn() *pgx.Conn }); ok { // *pgxpool.Conn
		db = h.Conn()
	}
	conn, ok := db.(*pgx.Conn)
	if !ok || conn.IsClosed() || conn.PgConn().TxStatus() == 'I' {
		return nil
	}
	return errBusyConn
}
