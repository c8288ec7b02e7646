package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// A 40001 of a query runs all of it again, also if the caller drops it or makes
// another error of it.
func TestOwnQueriesAreRunAgain(t *testing.T) {
	t.Parallel()
	raise := map[string]func(ctx context.Context, db scope.DBTX, state string) error{
		"Exec": func(ctx context.Context, db scope.DBTX, state string) error {
			_, err := db.Exec(ctx, "SELECT raise($1)", state)
			return err
		},
		"late rows": func(ctx context.Context, db scope.DBTX, state string) error {
			rows, err := db.Query(ctx, "SELECT i, CASE WHEN i = 3 THEN raise($1) END FROM generate_series(1, 5) AS i", state)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
			}
			return rows.Err()
		},
		"SendBatch": func(ctx context.Context, db scope.DBTX, state string) error {
			var batch pgx.Batch
			batch.Queue("SELECT raise($1)", state)
			return db.SendBatch(ctx, &batch).Close()
		},
	}
	tell := map[string]func(error) error{
		"returned": func(err error) error { return err },
		"dropped":  func(error) error { return nil },
		"another":  func(error) error { return errCustom },
	}
	everyDB(t, func(t *testing.T, pool *pgxpool.Pool, db scope.DB, finish func() error) {
		wrote := 0
		for how, query := range raise {
			for what, told := range tell {
				for _, state := range []string{"40001", "40P01"} {
					attempts, id := 0, how+", "+what+", "+state
					err := do(t.Context(), runtime.NewRunner(db), func(ctx context.Context, tx *runtime.Tx) error {
						attempts++
						if err := createOneNote(ctx, tx, id); err != nil {
							return err
						}
						if _, err := tx.DB().Exec(ctx, ownNote, id+", too"); err != nil {
							return err
						}
						if attempts == 1 {
							return told(query(ctx, tx.DB(), state))
						}
						return nil
					})
					if _, joined := db.(pgx.Tx); joined {
						if attempts != 1 || err == nil {
							t.Errorf("%s: %d attempts in a caller's transaction, %v", id, attempts, err)
						}
						continue
					}
					if wrote += 2; err != nil || attempts != 2 {
						t.Errorf("%s: %d attempts, %v", id, attempts, err)
					}
				}
			}
		}
		if err := finish(); err != nil {
			t.Errorf("the caller's transaction is not usable: %v", err)
		}
		if n := count(t, pool, "notes"); n != wrote {
			t.Errorf("%d notes, want %d", n, wrote)
		}
	})
}

// What is left open is closed, and is a failure.
func TestRowsOfOwnQueriesAreLeftOpen(t *testing.T) {
	t.Parallel()
	leaving := map[string]func(t *testing.T, ctx context.Context, db scope.DBTX) pgx.Rows{
		"Query": func(_ *testing.T, ctx context.Context, db scope.DBTX) pgx.Rows {
			rows, _ := db.Query(ctx, "SELECT i FROM generate_series(1, $1::int) AS i", 10_000)
			rows.Next()
			return rows
		},
		"QueryRow": func(_ *testing.T, ctx context.Context, db scope.DBTX) pgx.Rows {
			_ = db.QueryRow(ctx, "SELECT $1::int", 1)
			return nil
		},
		"SendBatch": func(t *testing.T, ctx context.Context, db scope.DBTX) pgx.Rows {
			var batch pgx.Batch
			batch.Queue(ownNote, "c")
			batch.Queue("SELECT $1::int", 1).QueryRow(func(pgx.Row) error { t.Error("it was called"); return nil })
			_ = db.SendBatch(ctx, &batch)
			return nil
		},
	}
	everyDB(t, func(t *testing.T, pool *pgxpool.Pool, db scope.DB, finish func() error) {
		for name, leave := range leaving {
			for _, first := range []bool{true, false} {
				var rows pgx.Rows
				work := func(told error) error {
					return do(t.Context(), runtime.NewRunner(db), func(ctx context.Context, tx *runtime.Tx) error {
						if !first {
							if err := createOneNote(ctx, tx, "a"); err != nil {
								return err
							}
						}
						rows = leave(t, ctx, tx.DB())
						return told
					})
				}
				if e := wantErr(t, work(nil)); !strings.HasSuffix(e.Error(), "own queries): query of WriterOps.DB: "+leftOpen) {
					t.Errorf("%s: error %v", name, e)
				}
				if rows != nil && (rows.Next() || rows.Err() == nil) {
					t.Errorf("%s: rows go on, or end as if they were all: %v", name, rows.Err())
				}
				if err := work(errCustom); err != errCustom {
					t.Errorf("%s: error %v", name, err)
				}
			}
		}
		if err := finish(); err != nil || count(t, pool, "notes") != 0 {
			t.Errorf("notes are left, or the transaction is not usable: %v", err)
		}
	})
}

const leftOpen = "rows of WriterOps.DB were left open: close them, or scan the row, before the function returns"

func TestOperationsWhileRowsAreOpen(t *testing.T) {
	t.Parallel()
	pool := notesDB(t)
	err := do(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, tx *runtime.Tx) error {
		rows, err := tx.DB().Query(ctx, "SELECT i FROM generate_series(1, $1::int) AS i", 100)
		if err != nil {
			return err
		}
		defer rows.Close()
		rows.Next()
		return createOneNote(ctx, tx, "a")
	})
	if want := "create note: rows of WriterOps.DB are still open: close them, or scan the row, before the next query or operation"; err == nil || err.Error() != want {
		t.Errorf("error %v", err)
	}
	if n := count(t, pool, "notes"); n != 0 {
		t.Errorf("%d notes", n)
	}
}

func TestOwnQueriesBehindTheEnd(t *testing.T) {
	t.Parallel()
	pool := notesDB(t)
	for _, told := range []error{nil, errCustom} {
		var kept scope.DBTX
		err := do(t.Context(), runtime.NewRunner(pool), func(_ context.Context, tx *runtime.Tx) error {
			kept = tx.DB()
			return told
		})
		if err != told {
			t.Fatal(err)
		}
		for name, write := range ownWrites() {
			if err := write(t.Context(), kept, name); err == nil {
				t.Errorf("%s: no error", name)
			} else if e := wantErr(t, err); e.Error() != "transaction: query of WriterOps.DB: WriterOps.DB was used after its function had returned" {
				t.Errorf("%s: %v", name, e)
			}
		}
	}
	if n := count(t, pool, "notes"); n != 0 {
		t.Errorf("%d notes", n)
	}
}

func TestPanicAroundOwnQueries(t *testing.T) {
	t.Parallel()
	for _, open := range []bool{false, true} {
		everyDB(t, func(t *testing.T, pool *pgxpool.Pool, db scope.DB, finish func() error) {
			func() {
				defer func() {
					if p := recover(); p != "boom" {
						t.Errorf("recovered %v", p)
					}
				}()
				_ = do(t.Context(), runtime.NewRunner(db), func(ctx context.Context, tx *runtime.Tx) error {
					_, err := tx.DB().Exec(ctx, ownNote, "a")
					if err == nil && open {
						var rows pgx.Rows
						rows, err = tx.DB().Query(ctx, "SELECT i FROM generate_series(1, $1::int) AS i", 100)
						rows.Next()
					}
					if err != nil {
						t.Error(err)
					}
					panic("boom")
				})
			}()
			if _, joined := db.(pgx.Tx); joined { // the caller may go on
				if err := do(t.Context(), runtime.NewRunner(db), func(ctx context.Context, tx *runtime.Tx) error {
					_, err := tx.DB().Exec(ctx, ownNote, "b")
					return err
				}); err != nil {
					t.Error(err)
				}
				if err := finish(); err != nil || count(t, pool, "notes") != 1 {
					t.Errorf("%d notes, %v", count(t, pool, "notes"), err)
				}
				return
			}
			if n := count(t, pool, "notes"); n != 0 {
				t.Errorf("%d notes", n)
			}
		})
	}
}

// What was not seen to control the transaction is seen by its effect.
func TestOwnQueryEndsTheTransaction(t *testing.T) {
	t.Parallel()
	pool := notesDB(t)
	err := do(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, tx *runtime.Tx) error {
		if err := createOneNote(ctx, tx, "a"); err != nil {
			return err
		}
		_, _ = tx.DB().Exec(ctx, "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; COMMIT")
		return nil
	})
	if e := wantErr(t, err, scope.ErrCommitUnknown); e.Committed {
		t.Errorf("error %v", e)
	}
}

// A purge that looks at a snapshot must be the first of its transaction.
func TestOwnQueriesTakeTheSnapshot(t *testing.T) {
	t.Parallel()
	for _, own := range []bool{false, true} {
		_, err := runtime.In(t.Context(), runtime.NewRunner(notesDB(t)), func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
			if own {
				if _, err := noteIDs(ctx, tx.DB(), ""); err != nil {
					return struct{}{}, err
				}
			}
			op := tx.Create("note", nil, nil)
			f := op.Flush()
			f.RequireNewSnapshot()
			f.Do(runtime.Step{Name: "row"}, note(op, "a"))
			return struct{}{}, f.Send(ctx)
		}, scope.Isolation(pgx.RepeatableRead))
		if errors.Is(err, scope.ErrIsolation) != own {
			t.Errorf("with a query in front %t: %v", own, err)
		}
	}
}

// Which end of a deferred foreign key is at fault is not known of a caller's query.
func TestDeferredForeignKeyOfAnOwnQuery(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	err := do(t.Context(), runtime.NewRunner(pool, scope.WithRetry(1)), func(ctx context.Context, tx *runtime.Tx) error {
		if err := insertItem(ctx, tx.Create("item", nil, nil), "a"); err != nil {
			return err
		}
		_, err := tx.DB().Exec(ctx, "INSERT INTO items (name, late_id) VALUES ('b', $1)", "nobody")
		return err
	})
	wantErr(t, err)
	wantOnly(t, err, scope.ErrConflict)
	wantItems(t, pool, 0)
}

// Statements that the server has forgotten are prepared again.
func TestOwnQueriesOnAStaleConnection(t *testing.T) {
	t.Parallel()
	pool, w := notesDB(t), newWire()
	wired := w.pool(t, pool, pgx.QueryExecModeCacheStatement)
	work := func(id string) error {
		return do(t.Context(), runtime.NewRunner(wired), func(ctx context.Context, tx *runtime.Tx) error {
			if _, err := tx.DB().Exec(ctx, ownNote, id); err != nil {
				return err
			}
			if err := createOneNote(ctx, tx, id+" too"); err != nil {
				return err
			}
			_, err := noteIDs(ctx, tx.DB(), "")
			return err
		})
	}
	if err := work("a"); err != nil {
		t.Fatal(err)
	}
	mustExec(t, wired, "DEALLOCATE ALL")
	if err := work("b"); err != nil {
		t.Fatal(err)
	}
	if n := count(t, pool, "notes"); n != 4 {
		t.Errorf("%d notes, want 4", n)
	}
}
