package runtime_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// createUnder creates an item under the parent "a", which it locks as generated
// code does. before runs in front of the lock, when the snapshot is taken.
func createUnder(ctx context.Context, tx *runtime.Tx, before func()) error {
	op := tx.Create("item", nil, nil)
	if err := exec(ctx, op, runtime.Step{Name: "presets"}, "SELECT FROM items"); err != nil {
		return err
	}
	before()
	f := op.Flush()
	f.Do(runtime.Step{Name: "parents.parent", Missing: scope.ErrParentNotFound}, func(ctx context.Context) error {
		var id string
		return op.QueryRow(ctx, "SELECT id FROM parents WHERE id = $1 FOR KEY SHARE", "a").Scan(&id)
	})
	f.Do(runtime.Step{Name: "row"}, func(ctx context.Context) error {
		_, err := op.Exec(ctx, "INSERT INTO items (name, parent_id) VALUES ($1, $2)", "x", "a")
		return err
	})
	return f.Send(ctx)
}

// A creator alone may run at REPEATABLE READ. A parent that is purged after its
// snapshot is then a serialization failure, and not an absent row: in a
// transaction of ours the retry finds the parent gone, in a caller's the caller
// is told to run it again.
func TestCreateAtRepeatableRead(t *testing.T) {
	t.Parallel()
	for _, level := range []pgx.TxIsoLevel{pgx.ReadCommitted, pgx.RepeatableRead, pgx.Serializable} {
		t.Run(string(level), func(t *testing.T) {
			t.Parallel()
			pool := newDB(t)
			mustExec(t, pool, "INSERT INTO parents (id) VALUES ('a')")
			runs, r := 0, runtime.NewRunner(pool, scope.WithIsolation(level))
			create := func(before func()) error {
				runs = 0
				return do(t.Context(), r, func(ctx context.Context, tx *runtime.Tx) error {
					runs++
					return createUnder(ctx, tx, before)
				})
			}
			if err := create(func() {}); err != nil {
				t.Fatal(err)
			}
			mustExec(t, pool, "DELETE FROM items")
			err := create(func() { mustExec(t, pool, "DELETE FROM parents") })
			wantOnly(t, err, scope.ErrParentNotFound)
			if wantRuns := map[bool]int{true: 1, false: 2}[level == pgx.ReadCommitted]; runs != wantRuns {
				t.Errorf("%d runs, want %d", runs, wantRuns)
			}
			wantItems(t, pool, 0)

			mustExec(t, pool, "INSERT INTO parents (id) VALUES ('a')")
			want := scope.ErrConflict
			r = runtime.NewRunner(outer(t, pool, pgx.TxOptions{IsoLevel: level}))
			if level == pgx.ReadCommitted {
				want = scope.ErrParentNotFound
			}
			err = create(func() { mustExec(t, pool, "DELETE FROM parents") })
			wantOnly(t, err, want)
			if e := wantErr(t, err); e.Step != "parents.parent" || runs != 1 {
				t.Errorf("%d runs, error %v", runs, err)
			}
		})
	}
}

// A purge in a transaction of several operations is refused like one alone, and
// takes what was created before it.
func TestPurgeBesideACreateAtRepeatableRead(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	var ran bool
	err := do(t.Context(), runtime.NewRunner(pool, scope.WithIsolation(pgx.RepeatableRead)), func(ctx context.Context, tx *runtime.Tx) error {
		if err := insertItem(ctx, tx.Create("item", nil, nil), "a"); err != nil {
			return err
		}
		return purgeItem(ctx, tx, &ran)
	})
	var level *scope.IsolationError
	if !errors.As(err, &level) || level.Level != "repeatable read" || ran {
		t.Errorf("error %v", err)
	}
	wantItems(t, pool, 0)
}
