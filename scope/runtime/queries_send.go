package runtime

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/scope"
)

var _ scope.DBTX = (*ownQueries)(nil)

// begin does what comes in front of one query.
func (q *ownQueries) begin(ctx context.Context, sql string, args []any) (*pgx.QueuedQuery, pgx.BatchResults, error) {
	if err := q.usable(); err != nil {
		return nil, nil, err
	}
	query, err := q.prepare(ctx, sql, args)
	if err != nil {
		return nil, nil, err
	}
	results, err := q.open(ctx, []*pgx.QueuedQuery{query})
	return query, results, err
}

// Exec implements [scope.DBTX].
func (q *ownQueries) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	query, results, err := q.begin(ctx, sql, args)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	var tag pgconn.CommandTag
	if results == nil {
		tag, err = q.tx.link.Exec(ctx, query.SQL, query.Arguments...)
	} else {
		tag, err = results.Exec()
		if closeErr := results.Close(); err == nil {
			err = closeErr
		}
	}
	return tag, q.done(ctx, query.SQL, err)
}

// Query implements [scope.DBTX].
func (q *ownQueries) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	query, results, err := q.begin(ctx, sql, args)
	if err != nil {
		return refusing{err}.Query(ctx, sql)
	}
	r := &ownRows{q: q, ctx: ctx, sql: query.SQL, opened: results}
	q.reading = r
	if results == nil {
		r.Rows, err = q.tx.link.Query(ctx, query.SQL, query.Arguments...)
	} else {
		r.Rows, err = results.Query()
	}
	if err != nil {
		r.Close()
	}
	return r, err
}

// QueryRow implements [scope.DBTX].
func (q *ownQueries) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := q.Query(ctx, sql, args...)
	return ownRow{rows, err}
}

// CopyFrom implements [scope.DBTX].
func (q *ownQueries) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	if err := q.usable(); err != nil {
		return 0, err
	}
	if _, err := q.open(ctx, nil); err != nil {
		return 0, err
	}
	n, err := q.tx.link.CopyFrom(ctx, table, columns, rows)
	return n, q.done(ctx, "", err)
}

// SendBatch implements [scope.DBTX].
func (q *ownQueries) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	results, err := q.sendBatch(ctx, batch.QueuedQueries)
	if err != nil {
		return refusing{err}.results()
	}
	return results
}

func (q *ownQueries) sendBatch(ctx context.Context, queued []*pgx.QueuedQuery) (*ownResults, error) {
	if err := q.usable(); err != nil {
		return nil, err
	}
	queries := make([]*pgx.QueuedQuery, len(queued))
	for i, given := range queued {
		var err error
		if queries[i], err = q.prepare(ctx, given.SQL, given.Arguments); err != nil {
			return nil, err
		}
		queries[i].Fn = given.Fn
	}
	r := &ownResults{q: q, ctx: ctx, queries: queries}
	var err error
	if r.BatchResults, err = q.open(ctx, queries); err != nil {
		return nil, err
	}
	if r.BatchResults == nil {
		r.BatchResults = q.tx.link.SendBatch(ctx, &pgx.Batch{QueuedQueries: queries})
	}
	q.reading = r
	return r, nil
}

// ownRows are the rows of a caller's own query.
type ownRows struct {
	pgx.Rows
	q       *ownQueries
	ctx     context.Context
	sql     string
	opened  pgx.BatchResults // those of BEGIN and the query; nil if it was sent by itself
	inBatch bool             // the connection is free only when the batch is closed
	closed  bool
	left    error // they were closed because nobody did
}

func (r *ownRows) Next() bool {
	if !r.closed && r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

func (r *ownRows) Scan(dest ...any) error { return r.read(r.Rows.Scan(dest...)) }

func (r *ownRows) Values() ([]any, error) {
	values, err := r.Rows.Values()
	return values, r.read(err)
}

// read notes the error of a row, which ends the rows.
func (r *ownRows) read(err error) error {
	if err != nil {
		_ = r.q.note(r.ctx, r.sql, err)
		r.Close()
	}
	return err
}

func (r *ownRows) Close() {
	if r.closed {
		return
	}
	r.closed = true
	r.Rows.Close()
	err := r.Rows.Err()
	if r.opened != nil {
		if closeErr := r.opened.Close(); err == nil {
			err = closeErr
		}
	}
	if r.inBatch {
		_ = r.q.note(r.ctx, r.sql, err)
	} else if err = r.q.done(r.ctx, r.sql, err); r.Rows.Err() == nil {
		r.left = err
	}
}

func (r *ownRows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return err
	}
	return r.left
}

func (r *ownRows) leave(err error) {
	r.Close()
	if r.left == nil {
		r.left = err
	}
}

// ownRow is the first of the rows of a caller's own query; its Scan does what that of
// pgx's own row does.
type ownRow struct {
	rows pgx.Rows
	err  error
}

var errDriverBytes = errors.New("cannot scan into *pgtype.DriverBytes from QueryRow")

func (r ownRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	for _, d := range dest {
		if _, ok := d.(*pgtype.DriverBytes); ok {
			return errDriverBytes
		}
	}
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}

// ownResults are the results of a caller's own batch.
type ownResults struct {
	pgx.BatchResults
	q       *ownQueries
	ctx     context.Context
	queries []*pgx.QueuedQuery
	next    int // of the queries, the one whose result is asked for next
	closed  bool
}

// sql is the query whose result is asked for.
func (r *ownResults) sql() string {
	r.next++
	if r.next > len(r.queries) {
		return ""
	}
	return r.queries[r.next-1].SQL
}

func (r *ownResults) Exec() (pgconn.CommandTag, error) {
	sql := r.sql()
	tag, err := r.BatchResults.Exec()
	return tag, r.q.note(r.ctx, sql, err)
}

func (r *ownResults) Query() (pgx.Rows, error) {
	rows := &ownRows{q: r.q, ctx: r.ctx, sql: r.sql(), inBatch: true}
	var err error
	if rows.Rows, err = r.BatchResults.Query(); err != nil {
		rows.Close()
	}
	return rows, err
}

func (r *ownResults) QueryRow() pgx.Row {
	rows, err := r.Query()
	return ownRow{rows, err}
}

func (r *ownResults) Close() error {
	if r.closed {
		return r.BatchResults.Close()
	}
	r.closed = true
	return r.q.done(r.ctx, "", r.BatchResults.Close())
}

func (r *ownResults) leave(error) {
	for _, query := range r.queries {
		query.Fn = nil // the function of the caller has returned
	}
	_ = r.Close()
}
