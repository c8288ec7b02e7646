package runtime_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// What makes the statements stale that a connection has prepared.
var staleness = map[string]string{
	"deallocated": "DEALLOCATE ALL",
	"migrated":    "ALTER TABLE notes ALTER id TYPE varchar(100)",
}

// The server does not know a statement any more, or refuses it because the table
// has changed: the call is run again, on the same connection, and succeeds.
func TestStaleStatements(t *testing.T) {
	t.Parallel()
	hosts := map[string]func(*testing.T, *pgxpool.Pool) scope.DB{
		"pool": func(_ *testing.T, pool *pgxpool.Pool) scope.DB { return pool },
		"connection of a pool": func(t *testing.T, pool *pgxpool.Pool) scope.DB {
			c, err := pool.Acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(c.Release)
			return c
		},
		"connection": func(t *testing.T, pool *pgxpool.Pool) scope.DB {
			c, err := pgx.ConnectConfig(t.Context(), pool.Config().ConnConfig)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close(context.WithoutCancel(t.Context())) })
			return c
		},
	}
	for host, open := range hosts {
		for cause, sql := range staleness {
			for _, flushes := range []int{1, 3} {
				t.Run(fmt.Sprintf("%s, %s, %d flushes", host, cause, flushes), func(t *testing.T) {
					t.Parallel()
					pool, fresh := oneConnection(t), &ids{}
					db := open(t, pool)
					r := runtime.NewRunner(db)
					runs := 0
					call := func() error {
						runs = 0
						return single(t.Context(), r, func(ctx context.Context, op *runtime.Op) error {
							runs++
							return differentFlushes(op, fresh, flushes)(ctx)
						})
					}
					for range 3 {
						if err := call(); err != nil {
							t.Fatal(err)
						}
					}
					execOn(t, db, sql)
					if err := call(); err != nil || runs < 2 || runs > 1+flushes {
						t.Errorf("after %s: run %d times, %v", sql, runs, err)
					}
					for range 2 { // COMMIT travelled alone, and its own statement may be stale
						if err := call(); err != nil || runs > 2 {
							t.Errorf("then: run %d times, %v", runs, err)
						}
					}
					if runs != 1 {
						t.Errorf("it stays stale: run %d times", runs)
					}
				})
			}
		}
	}
}

// Every connection of the pool is stale at once, as after a migration.
func TestStalePool(t *testing.T) {
	t.Parallel()
	config := notesDB(t).Config()
	config.MaxConns = 6
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	r, fresh := runtime.NewRunner(pool), &ids{}
	all := func() {
		var calls sync.WaitGroup
		for range 6 {
			calls.Go(func() {
				for range 5 {
					_, err := runtime.In(t.Context(), r, func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
						for range 2 {
							if err := writeNotes(tx.Create("note", nil, nil), fresh, 2, false)(ctx); err != nil {
								return struct{}{}, err
							}
						}
						return struct{}{}, nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		calls.Wait()
	}
	all()
	mustExec(t, pool, staleness["migrated"])
	all()
	if n, want := count(t, pool, "notes"), 2*6*5*2*4; n != want {
		t.Errorf("%d notes, want %d", n, want)
	}
}

// What stays is told, with who may be to blame, after a second run.
func TestStaleForGood(t *testing.T) {
	t.Parallel()
	pool, runs := oneConnection(t), 0
	err := single(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
		runs++
		f := op.Flush()
		f.Do(runtime.Step{Name: "row"}, func(ctx context.Context) error {
			_, err := op.Exec(ctx, "SELECT raise('26000')")
			return err
		})
		return f.Send(ctx)
	})
	if runs != 2 || err == nil || !strings.Contains(err.Error(), "a pooler") {
		t.Errorf("run %d times: %v", runs, err)
	}
}

// With retry turned off the function runs once; the call behind it works.
func TestStaleWithoutRetry(t *testing.T) {
	t.Parallel()
	for cause, sql := range staleness {
		t.Run(cause, func(t *testing.T) {
			t.Parallel()
			pool, fresh, runs := oneConnection(t), &ids{}, 0
			r := runtime.NewRunner(pool, scope.WithRetry(1))
			call := func() error {
				runs = 0
				return single(t.Context(), r, func(ctx context.Context, op *runtime.Op) error {
					runs++
					return differentFlushes(op, fresh, 3)(ctx)
				})
			}
			if err := call(); err != nil {
				t.Fatal(err)
			}
			mustExec(t, pool, sql)
			if err := call(); err == nil || runs != 1 || !strings.Contains(err.Error(), "call it again") {
				t.Errorf("run %d times: %v", runs, err)
			}
			for range 3 { // pgx prepares what it has sent
				if err := call(); err == nil {
					return
				}
			}
			t.Error("it stays stale")
		})
	}
}

// differentFlushes writes notes by other statements in each flush.
func differentFlushes(op *runtime.Op, fresh *ids, flushes int) func(context.Context) error {
	return func(ctx context.Context) error {
		for i := range flushes {
			f := op.Flush()
			f.Do(runtime.Step{Name: "note"}, func(ctx context.Context) error {
				var id string
				return op.QueryRow(ctx, fmt.Sprintf("INSERT INTO notes (id, size) VALUES ($1, %d) RETURNING id", i+1), fresh.next()).Scan(&id)
			})
			if i == flushes-1 {
				f.MayEnd()
			}
			if err := f.Send(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// The application's own prepared statements stay.
func TestStaleKeepsWhatTheApplicationPrepared(t *testing.T) {
	t.Parallel()
	pool, fresh := oneConnection(t), &ids{}
	err := pool.AcquireFunc(t.Context(), func(c *pgxpool.Conn) error {
		_, err := c.Conn().Prepare(t.Context(), "mine", "SELECT 1")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	call := func() error {
		return single(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
			return differentFlushes(op, fresh, 3)(ctx)
		})
	}
	for _, sql := range []string{"SELECT 1", staleness["migrated"]} {
		mustExec(t, pool, sql)
		if err := call(); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := pool.QueryRow(t.Context(), "mine").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
}

// oneConnection is a pool of one connection to a database with notes.
func oneConnection(t *testing.T) *pgxpool.Pool {
	t.Helper()
	config := notesDB(t).Config()
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// execOn runs a statement on the connection of a DB, behind pgx's back.
func execOn(t *testing.T, db scope.DB, sql string) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), db, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), sql)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
