package main

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// party is a scope.DB that sends the statements of a mutant one by one, so that
// somebody else can come between two of them.
type party struct {
	*world
	conn  *pgxpool.Conn                      // nil for one of the pool
	after func(n int, sql string, last bool) // called behind each statement, and before COMMIT
	n     int
}

// Begin implements scope.DB.
func (p *party) Begin(ctx context.Context) (pgx.Tx, error) { return p.BeginTx(ctx, pgx.TxOptions{}) }

// BeginTx is what a scope.DB needs to set the isolation level.
func (p *party) BeginTx(ctx context.Context, opts pgx.TxOptions) (pgx.Tx, error) {
	var tx pgx.Tx
	var err error
	if p.conn != nil {
		tx, err = p.conn.BeginTx(ctx, opts)
	} else {
		tx, err = p.pool.BeginTx(ctx, opts)
	}
	return partyTx{tx, p}, err
}

type partyTx struct {
	pgx.Tx
	party *party
}

func (t partyTx) Begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := t.Tx.Begin(ctx)
	return partyTx{tx, t.party}, err
}

func (t partyTx) Commit(ctx context.Context) error {
	t.party.passed("", true)
	return t.Tx.Commit(ctx)
}

// passed is called behind each statement.
func (p *party) passed(sql string, last bool) {
	if p.after == nil {
		return
	}
	if !last {
		p.n++
	}
	p.after(p.n, sql, last)
}

func (t partyTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if strings.HasPrefix(sql, "COMMIT") {
		t.party.passed("", true)
	}
	tag, err := t.Tx.Exec(ctx, t.party.mutated(sql), args...)
	if err == nil && strings.HasPrefix(sql, "-- name:") {
		t.party.passed(sql, false)
	}
	return tag, err
}

func (t partyTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := t.Tx.Query(ctx, t.party.mutated(sql), args...)
	if err != nil {
		return rows, err
	}
	return &passing{Rows: rows, party: t.party, sql: sql}, nil
}

func (t partyTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := t.Query(ctx, sql, args...)
	return firstRow{rows, err}
}

func (t partyTx) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return &single{ctx: ctx, tx: t, queue: batch.QueuedQueries}
}

// passing are rows behind which their statement has passed.
type passing struct {
	pgx.Rows
	party *party
	sql   string
	done  bool
}

func (r *passing) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.end()
	return false
}

func (r *passing) Close() {
	r.Rows.Close()
	r.end()
}

func (r *passing) end() {
	if !r.done {
		r.done = true
		if r.Rows.Err() == nil && strings.HasPrefix(r.sql, "-- name:") {
			r.party.passed(r.sql, false)
		}
	}
}

// firstRow is a row that is read from rows, as pgx does it.
type firstRow struct {
	rows pgx.Rows
	err  error
}

func (r firstRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
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

// single are the results of a batch whose statements are sent one by one.
type single struct {
	pgx.BatchResults
	ctx   context.Context
	tx    partyTx
	queue []*pgx.QueuedQuery
	open  pgx.Rows
	err   error
}

func (s *single) next() (*pgx.QueuedQuery, error) {
	s.settle()
	if s.err != nil {
		return nil, s.err
	}
	if len(s.queue) == 0 {
		return nil, pgx.ErrNoRows
	}
	q := s.queue[0]
	s.queue = s.queue[1:]
	return q, nil
}

func (s *single) settle() {
	if s.open == nil {
		return
	}
	s.open.Close()
	if err := s.open.Err(); err != nil && s.err == nil {
		s.err = err
	}
	s.open = nil
}

func (s *single) Exec() (pgconn.CommandTag, error) {
	q, err := s.next()
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	tag, err := s.tx.Exec(s.ctx, q.SQL, q.Arguments...)
	s.err = err
	return tag, err
}

func (s *single) Query() (pgx.Rows, error) {
	q, err := s.next()
	if err != nil {
		return failedRows{err: err}, err
	}
	rows, err := s.tx.Query(s.ctx, q.SQL, q.Arguments...)
	if err != nil {
		s.err = err
		return failedRows{err: err}, err
	}
	s.open = rows
	return rows, nil
}

func (s *single) QueryRow() pgx.Row {
	rows, err := s.Query()
	return firstRow{rows, err}
}

func (s *single) Close() error {
	for s.settle(); s.err == nil && len(s.queue) > 0; {
		_, _ = s.Exec()
	}
	return s.err
}

// failedRows are those of a statement that was not sent.
type failedRows struct {
	pgx.Rows
	err error
}

func (r failedRows) Close()                 {}
func (r failedRows) Err() error             { return r.err }
func (r failedRows) Next() bool             { return false }
func (r failedRows) Scan(...any) error      { return r.err }
func (r failedRows) Values() ([]any, error) { return nil, r.err }
