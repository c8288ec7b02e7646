package faultdb

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
)

// EachStatement calls run with a DB on which the first statement fails, then
// with one on which the second does, and so on, until run succeeds because it
// issues no statement more; it returns how many there are, COMMIT included. The
// database then holds what run wrote.
//
// The test fails when an error is not the fault that was made, or when run
// reports success in spite of it, or when anything in the database has changed.
func EachStatement(t testing.TB, pool *pgxpool.Pool, fault Fault, run func(ctx context.Context, db *DB) error) int {
	t.Helper()
	before := snapshot(t, pool)
	for n := 1; ; n++ {
		db := New(pool, fault, n)
		err := run(t.Context(), db)
		if !db.Hit() {
			if err != nil {
				t.Fatalf("without a fault: %v", err)
			}
			if n == 1 {
				t.Fatal("no statement was issued on the DB that run was given")
			}
			return n - 1
		}
		if !IsInjected(err) {
			t.Fatalf("statement %d, %v: the error is %v, want the fault itself", n, fault, err)
		}
		if diff := cmp.Diff(before, snapshot(t, pool)); diff != "" {
			t.Fatalf("statement %d, %v: the database has changed (-before +after):\n%s", n, fault, diff)
		}
	}
}
