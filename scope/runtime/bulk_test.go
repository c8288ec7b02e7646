package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// insertAll inserts the items by one statement, as a query with arrays does.
func insertAll(ctx context.Context, tx *runtime.Tx, names []string) ([]string, error) {
	op := tx.Create("item", nil, nil)
	f := op.Flush()
	f.Do(runtime.Step{Name: "rows", Query: "InsertItems"}, func(ctx context.Context) error {
		_, err := op.Exec(ctx, "INSERT INTO items (name) SELECT unnest($1::text[])", names)
		return err
	})
	if err := f.Send(ctx); err != nil {
		return nil, err
	}
	return names, nil
}

// insertEach inserts each item by a statement of its own.
func insertEach(ctx context.Context, tx *runtime.Tx, names []string) ([]string, error) {
	op := tx.Create("item", nil, nil)
	f := op.Flush()
	for name := range runtime.Items(op, names) {
		f.Do(runtime.Step{Name: "row", Query: "InsertItem"}, func(ctx context.Context) error {
			_, err := op.Exec(ctx, "INSERT INTO items (name) VALUES ($1)", *name)
			return err
		})
	}
	if err := f.Send(ctx); err != nil {
		return nil, err
	}
	return names, nil
}

type insertMany = runtime.Coordinator[string, string]

func TestBulkNamesTheItem(t *testing.T) {
	t.Parallel()
	for how, insert := range map[string]insertMany{"by one statement": insertAll, "by a statement each": insertEach} {
		for _, n := range []int{1, 2, 3, 10, 33} {
			for _, bad := range []int{0, n / 2, n - 1} {
				t.Run(fmt.Sprintf("%s, %d of %d", how, bad, n), func(t *testing.T) {
					t.Parallel()
					pool := newDB(t)
					if _, err := pool.Exec(t.Context(), "INSERT INTO items (name) VALUES ('taken')"); err != nil {
						t.Fatal(err)
					}
					names := make([]string, n)
					for i := range names {
						names[i] = fmt.Sprint("item ", i)
					}
					names[bad] = "taken"
					got, err := runtime.Many(t.Context(), runtime.NewRunner(pool), names, insert)
					var item *scope.ItemError
					if !errors.As(err, &item) || item.Index != bad || !errors.Is(err, scope.ErrAlreadyExists) || got != nil {
						t.Errorf("got %v, %v; want an ItemError of item %d", got, err, bad)
					}
					if !strings.HasPrefix(err.Error(), fmt.Sprintf("item %d: create item: ", bad)) {
						t.Errorf("the error does not say which item: %v", err)
					}
					wantItems(t, pool, 1)
				})
			}
		}
	}
}

// In a caller's transaction the second look runs under savepoints, and the
// transaction stays usable.
func TestBulkNamesTheItemInACallersTransaction(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		r := runtime.NewRunner(tx)
		if _, err := runtime.Many(t.Context(), r, []string{"a", "b"}, insertAll); err != nil {
			return err
		}
		_, err := runtime.Many(t.Context(), r, []string{"c", "d", "e", "b", "f"}, insertAll)
		var item *scope.ItemError
		if !errors.As(err, &item) || item.Index != 3 {
			t.Errorf("got %v, want an ItemError of item 3", err)
		}
		_, err = runtime.Many(t.Context(), r, []string{"g"}, insertAll)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wantItems(t, pool, 3)
}

// When the cause is gone by the second look, no item is blamed.
func TestBulkBlamesNobodyWhenTheCauseIsGone(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	if _, err := pool.Exec(t.Context(), "INSERT INTO items (name) VALUES ('taken')"); err != nil {
		t.Fatal(err)
	}
	calls := 0
	_, err := runtime.Many(t.Context(), runtime.NewRunner(pool), []string{"a", "taken", "b"}, func(ctx context.Context, tx *runtime.Tx, names []string) ([]string, error) {
		if calls++; calls == 2 {
			if _, err := pool.Exec(ctx, "DELETE FROM items"); err != nil {
				return nil, err
			}
		}
		return insertAll(ctx, tx, names)
	})
	var item *scope.ItemError
	if !errors.As(err, &item) || item.Index != -1 || !errors.Is(err, scope.ErrAlreadyExists) {
		t.Errorf("got %v, want an ItemError of no item", err)
	}
	wantItems(t, pool, 0)
}

func TestBulkFindsWhatCommitRefuses(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	if _, err := pool.Exec(t.Context(), "CREATE TABLE late (name text UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO late VALUES ('taken')"); err != nil {
		t.Fatal(err)
	}
	names := []string{"a", "b", "taken", "c"}
	_, err := runtime.Many(t.Context(), runtime.NewRunner(pool), names, func(ctx context.Context, tx *runtime.Tx, names []string) ([]string, error) {
		op := tx.Create("item", nil, nil)
		f := op.Flush()
		f.Do(runtime.Step{Name: "rows"}, func(ctx context.Context) error {
			_, err := op.Exec(ctx, "INSERT INTO late SELECT unnest($1::text[])", names)
			return err
		})
		return names, f.Send(ctx)
	})
	var item *scope.ItemError
	if !errors.As(err, &item) || item.Index != 2 || !errors.Is(err, scope.ErrAlreadyExists) {
		t.Errorf("got %v, want an ItemError of item 2", err)
	}
}

func TestBulkOfNothing(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	got, err := runtime.Many(t.Context(), runtime.NewRunner(pool), nil, func(context.Context, *runtime.Tx, []string) ([]string, error) {
		t.Error("the operation ran")
		return nil, nil
	})
	if got == nil || len(got) != 0 || err != nil {
		t.Errorf("got %#v, %v", got, err)
	}
}

// A step outside of the loop over the items belongs to none of them.
func TestItemsEndWithTheirLoop(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	_, err := runtime.Many(t.Context(), runtime.NewRunner(pool), []string{"b", "a"}, func(ctx context.Context, tx *runtime.Tx, names []string) ([]int, error) {
		op := tx.Create("item", nil, nil)
		for i := range runtime.ItemsBy(op, names, func(s *string) string { return *s }) {
			if *i == "b" {
				return nil, op.Fail("go", errors.New("no"))
			}
		}
		return nil, nil
	})
	var item *scope.ItemError
	if !errors.As(err, &item) || item.Index != 0 {
		t.Errorf("got %v, want item 0, the second in the order of keys", err)
	}
	_, err = runtime.Many(t.Context(), runtime.NewRunner(pool), []string{"a", "b"}, func(ctx context.Context, tx *runtime.Tx, names []string) ([]int, error) {
		op := tx.Create("item", nil, nil)
		for range runtime.Items(op, names) {
		}
		return nil, op.Fail("go", errors.New("no"))
	})
	if !errors.As(err, &item) || item.Index != -1 {
		t.Errorf("got %v, want no item", err)
	}
}

func TestDistinctItemsTakesTheFirstOfEach(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	var seen []string
	_, err := runtime.In(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, tx *runtime.Tx) (int, error) {
		op := tx.Create("item", nil, nil)
		for s := range runtime.DistinctItems(op, []string{"b1", "a1", "b2", "a2"}, func(s *string) string { return (*s)[:1] }) {
			seen = append(seen, *s)
		}
		return 0, nil
	})
	if err != nil || fmt.Sprint(seen) != "[a1 b1]" {
		t.Errorf("saw %v, %v", seen, err)
	}
}

func TestEachKeepsTheOthers(t *testing.T) {
	t.Parallel()
	names := make([]string, 150)
	for i := range names {
		names[i] = fmt.Sprint("item ", i)
	}
	names[5], names[149] = names[3], names[3]
	check := func(t *testing.T, got []string, err error) {
		t.Helper()
		var failed *scope.ItemsError
		if !errors.As(err, &failed) || len(failed.Items) != 2 || failed.Items[0].Index != 5 || failed.Items[1].Index != 149 || failed.Total != 150 {
			t.Fatalf("got %v", err)
		}
		var pgErr *pgconn.PgError
		if !errors.Is(err, scope.ErrAlreadyExists) || !errors.As(failed.Items[1], &pgErr) {
			t.Errorf("the causes are not reached: %v", err)
		}
		for i, name := range got {
			want := names[i]
			if i == 5 || i == 149 {
				want = ""
			}
			if name != want {
				t.Errorf("result %d is %q, want %q", i, name, want)
			}
		}
	}
	each := func(ctx context.Context, r *runtime.Runner, opts ...scope.EachOption) ([]string, error) {
		one := func(ctx context.Context, name string) (string, error) {
			_, err := runtime.Many(ctx, r, []string{name}, insertEach)
			if err != nil {
				return "", err
			}
			return name, nil
		}
		all := func(ctx context.Context, names []string) ([]string, error) {
			return runtime.Many(ctx, r, names, insertAll)
		}
		return scope.Each(ctx, r, names, one, all, opts...)
	}
	t.Run("on a pool", func(t *testing.T) {
		t.Parallel()
		pool := newDB(t)
		got, err := each(t.Context(), runtime.NewRunner(pool))
		check(t, got, err)
		wantItems(t, pool, 148)
	})
	t.Run("in a caller's transaction", func(t *testing.T) {
		t.Parallel()
		pool := newDB(t)
		if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			got, err := each(t.Context(), runtime.NewRunner(tx), scope.WithConcurrency(8))
			check(t, got, err)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		wantItems(t, pool, 148)
	})
}

func TestEachRunsSeveralAtATime(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	r := runtime.NewRunner(pool)
	var running, most atomic.Int32
	both := make(chan struct{})
	one := func(ctx context.Context, name string) (string, error) {
		if n := running.Add(1); n > most.Load() {
			most.Store(n)
			if n == 2 {
				close(both)
			}
		}
		defer running.Add(-1)
		select {
		case <-both: // nobody goes on before two have met
		case <-ctx.Done():
			return "", ctx.Err()
		}
		_, err := runtime.Many(ctx, r, []string{name}, insertEach)
		return name, err
	}
	if _, err := scope.Each(t.Context(), r, []string{"a", "b", "c", "d"}, one, nil, scope.WithConcurrency(2)); err != nil {
		t.Fatal(err)
	}
	if most.Load() != 2 {
		t.Errorf("%d ran at the same time, want 2", most.Load())
	}
	wantItems(t, pool, 4)
}

func TestEachStopsWithItsContext(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	r := runtime.NewRunner(pool)
	ctx, cancel := context.WithCancel(t.Context())
	got, err := scope.Each(ctx, r, []string{"a", "b", "c"}, func(ctx context.Context, name string) (string, error) {
		if name == "b" {
			cancel()
		}
		if _, err := runtime.Many(ctx, r, []string{name}, insertEach); err != nil {
			return "", err
		}
		return name, nil
	}, nil)
	var failed *scope.ItemsError
	if !errors.As(err, &failed) || len(failed.Items) != 2 || !errors.Is(failed.Items[1], context.Canceled) || got[0] != "a" {
		t.Errorf("got %v, %v", got, err)
	}
	wantItems(t, pool, 1)
}
