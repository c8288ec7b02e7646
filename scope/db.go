package scope

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// DB is what coordinators run on. *pgxpool.Pool, *pgxpool.Conn and *pgx.Conn
// satisfy it: each call is then a transaction of its own. A pgx.Tx satisfies it
// too: each call then joins that transaction, under a savepoint.
type DB interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

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
