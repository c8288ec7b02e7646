package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// A statement that cannot be prepared, or that the server has forgotten, fails
// the call and not the caller's transaction, whatever pgx has evicted from its
// caches since the call ran last, and whatever others did to the connection.
func TestCallerGoesOnWhenPrepareFails(t *testing.T) {
	t.Parallel()
	others := func(n int) func(context.Context, pgx.Tx) error {
		return func(ctx context.Context, tx pgx.Tx) error {
			for i := range n {
				if _, err := tx.Exec(ctx, fmt.Sprintf("SELECT %d, $1::int", i), i); err != nil {
					return err
				}
			}
			return nil
		}
	}
	for name, tc := range map[string]struct {
		mode      pgx.QueryExecMode
		capacity  int
		meanwhile func(context.Context, pgx.Tx) error
	}{
		"room for 1":                      {pgx.QueryExecModeCacheStatement, 1, others(1)},
		"room for 2":                      {pgx.QueryExecModeCacheStatement, 2, others(2)},
		"room for 4":                      {pgx.QueryExecModeCacheStatement, 4, others(4)},
		"600 other statements":            {pgx.QueryExecModeCacheStatement, 512, others(600)},
		"nothing between":                 {pgx.QueryExecModeCacheStatement, 512, others(0)},
		"descriptions, room for 2":        {pgx.QueryExecModeCacheDescribe, 2, others(2)},
		"descriptions, 600 others":        {pgx.QueryExecModeCacheDescribe, 512, others(600)},
		"described each time":             {pgx.QueryExecModeDescribeExec, 512, others(0)},
		"mode exec":                       {pgx.QueryExecModeExec, 512, others(2)},
		"the driver has deallocated all":  {pgx.QueryExecModeCacheStatement, 512, func(ctx context.Context, tx pgx.Tx) error { return tx.Conn().DeallocateAll(ctx) }},
		"the server has deallocated all":  {pgx.QueryExecModeCacheStatement, 512, func(ctx context.Context, tx pgx.Tx) error { _, err := tx.Exec(ctx, "DEALLOCATE ALL"); return err }},
		"an error that empties the cache": {pgx.QueryExecModeCacheStatement, 512, emptied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := notesDB(t).Config()
			config.MaxConns = 1
			config.ConnConfig.DefaultQueryExecMode = tc.mode
			config.ConnConfig.StatementCacheCapacity, config.ConnConfig.DescriptionCacheCapacity = tc.capacity, tc.capacity
			pool, err := pgxpool.NewWithConfig(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			fresh := &ids{}
			call := func(tx pgx.Tx) error {
				return single(t.Context(), runtime.NewRunner(tx), func(ctx context.Context, op *runtime.Op) error {
					return writeNotes(op, fresh, 1, true)(ctx)
				})
			}
			for range 3 {
				if err := pgx.BeginFunc(t.Context(), pool, call); err != nil {
					t.Fatal(err)
				}
			}
			tx := outer(t, pool, pgx.TxOptions{})
			if err := tc.meanwhile(t.Context(), tx); err != nil {
				t.Fatal(err)
			}
			mustTx(t, tx, "CREATE TEMP TABLE kept ()")
			mustTx(t, tx, "SET LOCAL search_path = nowhere")
			if err := call(tx); err == nil {
				t.Fatal("a statement on a table that is not found succeeded")
			}
			mustTx(t, tx, "SET LOCAL search_path = public")
			mustTx(t, tx, "INSERT INTO notes (id) VALUES ('the caller''s')")
			if err := tx.Commit(t.Context()); err != nil {
				t.Fatalf("the caller's transaction is not usable: %v", err)
			}
			if n := count(t, pool, "notes"); n != 7 {
				t.Errorf("%d notes, want 7", n)
			}
		})
	}
}

// emptied is a call that failed: pgx prepares its statements anew.
func emptied(ctx context.Context, tx pgx.Tx) error {
	err := single(ctx, runtime.NewRunner(tx), func(ctx context.Context, op *runtime.Op) error {
		f := op.Flush()
		f.Do(runtime.Step{Name: "one"}, note(op, "x"))
		f.Do(runtime.Step{Name: "two"}, note(op, "x"))
		return f.Send(ctx)
	})
	if !errors.Is(err, scope.ErrAlreadyExists) {
		return fmt.Errorf("got %w, want a unique violation", err)
	}
	return nil
}

func mustTx(t *testing.T, tx pgx.Tx, sql string) {
	t.Helper()
	if _, err := tx.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// ownTx is a pgx.Tx of an application's making, which does not show its connection.
type ownTx struct{ pgx.Tx }

func (ownTx) Conn() *pgx.Conn { return nil }

// What fails in a transaction that does not show its connection is undone, too.
func TestCallerWithoutAConnection(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]func(context.Context, *runtime.Op) error{
		"an error of the server": func(ctx context.Context, op *runtime.Op) error { return insertItem(ctx, op, "taken") },
		"an error of Go":         func(context.Context, *runtime.Op) error { return errCustom },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := newDB(t)
			mustExec(t, pool, "INSERT INTO items (name) VALUES ('taken')")
			tx := outer(t, pool, pgx.TxOptions{})
			mustTx(t, tx, "INSERT INTO items (name) VALUES ('before')")
			r := runtime.NewRunner(ownTx{tx})
			err := create(t.Context(), r, func(ctx context.Context, op *runtime.Op) error {
				if err := insertItem(ctx, op, "half"); err != nil {
					return err
				}
				return fails(ctx, op)
			})
			if err == nil {
				t.Fatal("no error")
			}
			if err := create(t.Context(), r, func(ctx context.Context, op *runtime.Op) error { return insertItem(ctx, op, "after") }); err != nil {
				t.Fatalf("the caller's transaction is not usable: %v", err)
			}
			if err := tx.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if half, kept := count(t, pool, "items WHERE name = 'half'"), count(t, pool, "items WHERE name IN ('before', 'after')"); half != 0 || kept != 2 {
				t.Errorf("%d rows of the call that failed are there, and %d of 2 others", half, kept)
			}
		})
	}
}
