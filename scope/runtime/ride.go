package runtime

import (
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// COMMIT travels with the last statements when nothing that the server answers,
// short of an error, makes the coordinator fail: then there is nothing to decide
// between the answers and COMMIT. Generated code says by [Flush.MayEnd] that this
// holds as far as the SQL and the schema tell. What remains is that the columns
// of a row, or of each of many, decode. That is checked before anything is sent:
// where a function reads its columns to is seen while its statement is recorded
// ([recordedRow], [recordedRows]), and the types are those that the statement's
// columns had when it last ran on this connection, whether it found rows or not.
// So the first time on a connection, COMMIT is a trip of its own.

// columnsKey is where a connection keeps what is known of its statements.
const columnsKey = "github.com/specgen-dev/specgen/scope/runtime: columns"

// columns holds, for each statement, the type OIDs of its answer's columns.
type columns map[string][]uint32

// columnsOf returns what is known of a connection's statements. Only prepared
// statements stay what they are: the server refuses one whose answer's types have
// changed ("cached plan must not change result type").
//
// The connection must be in a transaction that is ours, or a caller's that is
// still open: that of a pgx.Tx which has ended may be at work for somebody else.
func columnsOf(conn *pgx.Conn) columns {
	data := conn.PgConn().CustomData()
	known, ok := data[columnsKey].(columns)
	if !ok {
		known = columns{}
		data[columnsKey] = known
	}
	return known
}

// forget is for after an error: pgx prepares the statements anew, and their
// answers may be others then.
func (tx *Tx) forget(err error) {
	if !errors.Is(err, pgx.ErrTxClosed) { // the caller has ended it, and the connection may be another's
		delete(tx.link.Conn().PgConn().CustomData(), columnsKey)
	}
}

// decode reports whether a row of a statement is certain to decode into dest.
func (c columns) decode(sql string, dest []any) bool {
	types, known := c[sql]
	if !known || len(types) != len(dest) {
		return false
	}
	for i, d := range dest {
		if !decodes(types[i], d) {
			return false
		}
	}
	return true
}

// decodes reports whether every value of a PostgreSQL type decodes into a
// destination. NULL does too, but into *string, *bool, *[16]byte and the integers:
// for these the schema says NOT NULL, or the generated code would not ask. Not
// listed, because some values fail: time.Time has no infinity, and enums and
// other types of the application decode by code of their own.
func decodes(oid uint32, dest any) bool {
	switch dest.(type) {
	case *pgtype.UUID, *[16]byte:
		return oid == pgtype.UUIDOID
	case *string, **string, *pgtype.Text:
		return oid == pgtype.TextOID || oid == pgtype.VarcharOID
	case *bool, **bool, *pgtype.Bool:
		return oid == pgtype.BoolOID
	case *int16, **int16, *pgtype.Int2:
		return oid == pgtype.Int2OID
	case *int32, **int32, *pgtype.Int4:
		return oid == pgtype.Int4OID
	case *int64, **int64, *pgtype.Int8:
		return oid == pgtype.Int8OID
	case *[]byte:
		return oid == pgtype.ByteaOID || oid == pgtype.JSONBOID || oid == pgtype.JSONOID
	case *pgtype.Timestamptz:
		return oid == pgtype.TimestamptzOID
	case *pgtype.Timestamp:
		return oid == pgtype.TimestampOID
	case *pgtype.Date:
		return oid == pgtype.DateOID
	default:
		return false
	}
}

// learn notes the types of an answer's columns.
func (c columns) learn(sql string, fields []pgconn.FieldDescription) {
	same := func(f pgconn.FieldDescription, oid uint32) bool { return f.DataTypeOID == oid }
	if types, known := c[sql]; known && slices.EqualFunc(fields, types, same) {
		return
	}
	types := make([]uint32, len(fields))
	for i, f := range fields {
		types[i] = f.DataTypeOID
	}
	c[sql] = types
}

// MayEnd says that the transaction may end with this flush: it is the last of
// its operation, its functions fail for no answer of the server other than an
// error, and the columns of its rows that may be NULL have Go types that can
// be. COMMIT, or RELEASE, then travels with its statements, if the transaction
// has this one operation alone ([One]) and statements are prepared.
func (f *Flush) MayEnd() { f.mayEnd = true }
