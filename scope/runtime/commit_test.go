package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pgproxy"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

func TestCommitUnknown(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		how   atCommit
		items int // what is committed all the same
	}{
		{"COMMIT is lost", loseCommit, 0},
		{"the answer is lost", loseAnswer, 1},
		{"a proxy lost the server", proxyError, 1},
		{"the server does not know", unknownCode, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pool := newDB(t)
			runs := 0
			err := create(t.Context(), runtime.NewRunner(cuttingPool(t, pool, tc.how, nil)), func(ctx context.Context, op *runtime.Op) error {
				runs++
				op.AfterCommit("event", func(context.Context) error {
					t.Error("a function ran after a COMMIT of unknown outcome")
					return nil
				})
				return insertItem(ctx, op, "a")
			})
			e := wantErr(t, err, scope.ErrCommitUnknown)
			if e.Committed || e.Op != scope.OpCreate {
				t.Errorf("error %+v", e)
			}
			if runs != 1 {
				t.Errorf("the transaction was run %d times", runs)
			}
			wantItems(t, pool, tc.items)
		})
	}
}

func TestCommitUnknownWhenCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	ctx, cancel := context.WithCancel(t.Context())
	cutting := cuttingPool(t, pool, holdAnswer, cancel)
	err := create(ctx, runtime.NewRunner(cutting), func(ctx context.Context, op *runtime.Op) error {
		return insertItem(ctx, op, "a")
	})
	wantErr(t, err, scope.ErrCommitUnknown, context.Canceled)
}

func TestCommitFailsForCertain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		action string
		want   string // SQLSTATE
		is     error
	}{
		{"terminate", "57P01", nil},
		{"P0001", "P0001", nil},
		{"55P03", "55P03", scope.ErrConflict},
		{"23514", "23514", scope.ErrInvalid},
	} {
		t.Run(tc.action, func(t *testing.T) {
			t.Parallel()
			pool := newDB(t)
			err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
				if err := insertItem(ctx, op, "a"); err != nil {
					return err
				}
				return exec(ctx, op, runtime.Step{Name: "trap"}, "INSERT INTO at_commit VALUES ($1)", tc.action)
			})
			e := wantErr(t, err)
			if tc.is != nil {
				wantErr(t, err, tc.is)
			}
			if errors.Is(err, scope.ErrCommitUnknown) || e.SQLState != tc.want || e.Step != "" || e.Op != scope.OpCreate {
				t.Errorf("error %v", err)
			}
			if !strings.HasPrefix(e.Error(), "create item: COMMIT: ") || strings.Contains(e.Error(), "secret") {
				t.Errorf("text %q", e)
			}
			wantItems(t, pool, 0)
		})
	}
}

// TestCommitAnsweredByRollback runs where statements go one by one: there a
// function can drop the error of a statement that the server has refused.
func TestCommitAnsweredByRollback(t *testing.T) {
	t.Parallel()
	insertTwice := func(ctx context.Context, op *runtime.Op) error {
		if err := insertItem(ctx, op, "a"); err != nil {
			return err
		}
		f := op.Flush()
		f.Do(runtime.Step{Name: "again", Query: "CreateItem"}, func(ctx context.Context) error {
			_, _ = op.Exec(ctx, "INSERT INTO items (name) VALUES ('a')")
			return nil
		})
		return f.Send(ctx)
	}
	t.Run("own transaction", func(t *testing.T) {
		t.Parallel()
		pool := oneByOne(t, newDB(t))
		err := create(t.Context(), runtime.NewRunner(pool), insertTwice)
		e := wantErr(t, err, scope.ErrAlreadyExists)
		if e.Step != "again" || e.SQLState != "23505" || errors.Is(err, scope.ErrCommitUnknown) {
			t.Errorf("error %v", err)
		}
		wantItems(t, pool, 0)
	})
	t.Run("savepoint", func(t *testing.T) {
		t.Parallel()
		pool := oneByOne(t, newDB(t))
		tx := outer(t, pool, pgx.TxOptions{})
		err := create(t.Context(), runtime.NewRunner(tx), insertTwice)
		if e := wantErr(t, err, scope.ErrAlreadyExists); e.Step != "again" {
			t.Errorf("error %v", err)
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Error(err)
		}
		wantItems(t, pool, 0)
	})
	t.Run("rows", func(t *testing.T) {
		t.Parallel()
		pool := oneByOne(t, newDB(t))
		// The driver's rows tell their error to the function that drops it only.
		err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
			f := op.Flush()
			f.Do(runtime.Step{Name: "list"}, func(ctx context.Context) error {
				rows, err := op.Query(ctx, "SELECT 1 / (g - 1) FROM generate_series(1, 2) g")
				if err == nil {
					rows.Close()
				}
				return nil
			})
			return f.Send(ctx)
		})
		e := wantErr(t, err, pgx.ErrTxCommitRollback)
		if !strings.Contains(e.Error(), "answered ROLLBACK to COMMIT") || errors.Is(err, scope.ErrCommitUnknown) {
			t.Errorf("error %v", err)
		}
	})
}

// The answer ROLLBACK is a failure for certain, whatever follows it.
func TestCommitAnsweredByRollbackAndThenAnError(t *testing.T) {
	t.Parallel()
	for _, then := range []string{"an error", "the connection is lost"} {
		t.Run(then, func(t *testing.T) {
			t.Parallel()
			c := newCutting(t)
			lost := ready("COMMIT", pgproxy.Verdict{End: pgproxy.Cut})
			c.w.Set(func(m pgproxy.Message) pgproxy.Verdict {
				isCommit := m.Runs() && m.SQL == "COMMIT"
				switch {
				case isCommit && then == "an error":
					return pgproxy.Verdict{Run: "ROLLBACK; SELECT 1 / 0"}
				case then == "an error":
					return pgproxy.Verdict{}
				}
				v := lost(m)
				if isCommit {
					v.Run = "ROLLBACK"
				}
				return v
			})
			err := create(t.Context(), runtime.NewRunner(c.wired), func(ctx context.Context, op *runtime.Op) error { return insertItem(ctx, op, "a") })
			c.w.Set(nil)
			if e := wantErr(t, err, pgx.ErrTxCommitRollback); e.Committed || errors.Is(err, scope.ErrCommitUnknown) {
				t.Errorf("error %v", err)
			}
			wantItems(t, c.pool, 0)
		})
	}
}

// TestDroppedError: where statements share a round trip, a function that drops
// the error of its query is found out before anything is sent.
func TestDroppedError(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
		if err := insertItem(ctx, op, "a"); err != nil {
			return err
		}
		f := op.Flush()
		f.Do(runtime.Step{Name: "again", Query: "CreateItem"}, func(ctx context.Context) error {
			_, _ = op.Exec(ctx, "INSERT INTO items (name) VALUES ('b')")
			return nil
		})
		_ = f.Send(ctx) // dropped as well
		return nil
	})
	if e := wantErr(t, err); e.Step != "again" || !strings.Contains(e.Error(), "dropped the error of its query") {
		t.Errorf("error %v", err)
	}
	wantItems(t, pool, 0)
}

// oneByOne is a pool on the database of another, in the simple protocol.
func oneByOne(t *testing.T, pool *pgxpool.Pool) *pgxpool.Pool {
	t.Helper()
	config := pool.Config()
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	simple, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(simple.Close)
	return simple
}

func TestDeferredForeignKeyAtCommit(t *testing.T) {
	t.Parallel()
	errNoTeam := runtime.NewError("team not found", scope.ErrParentNotFound)
	constraints := map[string]error{"items_late_fkey": errNoTeam}
	missing := func(ctx context.Context, op *runtime.Op) error {
		return exec(ctx, op, runtime.Step{Name: "item"}, "INSERT INTO items (name, late_id) VALUES ('a', 'secret')")
	}
	for _, tc := range []struct {
		name     string
		fn       func(ctx context.Context, tx *runtime.Tx) error
		is       error
		op, text string
	}{
		{"create", func(ctx context.Context, tx *runtime.Tx) error {
			return missing(ctx, tx.Create("item", nil, nil))
		}, scope.ErrParentNotFound, scope.OpCreate, "create item: COMMIT: parent not found"},
		{"create with an error of its own", func(ctx context.Context, tx *runtime.Tx) error {
			return missing(ctx, tx.Create("item", nil, constraints))
		}, errNoTeam, scope.OpCreate, "create item: COMMIT: team not found"},
		{"two creates", func(ctx context.Context, tx *runtime.Tx) error {
			return errors.Join(missing(ctx, tx.Create("item", nil, nil)), insertItem(ctx, tx.Create("other", nil, constraints), "b"))
		}, errNoTeam, scope.OpTransaction, "transaction (create item, create other): COMMIT: team not found"},
		{"purge", func(ctx context.Context, tx *runtime.Tx) error {
			return exec(ctx, tx.Purge(scope.Context{Type: "team", ID: "used"}, nil), runtime.Step{Name: "row", Deletes: true}, "DELETE FROM parents")
		}, scope.ErrInUse, scope.OpPurge, "purge team: COMMIT: still in use"},
		{"both", func(ctx context.Context, tx *runtime.Tx) error {
			tx.Purge(scope.Context{Type: "team", ID: "x"}, nil)
			return missing(ctx, tx.Create("item", nil, nil))
		}, scope.ErrConflict, scope.OpTransaction, "transaction (purge team, create item): COMMIT: conflict"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pool := newDB(t)
			mustExec(t, pool, "INSERT INTO parents (id) VALUES ('used')")
			mustExec(t, pool, "INSERT INTO items (name, late_id) VALUES ('user', 'used')")
			err := do(t.Context(), runtime.NewRunner(pool), tc.fn)
			e := wantErr(t, err, tc.is)
			var pgErr *pgconn.PgError
			if !errors.As(err, &pgErr) || pgErr.Code != "23503" {
				t.Errorf("cause %v", pgErr)
			}
			got := []string{e.Op, e.SQLState, e.Table, e.Constraint}
			if diff := cmp.Diff([]string{tc.op, "23503", "items", "items_late_fkey"}, got); diff != "" {
				t.Error(diff)
			}
			if !strings.HasPrefix(e.Error(), tc.text) {
				t.Errorf("text %q, want %q", e, tc.text)
			}
			wantItems(t, pool, 1)
		})
	}
}

func TestBackendKilledBeforeCommit(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
		if err := insertItem(ctx, op, "a"); err != nil {
			return err
		}
		return exec(ctx, op, runtime.Step{Name: "killed"}, "SELECT pg_terminate_backend(pg_backend_pid())")
	})
	if e := wantErr(t, err); e.SQLState != "57P01" || e.Step != "killed" || errors.Is(err, scope.ErrCommitUnknown) {
		t.Errorf("error %v", err)
	}
	wantItems(t, pool, 0)
}

func TestConnectionLostBeforeCommit(t *testing.T) {
	t.Parallel()
	pool := oneByOne(t, newDB(t)) // where a function can drop an error
	for _, tc := range []struct{ name, want string }{
		// The driver's rows tell their error to the function that drops it only.
		{"list", "create item: COMMIT: the connection is closed or busy; call it again, once the server is reached"},
		{"row", "create item: step row: the server reported an error (SQLSTATE 57P01); the server ended the connection: run it again once the server is back"},
	} {
		err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
			f := op.Flush()
			f.Do(runtime.Step{Name: tc.name}, func(ctx context.Context) error {
				const kill = "SELECT pg_terminate_backend(pg_backend_pid())"
				if tc.name == "row" {
					_ = op.QueryRow(ctx, kill).Scan(nil)
				} else if rows, err := op.Query(ctx, kill); err == nil {
					rows.Close()
				}
				return nil
			})
			return f.Send(ctx)
		})
		if e := wantErr(t, err); errors.Is(err, scope.ErrCommitUnknown) || e.Error() != tc.want {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// A pool can be set up to cancel a statement by a request to the server, which
// keeps the connection.
func TestCancelledByRequest(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	config := pool.Config()
	config.ConnConfig.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: time.Minute}
	}
	cancelling, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cancelling.Close)
	tx := outer(t, cancelling, pgx.TxOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	err = create(ctx, runtime.NewRunner(tx), func(ctx context.Context, op *runtime.Op) error {
		go func() {
			awaitActivity(t, pool, "wait_event = 'PgSleep'")
			cancel()
		}()
		return exec(ctx, op, runtime.Step{Name: "sleep"}, "SELECT pg_sleep(3600)")
	})
	if e := wantErr(t, err, context.Canceled); e.SQLState != "57014" {
		t.Errorf("error %v", err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Errorf("the caller's transaction is not usable: %v", err)
	}
}
