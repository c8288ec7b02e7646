package runtime

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// sendSequentially is the executor of flushes: it runs the queue one function
// after the other, each statement a round trip. It calls settled after each, and
// stops at the first error that settled returns; it returns how many statements
// were issued.
//
// It serves where [sendPipelined] cannot: in the simple protocol, and for what
// cannot be part of a batch.
func sendSequentially(
	ctx context.Context, op *Op, queue []queued, settled func(s Step, took time.Duration, err error) error,
) (statements int, err error) {
	// A panic leaves the transaction, and with it the Op, unusable in any case;
	// this keeps a function that outlives its turn from running statements.
	defer func() { op.via = nil }()
	for _, q := range queue {
		one := &oneStatement{on: op.tx.link, simple: op.tx.oneByOne(), copy: q.copy, failed: func(err error) { op.tx.note(op.stepError(ctx, q.step, err)) }}
		op.via = one
		start := time.Now()
		err := q.call(ctx)
		took := time.Since(start)
		op.via = nil
		statements += one.issued
		if err == nil {
			err = cmp.Or(one.misuse, one.reported)
		}
		if err := settled(q.step, took, err); err != nil {
			return statements, err
		}
	}
	return statements, nil
}

// oneStatement runs one statement on the transaction, and refuses a second one.
type oneStatement struct {
	on       scope.DBTX
	simple   bool        // in the simple protocol, which writes texts into the query
	failed   func(error) // is told the server's errors
	copy     *copied     // nil unless its rows are copied
	issued   int
	misuse   error
	reported error // by the server
}

func (o *oneStatement) db(args ...any) scope.DBTX {
	if o.issued > 0 {
		o.misuse = errTwoStatements
		return refusing{errTwoStatements}
	}
	if err := unsendable(args, o.simple); err != nil {
		return refusing{err}
	}
	o.issued++
	return o.on
}

// unsendable returns why arguments cannot be sent.
func unsendable(args []any, simple bool) error {
	switch {
	case tooLong(args):
		return errTooLong
	case simple && slices.ContainsFunc(args, hasNUL):
		return errNULByte
	default:
		return nil
	}
}

// errNULByte stands for the 22021 that the server answers to a parameter. Within
// a query a NUL byte would end it, and the rest break the protocol.
var errNULByte = fault.New("a text has a NUL byte, which PostgreSQL does not store", scope.ErrInvalid)

func hasNUL(arg any) bool {
	switch v := arg.(type) {
	case string:
		return strings.Contains(v, "\x00")
	case *string:
		return v != nil && strings.Contains(*v, "\x00")
	case pgtype.Text:
		return strings.Contains(v.String, "\x00")
	case []string:
		return slices.ContainsFunc(v, func(s string) bool { return strings.Contains(s, "\x00") })
	default:
		text := reflect.ValueOf(arg) // of a type of the application, such as an enum's
		return text.Kind() == reflect.String && strings.Contains(text.String(), "\x00")
	}
}

// note tells of an error that the function may drop. The transaction has failed
// by it all the same, and what comes behind would be told as the failure.
func (o *oneStatement) note(err error) {
	if _, ok := fault.As[*pgconn.PgError](err); ok {
		o.reported = err
		o.failed(err)
	}
}

func (o *oneStatement) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	tag, err := o.db(args...).Exec(ctx, sql, args...)
	o.note(err)
	return tag, err
}

// Query sees the errors of a statement that does not reach its first row only:
// the rows are the driver's own.
func (o *oneStatement) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := o.db(args...).Query(ctx, sql, args...)
	o.note(err)
	if err != nil {
		return rows, err
	}
	o.copy.noted(sql, args)
	return o.copy.watch(rows), nil
}

func (o *oneStatement) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if o.copy == nil {
		return notedRow{o.db(args...).QueryRow(ctx, sql, args...), o}
	}
	rows, err := o.Query(ctx, sql, args...)
	return notedRow{copiedRow{rows, err}, o}
}

// copiedRow is the first of rows that are copied: its Scan does what that of
// pgx's own row does, and counts the others.
type copiedRow struct {
	rows pgx.Rows
	err  error
}

func (r copiedRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	found := r.rows.Next()
	var err error
	if found {
		err = r.rows.Scan(dest...)
	}
	for r.rows.Next() {
	}
	switch {
	case r.rows.Err() != nil:
		return r.rows.Err()
	case !found:
		return pgx.ErrNoRows
	default:
		return err
	}
}

func (o *oneStatement) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	n, err := o.db().CopyFrom(ctx, table, columns, rows)
	o.note(err)
	return n, err
}

func (o *oneStatement) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return o.db().SendBatch(ctx, batch)
}

// notedRow is a row whose error is not lost.
type notedRow struct {
	pgx.Row
	statement *oneStatement
}

func (r notedRow) Scan(dest ...any) error {
	err := r.Row.Scan(dest...)
	r.statement.note(err)
	return err
}
