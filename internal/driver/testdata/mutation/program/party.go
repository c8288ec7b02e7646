package main

import (
	"context"
	"strings"

	"cases.test/stepwise"
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
	return stepwise.Row(rows, err)
}

func (t partyTx) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return stepwise.Send(ctx, t, batch)
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
