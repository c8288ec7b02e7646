package runtime

import (
	"context"
	"reflect"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// beginner is a DB that begins transactions at a level of our choice.
type beginner interface {
	BeginTx(ctx context.Context, opts pgx.TxOptions) (pgx.Tx, error)
}

// isNil also finds the nil *pgxpool.Pool that became a non-nil DB, as a field
// that was never set does: it would panic far from the mistake.
func isNil(db scope.DB) bool {
	if db == nil {
		return true
	}
	v := reflect.ValueOf(db)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

const errBusyConn fault.Misuse = "the connection is in a transaction already: pass that pgx.Tx, and the work joins it"

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
