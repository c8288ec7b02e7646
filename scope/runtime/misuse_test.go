package runtime_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// A Runner on a transaction that has ended does not touch its connection, which
// is at work for others by then. The race detector sees it if it does, and the
// runtime of Go may end the process.
func TestUseAfterTheCallersEnd(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(context.Context, pgx.Tx) error{
		"committed":   func(ctx context.Context, tx pgx.Tx) error { return tx.Commit(ctx) },
		"rolled back": func(ctx context.Context, tx pgx.Tx) error { return tx.Rollback(ctx) },
	} {
		for mode, label := range map[pgx.QueryExecMode]string{pgx.QueryExecModeCacheStatement: "cached", pgx.QueryExecModeExec: "exec"} {
			t.Run(name+", "+label, func(t *testing.T) {
				t.Parallel()
				w, fresh := newWire(), &ids{}
				pool := w.pool(t, notesDB(t), mode)
				tx := outer(t, pool, pgx.TxOptions{})
				stale := runtime.NewRunner(tx)
				call := func(r *runtime.Runner) error {
					return single(t.Context(), r, func(ctx context.Context, op *runtime.Op) error {
						return writeNotes(op, fresh, 1, true)(ctx)
					})
				}
				if err := call(stale); err != nil {
					t.Fatal(err)
				}
				if err := end(t.Context(), tx); err != nil {
					t.Fatal(err)
				}
				var others sync.WaitGroup
				owner := runtime.NewRunner(pool)
				others.Go(func() {
					for range 50 {
						if err := call(owner); err != nil {
							t.Error(err)
						}
					}
				})
				for range 200 {
					if err := call(stale); !errors.Is(err, pgx.ErrTxClosed) {
						t.Errorf("got %v, want pgx.ErrTxClosed", err)
					}
				}
				others.Wait()
			})
		}
	}
}

// The caller ends its transaction in the middle of a call: what is left of the
// call fails, and leaves the connection alone.
func TestCallersEndWithinACall(t *testing.T) {
	t.Parallel()
	w, fresh := newWire(), &ids{}
	pool := w.pool(t, notesDB(t), pgx.QueryExecModeCacheStatement)
	tx := outer(t, pool, pgx.TxOptions{})
	owner := runtime.NewRunner(pool)
	var others sync.WaitGroup
	err := create(t.Context(), runtime.NewRunner(tx), func(ctx context.Context, op *runtime.Op) error {
		if err := writeNotes(op, fresh, 1, false)(ctx); err != nil {
			return err
		}
		if err := tx.Commit(ctx); err != nil {
			return err
		}
		others.Go(func() {
			for range 50 {
				err := single(ctx, owner, func(ctx context.Context, op *runtime.Op) error { return writeNotes(op, fresh, 1, true)(ctx) })
				if err != nil {
					t.Error(err)
				}
			}
		})
		return writeNotes(op, fresh, 1, false)(ctx)
	})
	others.Wait()
	wantErr(t, err, pgx.ErrTxClosed)
}

// Where the level is left to the server, each purge asks for it, and concurrent
// ones do not meet.
func TestLevelLeftToTheServer(t *testing.T) {
	t.Parallel()
	r := runtime.NewRunner(notesDB(t), scope.WithIsolation(""))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				_, err := onlyOperation(t.Context(), r, func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
					f := tx.Purge(scope.Context{Type: "note", ID: "a"}, nil).Flush()
					f.RequireReadCommitted()
					return struct{}{}, f.Send(ctx)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// One prepared specification that several goroutines use at the same time would
// write the same ids: one of them has it, and the others are told.
func TestPreparedForOneCallAtATime(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	r := runtime.NewRunner(pool)
	draws := r.Draw()
	var all sync.WaitGroup
	var mu sync.Mutex
	done, refused := 0, 0
	for range 8 {
		all.Go(func() {
			for range 20 {
				_, err := onlyOperation(t.Context(), r, func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
					op := tx.Create("item", draws, nil)
					_ = op.NewUUID()
					f := op.Flush()
					f.Do(runtime.Step{Name: "row"}, func(ctx context.Context) error {
						_, err := op.Exec(ctx, "SELECT 1")
						return err
					})
					return struct{}{}, f.Send(ctx)
				})
				mu.Lock()
				switch {
				case err == nil:
					done++
				case strings.Contains(err.Error(), "prepare each of them"):
					refused++
				default:
					t.Error(err)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if done == 0 || done+refused != 160 {
		t.Errorf("%d calls done, %d refused, of 160", done, refused)
	}
}
