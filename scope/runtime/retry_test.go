package runtime_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// outdate reads the row "a" of parents, and then has another transaction change
// it: an update of it in this transaction, at REPEATABLE READ, is then 40001.
func outdate(ctx context.Context, t *testing.T, op *runtime.Op, change func()) error {
	t.Helper()
	if err := exec(ctx, op, runtime.Step{Name: "read"}, "SELECT version FROM parents"); err != nil {
		return err
	}
	change()
	return nil
}

func update(ctx context.Context, op *runtime.Op) error {
	return exec(ctx, op, runtime.Step{Name: "update", Query: "Touch"}, "UPDATE parents SET version = version + 1 WHERE id = 'a'")
}

func TestRetryOnSerializationFailure(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		succeedsAt int // the attempt that nobody disturbs; 0: none
		opts       []scope.Option
		wantRuns   int
		want       error
	}{
		{"second attempt", 2, nil, 2, nil},
		{"third attempt", 3, nil, 3, nil},
		{"never", 0, nil, 3, scope.ErrConflict},
		{"retry is off", 2, []scope.Option{scope.WithRetry(1)}, 1, scope.ErrConflict},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pool := newDB(t)
			mustExec(t, pool, "INSERT INTO parents (id) VALUES ('a')")
			var events []scope.Event
			opts := append(tc.opts, scope.WithIsolation(pgx.RepeatableRead), scope.WithObserver(func(_ context.Context, e scope.Event) {
				if e.Kind == scope.Retry {
					events = append(events, e)
				}
			}))
			runs, hooks := 0, 0
			err := create(t.Context(), runtime.NewRunner(pool, opts...), func(ctx context.Context, op *runtime.Op) error {
				runs++
				op.AfterCommit("event", func(context.Context) error { hooks++; return nil })
				change := func() {
					if runs != tc.succeedsAt {
						mustExec(t, pool, "UPDATE parents SET version = version + 10")
					}
				}
				if err := outdate(ctx, t, op, change); err != nil {
					return err
				}
				return update(ctx, op)
			})
			if !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
			if runs != tc.wantRuns || len(events) != tc.wantRuns-1 {
				t.Errorf("%d runs and %d retries reported, want %d runs", runs, len(events), tc.wantRuns)
			}
			for i, e := range events {
				if e.Attempt != i+1 || !errors.Is(e.Err, scope.ErrConflict) || e.Duration > 250*time.Millisecond {
					t.Errorf("event %+v", e)
				}
			}
			if wantHooks := map[bool]int{true: 1}[err == nil]; hooks != wantHooks {
				t.Errorf("the function after the commit ran %d times, want %d", hooks, wantHooks)
			}
		})
	}
}

func TestRetryOnSerializationFailureAtCommit(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	runs := 0
	err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
		runs++
		if runs == 1 {
			return exec(ctx, op, runtime.Step{Name: "trap"}, "INSERT INTO at_commit VALUES ('40001')")
		}
		return insertItem(ctx, op, "a")
	})
	if err != nil || runs != 2 {
		t.Errorf("%d runs, error %v", runs, err)
	}
	wantItems(t, pool, 1)
}

func TestRetryThoughTheClosureMadeAnotherErrorOfIt(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	runs := 0
	err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
		runs++
		if runs == 1 {
			_ = exec(ctx, op, runtime.Step{Name: "trap"}, "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
			return errCustom
		}
		return nil
	})
	if err != nil || runs != 2 {
		t.Errorf("%d runs, error %v", runs, err)
	}
}

func TestNoRetryForAnotherDatabasesError(t *testing.T) {
	t.Parallel()
	runs := 0
	err := create(t.Context(), runtime.NewRunner(newDB(t)), func(_ context.Context, op *runtime.Op) error {
		runs++
		return op.Fail("call", &pgconn.PgError{Code: "40001", Message: "elsewhere"})
	})
	if e := wantErr(t, err); runs != 1 || e.SQLState != "" || errors.Is(err, scope.ErrConflict) {
		t.Errorf("%d runs, error %v", runs, err)
	}
}

func TestNoRetryWhenJoined(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	mustExec(t, pool, "INSERT INTO parents (id) VALUES ('a')")
	tx := outer(t, pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	runs := 0
	err := create(t.Context(), runtime.NewRunner(tx), func(ctx context.Context, op *runtime.Op) error {
		runs++
		if err := outdate(ctx, t, op, func() { mustExec(t, pool, "UPDATE parents SET version = 10") }); err != nil {
			return err
		}
		return update(ctx, op)
	})
	if e := wantErr(t, err, scope.ErrConflict); runs != 1 || e.SQLState != "40001" {
		t.Errorf("%d runs, error %v", runs, err)
	}
}

func TestRetryStopsWithTheContext(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	ctx, cancel := context.WithCancel(t.Context())
	// The observer is told right before the wait.
	r := runtime.NewRunner(pool, scope.WithObserver(func(_ context.Context, e scope.Event) {
		if e.Kind == scope.Retry {
			cancel()
		}
	}))
	runs := 0
	err := create(ctx, r, func(ctx context.Context, op *runtime.Op) error {
		runs++
		return exec(ctx, op, runtime.Step{Name: "trap"}, "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$")
	})
	wantErr(t, err, context.Canceled, scope.ErrConflict)
	if runs != 1 {
		t.Errorf("%d runs", runs)
	}
}

func TestRetryOnDeadlock(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	mustExec(t, pool, "INSERT INTO parents (id) VALUES ('a'), ('b')")
	r := runtime.NewRunner(pool)
	lock := func(ctx context.Context, op *runtime.Op, id string) error {
		return exec(ctx, op, runtime.Step{Name: "lock " + id}, "UPDATE parents SET version = version + 1 WHERE id = $1", id)
	}
	aLocked, bLocked := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	var errs [2]error
	var runs [2]int
	wg.Go(func() {
		errs[0] = create(t.Context(), r, func(ctx context.Context, op *runtime.Op) error {
			if err := lock(ctx, op, "a"); err != nil {
				return err
			}
			if runs[0]++; runs[0] == 1 {
				close(aLocked)
				<-bLocked
			}
			return lock(ctx, op, "b")
		})
	})
	wg.Go(func() {
		errs[1] = create(t.Context(), r, func(ctx context.Context, op *runtime.Op) error {
			if runs[1]++; runs[1] == 1 {
				<-aLocked
			}
			if err := lock(ctx, op, "b"); err != nil {
				return err
			}
			if runs[1] == 1 {
				close(bLocked)
				awaitActivity(t, pool, "pid IN (SELECT pid FROM pg_locks WHERE NOT granted)")
			}
			return lock(ctx, op, "a")
		})
	})
	wg.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		t.Error(err)
	}
	if runs[0]+runs[1] < 3 {
		t.Errorf("%v runs: there was no deadlock", runs)
	}
	if n := count(t, pool, "parents WHERE version = 2"); n != 2 {
		t.Errorf("%d rows were updated by both", n)
	}
}

func TestRetryDrawsTheSame(t *testing.T) {
	t.Parallel()
	type drawn struct {
		First, Second, Other, Purge scope.UUID
		Now                         time.Time
	}
	at := time.Date(2026, 11, 23, 13, 0, 0, 123456789, time.FixedZone("CET", 3600))
	r := runtime.NewRunner(newDB(t), scope.WithUUID(sequence()), scope.WithClock(func() time.Time {
		at = at.Add(time.Hour)
		return at
	}))
	before := r.Draw()
	var got []drawn
	err := do(t.Context(), r, func(ctx context.Context, tx *runtime.Tx) error {
		op, other := tx.Create("item", before, nil), tx.Create("item", nil, nil)
		purge := tx.Purge(scope.Context{Type: "item"}, nil)
		got = append(got, drawn{op.NewUUID(), op.NewUUID(), other.NewUUID(), purge.NewUUID(), op.Now()})
		if len(got) == 1 {
			return exec(ctx, op, runtime.Step{Name: "trap"}, "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
		}
		return nil
	})
	if err != nil || len(got) != 2 {
		t.Fatalf("%d attempts, error %v", len(got), err)
	}
	if diff := cmp.Diff(got[0], got[1]); diff != "" {
		t.Errorf("the second attempt drew anew: %s", diff)
	}
	ids := map[scope.UUID]bool{got[0].First: true, got[0].Second: true, got[0].Other: true, got[0].Purge: true}
	if len(ids) != 4 {
		t.Errorf("ids are drawn twice: %v", got[0])
	}
	if want := time.Date(2026, 11, 23, 13, 0, 0, 123456000, time.UTC); !got[0].Now.Equal(want) || got[0].Now.Location() != time.UTC {
		t.Errorf("time %v, want %v", got[0].Now, want)
	}
}

func TestZeroDraws(t *testing.T) {
	t.Parallel()
	r := runtime.NewRunner(newDB(t), scope.WithUUID(sequence()))
	var d runtime.Draws
	var ids [2]scope.UUID
	for i := range ids {
		err := do(t.Context(), r, func(_ context.Context, tx *runtime.Tx) error {
			ids[i] = tx.Create("item", &d, nil).NewUUID()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if ids[0] != ids[1] || ids[0].String() != "00000000-0000-4000-8000-000000000001" {
		t.Errorf("ids %v", ids)
	}
}

func TestDrawsForTwoOperations(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	r := runtime.NewRunner(pool)
	d := r.Draw()
	err := do(t.Context(), r, func(ctx context.Context, tx *runtime.Tx) error {
		if err := insertItem(ctx, tx.Create("item", d, nil), "a"); err != nil {
			return err
		}
		return insertItem(ctx, tx.Create("item", d, nil), "b")
	})
	wantErr(t, err)
	wantItems(t, pool, 0)
}
