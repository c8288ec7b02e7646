package runtime

import (
	"fmt"
	"reflect"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// recordedRows are the rows of a statement that was not sent yet. There seems to
// be one, so that the function says where it reads a row to before anything is
// sent: whether rows decode for certain is then known of every call, also when
// no answer before it had a row. Reading it fails, and so does everything else.
type recordedRows struct {
	pgx.Rows // the driver's own, closed by errRecorded
	rec      *recorder
	sql      string
	sure     bool // of what was recorded in front, and of the row once it is read
	passed   bool
}

// pretend returns such rows. What is recorded is not sure until the row is read.
func (r *recorder) pretend(sql string) pgx.Rows {
	none, _ := refusing{errRecorded}.results().Query()
	rows := &recordedRows{Rows: none, rec: r, sql: sql, sure: r.sure}
	r.sure, r.pretended = false, true
	return rows
}

func (r *recordedRows) Next() bool {
	first := !r.passed
	r.passed = true
	return first
}

// Scan finds out whether a row will decode.
func (r *recordedRows) Scan(dest ...any) error {
	r.sure = r.sure && r.rec.known.decode(r.sql, dest)
	r.rec.sure = r.sure
	return errRecorded
}

// FieldDescriptions overrides the driver's, which has none to look at.
func (r *recordedRows) FieldDescriptions() []pgconn.FieldDescription { return nil }

// keptRows are the rows of an answer behind which the end of the transaction may
// travel. Their Scan does what pgx's does, but for a row that does not decode:
// that ends these rows, and leaves the answers behind them readable.
type keptRows struct {
	pgx.Rows
	plans []pgtype.ScanPlan // of the destinations, as long as their types stay
	types []reflect.Type
	err   error
}

func (r *keptRows) Scan(dest ...any) error {
	err := r.scan(dest)
	if err == nil {
		return nil
	}
	r.Close()
	if r.err == nil {
		r.err = err
	}
	return r.Err()
}

// Err prefers the error of the server, or of the connection: the transaction has
// failed by it.
func (r *keptRows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return err
	}
	return r.err
}

func (r *keptRows) scan(dest []any) error {
	if len(dest) == 1 {
		if whole, ok := dest[0].(pgx.RowScanner); ok {
			return whole.ScanRow(r)
		}
	}
	fields, values := r.FieldDescriptions(), r.RawValues()
	if len(fields) != len(values) || len(fields) != len(dest) {
		return fmt.Errorf("scanning a row of %d values, described as %d columns, into %d destinations", len(values), len(fields), len(dest))
	}
	if r.plans == nil {
		r.plans, r.types = make([]pgtype.ScanPlan, len(dest)), make([]reflect.Type, len(dest))
	}
	for i, d := range dest {
		if d == nil {
			continue
		}
		if t := reflect.TypeOf(d); t != r.types[i] {
			r.plans[i], r.types[i] = r.TypeMap().PlanScan(fields[i].DataTypeOID, fields[i].Format, d), t
		}
		if err := r.plans[i].Scan(values[i], d); err != nil {
			return pgx.ScanArgError{ColumnIndex: i, FieldName: fields[i].Name, Err: err}
		}
	}
	return nil
}
