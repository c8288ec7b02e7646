package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

const ownNote = "-- name: InsertNote :exec\nINSERT INTO notes (id, body) VALUES ($1, 'own')"

// createNote is an operation of one flush.
func createOneNote(ctx context.Context, tx *runtime.Tx, id string) error {
	op := tx.Create("note", nil, nil)
	f := op.Flush()
	f.Do(runtime.Step{Name: "row", Query: "CreateNote"}, note(op, id))
	return f.Send(ctx)
}

// noteIDs reads what is there by a query of the caller's own.
func noteIDs(ctx context.Context, db scope.DBTX, prefix string) ([]string, error) {
	rows, err := db.Query(ctx, "SELECT id FROM notes WHERE starts_with(id, $1) ORDER BY id", prefix)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// ownWrites write a note by each method of DBTX.
func ownWrites() map[string]func(ctx context.Context, db scope.DBTX, id string) error {
	return map[string]func(ctx context.Context, db scope.DBTX, id string) error{
		"Exec": func(ctx context.Context, db scope.DBTX, id string) error {
			tag, err := db.Exec(ctx, ownNote, id)
			if err == nil && tag.RowsAffected() != 1 {
				return fmt.Errorf("tag %s", tag)
			}
			return err
		},
		"Exec with named arguments": func(ctx context.Context, db scope.DBTX, id string) error {
			_, err := db.Exec(ctx, "INSERT INTO notes (id, body) VALUES (@id, 'own')", pgx.NamedArgs{"id": id})
			return err
		},
		"Exec of two statements": func(ctx context.Context, db scope.DBTX, id string) error {
			_, err := db.Exec(ctx, "INSERT INTO notes (id) VALUES ('"+id+"'); UPDATE notes SET body = 'own' WHERE id = '"+id+"'")
			return err
		},
		"Exec in another mode": func(ctx context.Context, db scope.DBTX, id string) error {
			_, err := db.Exec(ctx, ownNote, pgx.QueryExecModeExec, id)
			return err
		},
		"Query": func(ctx context.Context, db scope.DBTX, id string) error {
			rows, err := db.Query(ctx, insertNote, id, "own")
			if err != nil {
				return err
			}
			got, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct{ ID, Body string }])
			if err == nil && (got.ID != id || got.Body != "own" || rows.CommandTag().RowsAffected() != 1) {
				return fmt.Errorf("got %v", got)
			}
			return err
		},
		"QueryRow": func(ctx context.Context, db scope.DBTX, id string) error {
			var got, body string
			err := db.QueryRow(ctx, insertNote, id, "own").Scan(&got, &body)
			if err == nil && got != id {
				return fmt.Errorf("got %s", got)
			}
			return err
		},
		"CopyFrom": func(ctx context.Context, db scope.DBTX, id string) error {
			n, err := db.CopyFrom(ctx, pgx.Identifier{"notes"}, []string{"id", "body"}, pgx.CopyFromRows([][]any{{id, "own"}}))
			if err == nil && n != 1 {
				return fmt.Errorf("%d rows", n)
			}
			return err
		},
		"SendBatch": func(ctx context.Context, db scope.DBTX, id string) error {
			var batch pgx.Batch
			batch.Queue(ownNote, id)
			batch.Queue("SELECT id FROM notes WHERE id = $1", id)
			batch.Queue("SELECT body FROM notes WHERE id = @id", pgx.NamedArgs{"id": id})
			results := db.SendBatch(ctx, &batch)
			_, err1 := results.Exec()
			rows, err2 := results.Query()
			ids, err3 := pgx.CollectRows(rows, pgx.RowTo[string])
			var body string
			err4 := results.QueryRow().Scan(&body)
			if err := errors.Join(err1, err2, err3, err4, results.Close()); err != nil || body != "own" || !slices.Equal(ids, []string{id}) {
				return fmt.Errorf("got %v, %s: %w", ids, body, err)
			}
			return nil
		},
		"SendBatch with functions": func(ctx context.Context, db scope.DBTX, id string) error {
			var batch pgx.Batch
			var got string
			batch.Queue(insertNote, id, "own").QueryRow(func(row pgx.Row) error { return row.Scan(&got, new(string)) })
			err := db.SendBatch(ctx, &batch).Close()
			if err == nil && got != id {
				return fmt.Errorf("got %s", got)
			}
			return err
		},
	}
}

func TestOwnQueriesGoInOrder(t *testing.T) {
	t.Parallel()
	everyDB(t, func(t *testing.T, pool *pgxpool.Pool, db scope.DB, finish func() error) {
		writes := ownWrites()
		for name, write := range writes {
			for i := range 2 { // the second time with warm caches
				id := func(place string) string { return fmt.Sprint(name, i, place) }
				err := do(t.Context(), runtime.NewRunner(db), func(ctx context.Context, tx *runtime.Tx) error {
					if err := write(ctx, tx.DB(), id("a")); err != nil {
						return err
					}
					if err := createOneNote(ctx, tx, id("b")); err != nil {
						return err
					}
					if err := write(ctx, tx.DB(), id("c")); err != nil {
						return err
					}
					var none string
					if err := tx.DB().QueryRow(ctx, "SELECT id FROM notes WHERE id = $1", "none").Scan(&none); err != pgx.ErrNoRows {
						return fmt.Errorf("no row is %w", err)
					}
					got, err := noteIDs(ctx, tx.DB(), id(""))
					if want := []string{id("a"), id("b"), id("c")}; !slices.Equal(got, want) {
						t.Errorf("%s: within the transaction there are %v", name, got)
					}
					return err
				})
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
		}
		if err := finish(); err != nil {
			t.Fatal(err)
		}
		if n := count(t, pool, "notes"); n != 6*len(writes) {
			t.Errorf("%d notes, want %d", n, 6*len(writes))
		}
	})
}

// BEGIN is sent with the first query where that can be.
func TestTripsOfOwnQueries(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		mode   pgx.QueryExecMode
		joined bool
		want   int // with COMMIT, or RELEASE
	}{
		{"Exec", pgx.QueryExecModeCacheStatement, false, 2},
		{"Query", pgx.QueryExecModeCacheStatement, false, 2},
		{"QueryRow", pgx.QueryExecModeCacheDescribe, false, 2},
		{"Exec with named arguments", pgx.QueryExecModeExec, false, 2},
		{"SendBatch", pgx.QueryExecModeCacheStatement, false, 2},
		{"Exec of two statements", pgx.QueryExecModeCacheStatement, false, 3},
		{"Exec in another mode", pgx.QueryExecModeCacheStatement, false, 3},
		{"CopyFrom", pgx.QueryExecModeCacheStatement, false, 3},
		{"Exec", pgx.QueryExecModeSimpleProtocol, false, 3},
		{"Exec", pgx.QueryExecModeCacheStatement, true, 3},
	} {
		t.Run(fmt.Sprintf("%s, %s, joined %t", tc.name, tc.mode, tc.joined), func(t *testing.T) {
			t.Parallel()
			pool, w := notesDB(t), newWire()
			wired := w.pool(t, pool, tc.mode)
			for i := range 3 {
				var db scope.DB = wired
				if tc.joined {
					db = outer(t, wired, pgx.TxOptions{})
				}
				w.take()
				err := do(t.Context(), runtime.NewRunner(db), func(ctx context.Context, tx *runtime.Tx) error {
					return ownWrites()[tc.name](ctx, tx.DB(), fmt.Sprint(i))
				})
				if err != nil {
					t.Fatal(err)
				}
				if got := w.take().Trips; i == 2 && got != tc.want {
					t.Errorf("%d trips, want %d", got, tc.want)
				}
				if tx, ok := db.(pgx.Tx); ok {
					if err := tx.Commit(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// A DB of the application's own begins its transactions itself, and a pgx.Tx of its
// own may not show its connection.
func TestOwnQueriesOnADBOfTheApplication(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T, pool *pgxpool.Pool) (scope.DB, func() error){
		"a wrapped pool": func(_ *testing.T, pool *pgxpool.Pool) (scope.DB, func() error) {
			return wrappedPool{pool}, func() error { return nil }
		},
		"a wrapped transaction": func(t *testing.T, pool *pgxpool.Pool) (scope.DB, func() error) {
			tx := outer(t, pool, pgx.TxOptions{})
			return ownTx{tx}, func() error { return tx.Commit(t.Context()) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := notesDB(t)
			db, finish := open(t, pool)
			for name, write := range ownWrites() {
				err := do(t.Context(), runtime.NewRunner(db), func(ctx context.Context, tx *runtime.Tx) error {
					return errors.Join(write(ctx, tx.DB(), name), createOneNote(ctx, tx, name+" too"))
				})
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			for name, fail := range ownFailures() {
				for _, first := range []bool{true, false} {
					wantDropped(t, db, name, first, fail)
				}
			}
			if err := finish(); err != nil {
				t.Fatal(err)
			}
			if n := count(t, pool, "notes"); n != 2*len(ownWrites()) {
				t.Errorf("%d notes, want %d", n, 2*len(ownWrites()))
			}
		})
	}
}
