package runtime_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// purgeItem locks, as every purge does, in the flush in which the level is asked.
func purgeItem(ctx context.Context, tx *runtime.Tx, ran *bool) error {
	op := tx.Purge(scope.Context{Type: "item", ID: "a"}, nil)
	f := op.Flush()
	f.Do(runtime.Step{Name: "row", Deletes: true}, func(ctx context.Context) error {
		_, err := op.Exec(ctx, "DELETE FROM items WHERE name = $1", "a")
		*ran = err == nil
		return err
	})
	f.RequireReadCommitted() // comes first, wherever it was queued
	return f.Send(ctx)
}

func TestRequireReadCommitted(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		level   pgx.TxIsoLevel
		refused bool
	}{
		{pgx.ReadUncommitted, false},
		{pgx.ReadCommitted, false},
		{pgx.RepeatableRead, true},
		{pgx.Serializable, true},
	} {
		check := func(t *testing.T, joined bool) {
			t.Parallel()
			pool := newDB(t)
			mustExec(t, pool, "INSERT INTO items (name) VALUES ('a')")
			var events []scope.Event
			observer := scope.WithObserver(func(_ context.Context, e scope.Event) {
				if e.Kind == scope.FlushSent {
					events = append(events, e)
				}
			})
			r := runtime.NewRunner(pool, scope.WithIsolation(tc.level), observer)
			wantStatements := []int{1, 1} // ours: the level is known
			if joined {
				r = runtime.NewRunner(outer(t, pool, pgx.TxOptions{IsoLevel: tc.level}), observer)
				wantStatements = []int{2, 1} // asked once
			}
			var ran bool
			purge := func() error {
				return do(t.Context(), r, func(ctx context.Context, tx *runtime.Tx) error {
					if err := purgeItem(ctx, tx, &ran); err != nil {
						return err
					}
					return purgeItem(ctx, tx, &ran)
				})
			}
			err := purge()
			if !tc.refused {
				if err != nil || !ran || len(events) != 2 || events[0].Statements != wantStatements[0] || events[1].Statements != wantStatements[1] {
					t.Errorf("error %v, events %+v", err, events)
				}
				events = nil
				if err := purge(); err != nil || len(events) != 2 || events[0].Statements != 1 { // known by now
					t.Errorf("again: error %v, events %+v", err, events)
				}
				return
			}
			events = nil
			if again := purge(); joined && (!errors.Is(again, scope.ErrIsolation) || len(events) != 1 || events[0].Statements != 0) {
				t.Errorf("again: error %v, events %+v", again, events)
			}
			e := wantErr(t, err, scope.ErrIsolation)
			var level *scope.IsolationError
			if !errors.As(err, &level) || level.Level != string(tc.level) || e.Scope != (scope.Context{Type: "item", ID: "a"}) {
				t.Errorf("error %v", err)
			}
			if ran {
				t.Error("the purge went on")
			}
			const want = "purge item: step isolation: it needs read committed, and the transaction is at "
			if got := e.Error(); got != want+string(tc.level)+"; run it in a transaction at read committed" {
				t.Errorf("text %q", got)
			}
			wantItems(t, pool, 1)
		}
		t.Run(string(tc.level), func(t *testing.T) { check(t, false) })
		t.Run("joined "+string(tc.level), func(t *testing.T) { check(t, true) })
	}
}

func TestEveryQueryExecMode(t *testing.T) {
	t.Parallel()
	for _, mode := range []pgx.QueryExecMode{
		pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec,
		pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol,
	} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			config := newDB(t).Config()
			config.ConnConfig.DefaultQueryExecMode = mode
			pool, err := pgxpool.NewWithConfig(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			for range 2 { // the second time with the caches warm
				tx := outer(t, pool, pgx.TxOptions{})
				var ran bool
				err := do(t.Context(), runtime.NewRunner(tx), func(ctx context.Context, tx *runtime.Tx) error {
					if err := insertItem(ctx, tx.Create("item", nil, nil), "a"); err != nil {
						return err
					}
					return purgeItem(ctx, tx, &ran)
				})
				if err != nil {
					t.Error(err)
				}
				if err := tx.Commit(t.Context()); err != nil {
					t.Error(err)
				}
			}
			wantItems(t, pool, 0)
		})
	}
}
