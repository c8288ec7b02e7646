package faultdb_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/faultdb"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const schemaSQL = `
CREATE TABLE item (name text);
CREATE SCHEMA "Other";
CREATE TABLE "Other"."Item" (name text, size int);
INSERT INTO "Other"."Item" VALUES ('b', NULL), ('a', 1);
`

const insert = "INSERT INTO item VALUES ($1)"

// statement issues one statement that inserts a row, in each way that pgx has.
type statement struct {
	name string
	run  func(ctx context.Context, tx pgx.Tx) error
}

func statements() []statement {
	return []statement{
		{"Exec", func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, insert, "exec")
			return err
		}},
		{"Query", func(ctx context.Context, tx pgx.Tx) error {
			rows, err := tx.Query(ctx, insert+" RETURNING name", "query")
			if err != nil {
				return err
			}
			_, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		}},
		{"QueryRow", func(ctx context.Context, tx pgx.Tx) error {
			var name string
			return tx.QueryRow(ctx, insert+" RETURNING name", "row").Scan(&name)
		}},
		{"CopyFrom", func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.CopyFrom(ctx, pgx.Identifier{"item"}, []string{"name"}, pgx.CopyFromRows([][]any{{"copy"}}))
			return err
		}},
		{"SendBatch", func(ctx context.Context, tx pgx.Tx) error {
			batch := &pgx.Batch{}
			batch.Queue(insert, "first of a batch")
			batch.Queue(insert, "second of a batch")
			return tx.SendBatch(ctx, batch).Close()
		}},
	}
}

// insertAll runs all statements in one transaction.
func insertAll(ctx context.Context, db *faultdb.DB) error {
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		for _, s := range statements() {
			if err := s.run(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestEachStatement(t *testing.T) {
	t.Parallel()
	for _, fault := range faultdb.Faults() {
		t.Run(fault.String(), func(t *testing.T) {
			t.Parallel()
			pool := pgtest.Pool(t, schemaSQL)
			// A batch has two statements, and COMMIT is one.
			if n, want := faultdb.EachStatement(t, pool, fault, insertAll), len(statements())+2; n != want {
				t.Errorf("%d statements failed in turn, want %d", n, want)
			}
			wantItems(t, pool, len(statements())+1)
		})
	}
}

// TestLostStatementsAreExecuted checks, for each way to issue a statement, that a lost answer leaves a transaction that
// would commit, and a refusal one that cannot.
func TestLostStatementsAreExecuted(t *testing.T) {
	t.Parallel()
	for _, s := range statements() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			for _, fault := range faultdb.Faults() {
				pool := pgtest.Pool(t, schemaSQL)
				db := faultdb.New(pool, fault, 1)
				tx, err := db.Begin(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if err := s.run(t.Context(), tx); !faultdb.IsInjected(err) || !db.Hit() {
					t.Errorf("%v: error %v, hit %v", fault, err, db.Hit())
				}
				switch err := tx.Commit(t.Context()); fault {
				case faultdb.Lost:
					if n := items(t, pool); err != nil || n == 0 {
						t.Errorf("%v: COMMIT gave %v, and %d rows", fault, err, n)
					}
				case faultdb.Refused:
					if n := items(t, pool); !errors.Is(err, pgx.ErrTxCommitRollback) || n != 0 {
						t.Errorf("%v: COMMIT gave %v, and %d rows", fault, err, n)
					}
				}
			}
		})
	}
}

func TestErrorsOfTheServerAreNotInjected(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t, schemaSQL)
	db := faultdb.New(pool, faultdb.Lost, 1)
	err := pgx.BeginFunc(t.Context(), db, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "SELECT 1/0")
		return err
	})
	if err == nil || faultdb.IsInjected(err) {
		t.Errorf("error %v, want the server's", err)
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	got, err := faultdb.Snapshot(t.Context(), pgtest.Pool(t, schemaSQL))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"item": {}, `"Other"."Item"`: {"(a,1)", "(b,)"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("snapshot (-want +got):\n%s", diff)
	}
}

func items(t *testing.T, pool *pgxpool.Pool) int {
	t.Helper()
	var n int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM item").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func wantItems(t *testing.T, pool *pgxpool.Pool, want int) {
	t.Helper()
	if n := items(t, pool); n != want {
		t.Errorf("%d items, want %d", n, want)
	}
}
