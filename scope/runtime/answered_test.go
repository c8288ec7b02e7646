package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pgproxy"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// wrappedPool is a DB of a kind that this package does not know: it begins and
// ends its transactions itself, and does not tell the tag of COMMIT.
type wrappedPool struct{ pool *pgxpool.Pool }

func (w wrappedPool) Begin(ctx context.Context) (pgx.Tx, error) { return w.pool.Begin(ctx) }

func (w wrappedPool) BeginTx(ctx context.Context, opts pgx.TxOptions) (pgx.Tx, error) {
	return w.pool.BeginTx(ctx, opts)
}

// afterwards are the things that the server, or a proxy, may say behind the
// completion of a statement: the statement has been done all the same.
var afterwards = []string{"an error", "the server is shut down", "the server has crashed", "a proxy has lost the server", "the connection is lost"}

// behind has one of them follow the completion of sql, the first time that it is
// run.
func behind(sql, what string) pgproxy.Rule {
	done := false
	isEnd := func(m pgproxy.Message) bool { return m.Runs() && strings.EqualFold(m.SQL, sql) }
	if what == "an error" { // in the simple protocol
		return func(m pgproxy.Message) pgproxy.Verdict {
			if done || !isEnd(m) {
				return pgproxy.Verdict{}
			}
			done = true
			return pgproxy.Verdict{Run: sql + "; SELECT 1 / 0"}
		}
	}
	verdict := pgproxy.Verdict{End: pgproxy.Cut}
	if state := map[string]string{"the server is shut down": "57P01", "the server has crashed": "57P02", "a proxy has lost the server": "08P01"}[what]; state != "" {
		verdict.Tell = pgproxy.ErrorResponse("FATAL", state)
	}
	return ready(sql, verdict)
}

// ready gives the ReadyForQuery that follows the completion of sql a verdict.
func ready(sql string, v pgproxy.Verdict) pgproxy.Rule {
	ended, ready := false, false
	return func(m pgproxy.Message) pgproxy.Verdict {
		ended = ended || m.Runs() && strings.EqualFold(m.SQL, sql)
		if ended && !ready && m.To == pgproxy.ToClient && m.Kind == 'Z' {
			ready = true
			return v
		}
		return pgproxy.Verdict{}
	}
}

// What comes behind the completion of COMMIT does not undo it.
func TestCommitAnsweredAndThenAnError(t *testing.T) {
	t.Parallel()
	for _, name := range afterwards {
		for _, rides := range []bool{false, true} {
			if rides && name == "an error" {
				continue // in the extended protocol one statement cannot be two
			}
			t.Run(name+map[bool]string{true: ", where COMMIT rides"}[rides], func(t *testing.T) {
				t.Parallel()
				c := newCutting(t)
				c.warm(t)
				hooks, id := 0, c.fresh.next()
				err := single(t.Context(), runtime.NewRunner(c.wired), func(ctx context.Context, op *runtime.Op) error {
					op.AfterCommit("event", func(ctx context.Context) error { hooks++; return ctx.Err() })
					f := op.Flush()
					f.Do(runtime.Step{Name: "one"}, note(op, id))
					if rides {
						f.MayEnd()
					}
					c.w.Set(behind("COMMIT", name))
					return f.Send(ctx)
				})
				c.w.Set(nil)
				c.w.Settle()
				if n := count(t, c.pool, "notes WHERE id = $1", id); n != 1 || err != nil || hooks != 1 {
					t.Errorf("%d rows are there, the function for after the commit ran %d times, and the error is %v", n, hooks, err)
				}
				c.warm(t) // on the same connection or another
			})
		}
	}
}

// A connection that is not ready is closed, also one that is not of a pool.
func TestCommitAnsweredOnAConnection(t *testing.T) {
	t.Parallel()
	for _, name := range afterwards {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCutting(t)
			conn := acquire(t, c.wired).Conn()
			c.w.Set(behind("COMMIT", name))
			if err := create(t.Context(), runtime.NewRunner(conn), func(ctx context.Context, op *runtime.Op) error { return insertItem(ctx, op, "a") }); err != nil {
				t.Error(err)
			}
			c.w.Set(nil)
			wantItems(t, c.pool, 1)
			if ready := name == "an error"; conn.IsClosed() == ready {
				t.Errorf("the connection is closed: %t", conn.IsClosed())
			}
		})
	}
}

// The context is done between the completion of COMMIT and the rest.
func TestCommitAnsweredAndThenCancelled(t *testing.T) {
	t.Parallel()
	for _, rides := range []bool{false, true} {
		t.Run(map[bool]string{true: "where COMMIT rides", false: "alone"}[rides], func(t *testing.T) {
			t.Parallel()
			c := newCutting(t)
			c.warm(t)
			ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
			hooks, id := 0, c.fresh.next()
			err := single(ctx, runtime.NewRunner(c.wired), func(ctx context.Context, op *runtime.Op) error {
				op.AfterCommit("event", func(ctx context.Context) error {
					hooks++
					if ctx.Value(key{}) != "value" {
						t.Error("the context's values are lost")
					}
					_, err := c.pool.Exec(ctx, "SELECT 1")
					return err
				})
				f := op.Flush()
				f.Do(runtime.Step{Name: "one"}, note(op, id))
				if rides {
					f.MayEnd()
				}
				c.w.Set(ready("COMMIT", pgproxy.Verdict{End: pgproxy.Hold, Then: cancel}))
				return f.Send(ctx)
			})
			cancel()
			c.w.Set(nil)
			c.w.Settle()
			if n := count(t, c.pool, "notes WHERE id = $1", id); n != 1 || err != nil || hooks != 1 {
				t.Errorf("%d rows are there, the function for after the commit ran %d times, and the error is %v", n, hooks, err)
			}
			c.warm(t)
		})
	}
}

type key struct{}

// An error behind the completion of RELEASE has failed the caller's transaction,
// and our savepoint is gone: one of that name is somebody else's.
func TestReleaseAnsweredAndThenAnError(t *testing.T) {
	t.Parallel()
	for _, name := range afterwards {
		for _, rides := range []bool{false, true} {
			if rides && name == "an error" {
				continue
			}
			t.Run(name+map[bool]string{true: ", where RELEASE rides"}[rides], func(t *testing.T) {
				t.Parallel()
				c := newCutting(t)
				tx := outer(t, c.wired, pgx.TxOptions{})
				r, ran := runtime.NewRunner(tx), journal{}
				write := func(id string) error {
					return single(t.Context(), r, func(ctx context.Context, op *runtime.Op) error {
						op.AfterCommit(id, ran.hook(id, nil))
						f := op.Flush()
						f.Do(runtime.Step{Name: "one"}, note(op, id))
						if rides {
							f.MayEnd()
						}
						return f.Send(ctx)
					})
				}
				for _, id := range []string{"prepared", "known"} {
					if err := write(id); err != nil {
						t.Fatal(err)
					}
				}
				for _, sql := range []string{"SAVEPOINT specgen", "INSERT INTO notes (id) VALUES ('the caller''s')"} {
					if _, err := tx.Exec(t.Context(), sql); err != nil {
						t.Fatal(err)
					}
				}
				c.w.Set(behind("RELEASE SAVEPOINT specgen", name))
				err := write("ours")
				c.w.Set(nil)
				if e := wantErr(t, err); errors.Is(err, scope.ErrCommitUnknown) || e.Committed {
					t.Errorf("error %v", err)
				}
				if _, err := tx.Exec(t.Context(), "INSERT INTO notes (id) VALUES ('later')"); err == nil {
					t.Error("the caller's transaction goes on")
				}
				if err := tx.Commit(t.Context()); err == nil {
					t.Error("the caller's COMMIT succeeds")
				}
				c.w.Settle()
				if n := count(t, c.pool, "notes WHERE id <> 'kept'"); n != 0 {
					t.Errorf("%d notes are there", n)
				}
				_ = r.AfterCommit(t.Context())
				ran.want(t, "prepared", "known")
			})
		}
	}
}

// An error behind the completion of SAVEPOINT fails the call. The savepoint is
// there, so that the caller goes on.
func TestSavepointAnsweredAndThenAnError(t *testing.T) {
	t.Parallel()
	c := newCutting(t)
	tx := outer(t, c.wired, pgx.TxOptions{})
	mustTx(t, tx, "INSERT INTO items (name) VALUES ('the caller''s')")
	r := runtime.NewRunner(tx)
	write := func() error {
		return create(t.Context(), r, func(ctx context.Context, op *runtime.Op) error { return insertItem(ctx, op, "ours") })
	}
	c.w.Set(behind("SAVEPOINT specgen", "an error"))
	if e := wantErr(t, write()); e.SQLState != "22012" || !strings.HasPrefix(e.Error(), "create item: SAVEPOINT: ") {
		t.Errorf("error %v", e)
	}
	c.w.Set(nil)
	if err := errors.Join(write(), tx.Commit(t.Context())); err != nil {
		t.Error(err)
	}
	wantItems(t, c.pool, 2)
}

// Where a DB of another kind does not tell the tag, an error that may come behind
// it leaves the outcome unknown. Where the tag is read, it decides.
func TestErrorAtCommitWithoutATag(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		action  string
		unknown bool // where the tag cannot be read
	}{
		{"terminate", true}, // FATAL, 57P01
		{"57014", true},     // such as statement_timeout in a deferred trigger
		{"57P03", true},
		{"P0001", false},
		{"23514", false},
		{"40001", false},
	} {
		t.Run(tc.action, func(t *testing.T) {
			t.Parallel()
			pool := newDB(t)
			for _, tagged := range []bool{true, false} {
				db := scope.DB(pool)
				if !tagged {
					db = wrappedPool{pool}
				}
				err := create(t.Context(), runtime.NewRunner(db, scope.WithRetry(1)), func(ctx context.Context, op *runtime.Op) error {
					if err := insertItem(ctx, op, "a"); err != nil {
						return err
					}
					return exec(ctx, op, runtime.Step{Name: "trap"}, "INSERT INTO at_commit VALUES ($1)", tc.action)
				})
				e := wantErr(t, err)
				if unknown := errors.Is(err, scope.ErrCommitUnknown); unknown != (tc.unknown && !tagged) || e.Committed {
					t.Errorf("with a tag %t: %v", tagged, err)
				}
				wantItems(t, pool, 0)
			}
		})
	}
}

// With a look-up, the call learns what the wrapper did not tell.
func TestFoundWithoutATag(t *testing.T) {
	t.Parallel()
	f, w := newFinding(t), newWire()
	wired := w.pool(t, f.pool, pgx.QueryExecModeCacheStatement)
	w.Set(behind("COMMIT", "the server is shut down"))
	res, err := f.create(t.Context(), runtime.NewRunner(wrappedPool{wired}))
	f.want(t, res, err, 1, 1, 1)
}

// The outcome is unknown too when the COMMIT that was not seen has succeeded.
func TestCommitAnsweredWithoutATag(t *testing.T) {
	t.Parallel()
	for _, name := range afterwards {
		if name == "an error" {
			continue // of a statement behind COMMIT, which the server does not answer so
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCutting(t)
			c.w.Set(behind("COMMIT", name))
			err := create(t.Context(), runtime.NewRunner(wrappedPool{c.wired}), func(ctx context.Context, op *runtime.Op) error {
				op.AfterCommit("event", func(context.Context) error { t.Error("a function ran"); return nil })
				return insertItem(ctx, op, "a")
			})
			c.w.Set(nil)
			wantErr(t, err, scope.ErrCommitUnknown)
			wantItems(t, c.pool, 1)
		})
	}
}
