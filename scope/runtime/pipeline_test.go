package runtime_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// A deferred constraint fails at a COMMIT that travelled with the statements.
func TestCommitThatRidesFails(t *testing.T) {
	t.Parallel()
	c := newCutting(t)
	write := func(late any) error {
		c.w.take()
		return single(t.Context(), runtime.NewRunner(c.wired), func(ctx context.Context, op *runtime.Op) error {
			f := op.Flush()
			f.Do(runtime.Step{Name: "item"}, func(ctx context.Context) error {
				_, err := op.Exec(ctx, "INSERT INTO items (name, late_id) VALUES ($1, $2)", c.fresh.next(), late)
				return err
			})
			f.MayEnd()
			return f.Send(ctx)
		})
	}
	for range 2 {
		if err := write(nil); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		e := wantErr(t, write("nowhere"), scope.ErrParentNotFound)
		if e.Constraint != "items_late_fkey" || e.Step != "" || !strings.HasPrefix(e.Error(), "create note: COMMIT: ") {
			t.Errorf("error %v", e)
		}
	}
	if err := write(nil); err != nil || c.wired.Stat().NewConnsCount() != 1 {
		t.Errorf("the connection is not usable: %v", err)
	}
	wantItems(t, c.pool, 3)
}

// The transaction is run again, with the same ids, and what is to run after the
// commit runs once.
func TestRetryWhereCommitRides(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"40001", "40P01"} {
		for _, at := range []string{"step", "COMMIT"} {
			t.Run(state+" at "+at, func(t *testing.T) {
				t.Parallel()
				pool, w := notesDB(t), newWire()
				wired := w.pool(t, pool, pgx.QueryExecModeCacheStatement)
				r := runtime.NewRunner(wired, scope.WithUUID(sequence()))
				attempts, hooks := 0, 0
				var drawn []string
				err := single(t.Context(), r, func(ctx context.Context, op *runtime.Op) error {
					attempts++
					id := op.NewUUID().String()
					drawn = append(drawn, id)
					op.AfterCommit("event", func(context.Context) error { hooks++; return nil })
					f := op.Flush()
					f.Do(runtime.Step{Name: "note"}, func(ctx context.Context) error {
						_, err := op.Exec(ctx, "INSERT INTO notes (id) VALUES ($1)", id)
						return err
					})
					if attempts < 3 {
						trap := "INSERT INTO at_commit VALUES ($1)"
						if at == "step" {
							trap = "SELECT raise($1)"
						}
						f.Do(runtime.Step{Name: "trap"}, func(ctx context.Context) error {
							_, err := op.Exec(ctx, trap, state)
							return err
						})
					}
					f.Do(runtime.Step{Name: "size"}, resize(op, id, 2))
					f.MayEnd()
					return f.Send(ctx)
				})
				if err != nil || attempts != 3 || hooks != 1 || drawn[0] != drawn[2] {
					t.Errorf("error %v, attempts %d, functions run %d, ids %v", err, attempts, hooks, drawn)
				}
				if n := count(t, pool, "notes WHERE id = $1 AND size = 2", drawn[0]); n != 1 {
					t.Errorf("%d notes", n)
				}
			})
		}
	}
}

// panicking is a value that panics while pgx encodes it.
type panicking struct{}

func (panicking) Value() (driver.Value, error) { panic("boom") }

func TestPanicInAFlush(t *testing.T) {
	t.Parallel()
	everyDB(t, func(t *testing.T, pool *pgxpool.Pool, db scope.DB, finish func() error) {
		r, fresh := runtime.NewRunner(db), &ids{}
		for _, at := range []string{"record", "replay", "encode"} {
			if _, joined := db.(pgx.Tx); joined && at == "encode" {
				continue // pgx leaves the caller's connection locked
			}
			for flushes := 1; flushes <= 2; flushes++ {
				func() {
					defer func() {
						if got := recover(); got != "boom" {
							t.Errorf("%s: recovered %v", at, got)
						}
					}()
					_ = create(t.Context(), r, func(ctx context.Context, op *runtime.Op) error {
						if err := writeNotes(op, fresh, flushes-1, false)(ctx); err != nil {
							return err
						}
						f, calls := op.Flush(), 0
						f.Do(runtime.Step{Name: "before"}, note(op, fresh.next()))
						f.Do(runtime.Step{Name: "boom"}, func(ctx context.Context) error {
							calls++
							if at == "record" {
								panic("boom")
							}
							var arg any = fresh.next()
							if at == "encode" {
								arg = panicking{}
							}
							_, err := op.Exec(ctx, updateNote, arg, 3)
							if err == nil {
								panic("boom")
							}
							return err
						})
						f.Do(runtime.Step{Name: "behind"}, note(op, fresh.next()))
						return f.Send(ctx)
					})
					t.Errorf("%s: In returned", at)
				}()
				if closedConn(db) {
					if at != "encode" {
						t.Errorf("%s: the connection is closed", at)
					}
					return
				}
				if n := count(t, pool, "notes"); n != 0 {
					t.Errorf("%s: %d notes are committed", at, n)
				}
				var n int
				if err := db.(querier).QueryRow(t.Context(), "SELECT count(*) FROM notes").Scan(&n); err != nil || n != 0 {
					t.Errorf("%s: %d notes are left, error %v", at, n, err)
				}
			}
		}
		if err := finish(); err != nil {
			t.Error(err)
		}
		wantNoTransaction(t, pool)
	})
}

// wantNoTransaction is for when connections are still held, but none is in use.
// The server needs its time to see that a connection was closed.
func wantNoTransaction(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	n := 1
	for deadline := time.Now().Add(20 * time.Second); n > 0 && time.Now().Before(deadline); {
		n = count(t, pool, "pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'")
	}
	if n > 0 {
		t.Errorf("%d connections are left in a transaction", n)
	}
}

// A flush longer than a batch comes back in order, and COMMIT rides on its last
// part.
func TestLongFlush(t *testing.T) {
	t.Parallel()
	const n = 12_000
	c := newCutting(t)
	for i, want := range []traffic{{Trips: 3, Prepares: 2}, {Trips: 3}} { // what the first part teaches holds for the last
		c.w.take()
		var got []int
		err := single(t.Context(), runtime.NewRunner(c.wired), func(ctx context.Context, op *runtime.Op) error {
			f := op.Flush()
			for k := range n {
				f.Do(runtime.Step{Name: "number"}, func(ctx context.Context) error {
					var number int32
					err := op.QueryRow(ctx, "SELECT $1::int", k).Scan(&number)
					if err == nil {
						got = append(got, int(number))
					}
					return err
				})
			}
			f.MayEnd()
			return f.Send(ctx)
		})
		if err != nil || len(got) != n {
			t.Fatalf("%d answers, error %v", len(got), err)
		}
		for k, number := range got {
			if k != number {
				t.Fatalf("answer %d is %d", k, number)
			}
		}
		c.w.want(t, fmt.Sprint("call ", i+1), want)
	}
}

// Both sides write more than the buffers of a socket hold, at the same time. The
// memory that this takes does not grow with the length of the flush. The memory
// is that of the process, so no other test runs beside this one.
func TestLargeRowsBothWays(t *testing.T) {
	const n, size = 3000, 64 << 10
	c := newCutting(t)
	text := strings.Repeat("x", size)
	answers, peak := 0, uint64(0)
	err := single(t.Context(), runtime.NewRunner(c.wired), func(ctx context.Context, op *runtime.Op) error {
		f := op.Flush()
		for k := range n {
			f.Do(runtime.Step{Name: "large"}, func(ctx context.Context) error {
				var got string
				err := op.QueryRow(ctx, "SELECT $1::text", text).Scan(&got)
				if err == nil && len(got) == size {
					answers++
				}
				if k%50 == 0 {
					var stats goruntime.MemStats
					goruntime.ReadMemStats(&stats)
					peak = max(peak, stats.HeapInuse)
				}
				return err
			})
		}
		return f.Send(ctx)
	})
	if err != nil || answers != n {
		t.Errorf("%d answers, error %v", answers, err)
	}
	t.Logf("peak heap %d MiB", peak>>20)
	if peak > n*size*5/4 { // it has 188 MiB each way
		t.Errorf("peak heap %d MiB", peak>>20)
	}
	if trips := c.w.take().Trips; trips < n*size/(17<<20) {
		t.Errorf("%d round trips", trips)
	}
}

// What a flush sends before a statement that cannot be prepared on a connection
// is known to be there: a caller's transaction survives.
func TestUnpreparableInACallersTransaction(t *testing.T) {
	t.Parallel()
	pool := notesDB(t)
	for range 2 {
		tx := outer(t, pool, pgx.TxOptions{})
		if _, err := tx.Exec(t.Context(), "INSERT INTO notes (id) VALUES ('callers') ON CONFLICT DO NOTHING"); err != nil {
			t.Fatal(err)
		}
		err := single(t.Context(), runtime.NewRunner(tx), func(ctx context.Context, op *runtime.Op) error {
			f := op.Flush()
			f.Do(runtime.Step{Name: "good"}, note(op, "good"))
			f.Do(runtime.Step{Name: "bad"}, func(ctx context.Context) error {
				_, err := op.Exec(ctx, "DELETE FROM nowhere")
				return err
			})
			return f.Send(ctx)
		})
		if e := wantErr(t, err); e.Step != "bad" || e.SQLState != "42P01" {
			t.Errorf("error %v", err)
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Errorf("the caller's transaction is lost: %v", err)
		}
	}
	if diff := cmp.Diff(1, count(t, pool, "notes")); diff != "" {
		t.Error(diff)
	}
}

// Two steps with one query: the second has the value that cannot be encoded.
func TestUnencodableNamesItsStep(t *testing.T) {
	t.Parallel()
	everyDB(t, func(t *testing.T, pool *pgxpool.Pool, db scope.DB, _ func() error) {
		err := create(t.Context(), runtime.NewRunner(db), func(ctx context.Context, op *runtime.Op) error {
			f := op.Flush()
			for _, step := range []string{"first", "second", "third"} {
				f.Do(runtime.Step{Name: step}, func(ctx context.Context) error {
					var id any = "x"
					if step == "second" {
						id = badValue{}
					}
					_, err := op.Exec(ctx, updateNote, id, 1)
					return err
				})
			}
			return f.Send(ctx)
		})
		if e := wantErr(t, err, errCustom); e.Step != "second" || errors.Is(err, scope.ErrCommitUnknown) {
			t.Errorf("error %v", err)
		}
	})
}
