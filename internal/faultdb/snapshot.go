package faultdb

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Snapshot returns every row of every table, as text and in an order that
// depends on the rows alone, by the names of the tables. Schemas of the system
// are left out.
func Snapshot(ctx context.Context, pool *pgxpool.Pool) (map[string][]string, error) {
	const query = `
		SELECT c.oid::regclass::text
		FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'`
	rows, err := pool.Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("listing tables: %w", err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("listing tables: %w", err)
	}
	all := make(map[string][]string, len(tables))
	batch := &pgx.Batch{}
	for _, table := range tables {
		// A regclass is quoted where it must be.
		batch.Queue(`SELECT t::text COLLATE "C" FROM ` + table + ` AS t ORDER BY 1`).Query(func(rows pgx.Rows) (err error) {
			all[table], err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
	}
	if err := pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("reading all tables: %w", err)
	}
	return all, nil
}

func snapshot(t testing.TB, pool *pgxpool.Pool) map[string][]string {
	t.Helper()
	all, err := Snapshot(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
