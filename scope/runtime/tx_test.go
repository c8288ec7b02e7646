package runtime_test

import (
	"context"
	"errors"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

func TestInCommits(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	r := runtime.NewRunner(pool)
	got, err := runtime.In(t.Context(), r, func(ctx context.Context, tx *runtime.Tx) (string, error) {
		op := tx.Create("item", nil, nil)
		if err := insertItem(ctx, op, "a"); err != nil {
			return "", err
		}
		wantItems(t, pool, 0) // not yet
		return "made", insertItem(ctx, op, "b")
	})
	if err != nil || got != "made" {
		t.Errorf("In returned %q, %v", got, err)
	}
	wantItems(t, pool, 2)
	if r.Joined() {
		t.Error("a Runner on a pool says that it is joined")
	}
}

func TestInUsesReadCommittedWhateverTheDefault(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), "SET default_transaction_isolation = 'serializable'"); err != nil {
		t.Fatal(err)
	}
	var level string
	err = create(t.Context(), runtime.NewRunner(conn), func(ctx context.Context, op *runtime.Op) error {
		f := op.Flush()
		f.Do(runtime.Step{Name: "level"}, func(ctx context.Context) error {
			return op.QueryRow(ctx, "SELECT current_setting('transaction_isolation')").Scan(&level)
		})
		return f.Send(ctx)
	})
	if err != nil || level != "read committed" {
		t.Errorf("level %q, error %v", level, err)
	}
}

func TestInRollsBack(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		// end is called after one item was inserted.
		end  func(ctx context.Context, cancel func(), op *runtime.Op) error
		want error
	}{
		{"error of the closure", func(context.Context, func(), *runtime.Op) error { return errCustom }, errCustom},
		{"error of a step", func(ctx context.Context, _ func(), op *runtime.Op) error { return insertItem(ctx, op, "a") }, scope.ErrAlreadyExists},
		{"error of a step that is dropped", func(ctx context.Context, _ func(), op *runtime.Op) error {
			_ = insertItem(ctx, op, "a")
			return nil
		}, scope.ErrAlreadyExists},
		{"refusal that is dropped", func(ctx context.Context, _ func(), op *runtime.Op) error {
			f := op.Flush()
			f.Do(runtime.Step{Name: "users"}, func(context.Context) error { return runtime.Refuse(1, nil) })
			_ = f.Send(ctx)
			return nil
		}, scope.ErrInUse},
		{"error of Go code that is dropped", func(_ context.Context, _ func(), op *runtime.Op) error {
			_ = op.Fail("names", errCustom)
			return nil
		}, errCustom},
		{"context cancelled before COMMIT", func(_ context.Context, cancel func(), _ *runtime.Op) error {
			cancel()
			return nil
		}, context.Canceled},
		{"context cancelled before a statement", func(ctx context.Context, cancel func(), op *runtime.Op) error {
			cancel()
			return insertItem(ctx, op, "b")
		}, context.Canceled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pool := newDB(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			got, err := runtime.In(ctx, runtime.NewRunner(pool), func(ctx context.Context, tx *runtime.Tx) (string, error) {
				op := tx.Create("item", nil, nil)
				if err := insertItem(ctx, op, "a"); err != nil {
					return "", err
				}
				return "partial", tc.end(ctx, cancel, op)
			})
			if got != "" {
				t.Errorf("In returned %q beside an error", got)
			}
			if !errors.Is(err, tc.want) || errors.Is(err, scope.ErrCommitUnknown) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
			wantItems(t, pool, 0)
			wantIdle(t, pool)
		})
	}
}

func TestInRollsBackWhenCancelledDuringAStatement(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := create(ctx, runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
		if err := insertItem(ctx, op, "a"); err != nil {
			return err
		}
		go func() {
			awaitActivity(t, pool, "wait_event = 'PgSleep'")
			cancel()
		}()
		return exec(ctx, op, runtime.Step{Name: "sleep"}, "SELECT pg_sleep(3600)")
	})
	e := wantErr(t, err, context.Canceled)
	if e.Step != "sleep" {
		t.Errorf("step %q", e.Step)
	}
	wantItems(t, pool, 0)
}

func TestInRollsBackOnPanic(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	func() {
		defer func() {
			if got := recover(); got != "boom" {
				t.Errorf("recovered %v", got)
			}
		}()
		_ = create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
			if err := insertItem(ctx, op, "a"); err != nil {
				t.Error(err)
			}
			panic("boom")
		})
		t.Error("In returned after a panic")
	}()
	wantItems(t, pool, 0)
	wantIdle(t, pool)
}

func TestInRollsBackOnGoexit(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = create(context.Background(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
			if err := insertItem(ctx, op, "a"); err != nil {
				t.Error(err)
			}
			goruntime.Goexit()
			return nil
		})
		t.Error("In returned after Goexit")
	}()
	<-done
	wantItems(t, pool, 0)
	wantIdle(t, pool)
}

func TestFlushAfterFailureSendsNothing(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	err := do(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, tx *runtime.Tx) error {
		first, second := tx.Create("item", nil, nil), tx.Create("team", nil, nil)
		_ = first.Fail("names", errCustom)
		return insertItem(ctx, second, "a")
	})
	e := wantErr(t, err, errCustom)
	if e.Scope.Type != "team" || !strings.Contains(e.Error(), "create item: step names") {
		t.Errorf("error %v", e)
	}
	wantItems(t, pool, 0)
}

func TestInRefusesAConnectionInATransaction(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, db := range []scope.DB{conn, conn.Conn()} {
		err := create(t.Context(), runtime.NewRunner(db), func(context.Context, *runtime.Op) error {
			t.Error("the closure was run")
			return nil
		})
		if e := wantErr(t, err); !strings.Contains(e.Error(), "pass that pgx.Tx") {
			t.Errorf("error %v", e)
		}
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Error(err)
	}
	for _, db := range []scope.DB{conn, conn.Conn()} {
		if err := create(t.Context(), runtime.NewRunner(db), func(context.Context, *runtime.Op) error { return nil }); err != nil {
			t.Error(err)
		}
	}
}

func TestInWithoutAServer(t *testing.T) {
	t.Parallel()
	config, err := pgxpool.ParseConfig("host=127.0.0.1 port=1 user=nobody connect_timeout=5")
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	err = create(t.Context(), runtime.NewRunner(pool), func(context.Context, *runtime.Op) error { return nil })
	if e := wantErr(t, err); errors.Is(e, scope.ErrCommitUnknown) || !strings.Contains(e.Error(), "transaction: BEGIN: no connection") {
		t.Errorf("error %v", e)
	}
}

func TestNewRunnerPanics(t *testing.T) {
	t.Parallel()
	for name, db := range map[string]scope.DB{
		"db is nil":       (*pgxpool.Pool)(nil),
		"db is nil: pass": nil,
		"BeginTx":         beginOnly{},
	} {
		func() {
			defer func() {
				if text, ok := recover().(string); !ok || !strings.Contains(text, name) {
					t.Errorf("%T: panic %q", db, text)
				}
			}()
			runtime.NewRunner(db)
			t.Errorf("%T: no panic", db)
		}()
	}
}

type beginOnly struct{}

func (beginOnly) Begin(context.Context) (pgx.Tx, error) { return nil, errCustom }

// wantIdle checks that no connection was left in a transaction, or held.
func wantIdle(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	if n := pool.Stat().AcquiredConns(); n != 0 {
		t.Errorf("%d connections are still held", n)
	}
	wantNoTransaction(t, pool)
}

// awaitActivity polls until a backend of this database satisfies the condition.
// Every poll is a round trip to the server, so it does not spin.
func awaitActivity(t *testing.T, pool *pgxpool.Pool, condition string) {
	const query = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND "
	for found := false; !found; {
		if err := pool.QueryRow(t.Context(), query+condition+")").Scan(&found); err != nil {
			t.Errorf("waiting for %s: %v", condition, err)
			return
		}
	}
}
