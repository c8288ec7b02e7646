package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// late fails at its third row.
const late = "SELECT 10 / (3 - i) FROM generate_series(1, 5) AS i"

// ownFailures are queries that fail; none looks at an error.
func ownFailures() map[string]func(ctx context.Context, db scope.DBTX) {
	drop := func(pgconn.CommandTag, error) {}
	return map[string]func(ctx context.Context, db scope.DBTX){
		"Exec": func(ctx context.Context, db scope.DBTX) {
			drop(db.Exec(ctx, "INSERT INTO notes (id, size) VALUES ($1, -1)", "x"))
		},
		"a table that is not there": func(ctx context.Context, db scope.DBTX) { drop(db.Exec(ctx, "INSERT INTO nowhere VALUES ($1)", "x")) },
		"a NUL byte":                func(ctx context.Context, db scope.DBTX) { drop(db.Exec(ctx, ownNote, "a\x00b")) },
		"rows that fail late": func(ctx context.Context, db scope.DBTX) {
			rows, err := db.Query(ctx, late)
			for err == nil && rows.Next() {
			}
		},
		"rows that fail behind what is read": func(ctx context.Context, db scope.DBTX) {
			rows, err := db.Query(ctx, late)
			if err == nil {
				rows.Next()
				rows.Close()
			}
		},
		"a row that does not decode": func(ctx context.Context, db scope.DBTX) {
			rows, err := db.Query(ctx, "SELECT 'SECRET' WHERE $1::int > 0", 1)
			for err == nil && rows.Next() {
				_ = rows.Scan(new(int))
			}
		},
		"QueryRow": func(ctx context.Context, db scope.DBTX) { _ = db.QueryRow(ctx, "SELECT 1 / $1::int", 0).Scan(new(int)) },
		"QueryRow that does not decode": func(ctx context.Context, db scope.DBTX) {
			_ = db.QueryRow(ctx, "SELECT 'SECRET' WHERE $1::int > 0", 1).Scan(new(int))
		},
		"CopyFrom": func(ctx context.Context, db scope.DBTX) {
			_, _ = db.CopyFrom(ctx, pgx.Identifier{"notes"}, []string{"id", "size"}, pgx.CopyFromRows([][]any{{"x", int64(-1)}}))
		},
		"CopyFrom whose source fails": func(ctx context.Context, db scope.DBTX) {
			_, _ = db.CopyFrom(ctx, pgx.Identifier{"notes"}, []string{"id"}, pgx.CopyFromFunc(func() ([]any, error) { return nil, errCustom }))
		},
		"SendBatch that is closed alone": func(ctx context.Context, db scope.DBTX) {
			var batch pgx.Batch
			batch.Queue(ownNote, "x")
			batch.Queue("SELECT 1 / $1::int", 0)
			_ = db.SendBatch(ctx, &batch).Close()
		},
		"SendBatch that is read": func(ctx context.Context, db scope.DBTX) {
			var batch pgx.Batch
			batch.Queue("SELECT 1 / $1::int", 0)
			results := db.SendBatch(ctx, &batch)
			_ = results.QueryRow().Scan(new(int))
			_ = results.Close()
		},
		"SendBatch whose function fails": func(ctx context.Context, db scope.DBTX) {
			var batch pgx.Batch
			batch.Queue("SELECT $1::int", 1).QueryRow(func(pgx.Row) error { return errCustom })
			_ = db.SendBatch(ctx, &batch).Close()
		},
		"an operation while rows are open": func(ctx context.Context, db scope.DBTX) {
			rows, err := db.Query(ctx, "SELECT $1::int", 1)
			_, _ = db.Exec(ctx, ownNote, "x")
			if err == nil {
				rows.Close()
			}
		},
		"COMMIT":    func(ctx context.Context, db scope.DBTX) { drop(db.Exec(ctx, "COMMIT")) },
		"SAVEPOINT": func(ctx context.Context, db scope.DBTX) { drop(db.Exec(ctx, "/* x */ savepoint a")) },
	}
}

// wantDropped runs a query whose error is dropped, as the first of its transaction
// or not.
func wantDropped(t *testing.T, db scope.DB, name string, first bool, fail func(ctx context.Context, db scope.DBTX)) {
	t.Helper()
	err := do(t.Context(), runtime.NewRunner(db), func(ctx context.Context, tx *runtime.Tx) error {
		if !first {
			if err := createOneNote(ctx, tx, "before"); err != nil {
				return err
			}
			if _, err := tx.DB().Exec(ctx, ownNote, "before too"); err != nil {
				return err
			}
		}
		fail(ctx, tx.DB())
		if err := createOneNote(ctx, tx, "behind"); err == nil {
			t.Errorf("%s: an operation was sent behind the failure", name)
		}
		_, err := tx.DB().Exec(ctx, ownNote, "behind too")
		wantErr(t, err)
		return nil
	})
	e := wantErr(t, err)
	if e.Op != scope.OpTransaction || e.Committed || strings.Contains(e.Error(), "SECRET") || strings.Contains(e.Error(), "not sent") {
		t.Errorf("%s: error %v", name, e)
	}
}

// An error of a query that the caller drops is no success, wherever the query stands.
func TestOwnQueriesWhoseErrorIsDropped(t *testing.T) {
	t.Parallel()
	everyDB(t, func(t *testing.T, pool *pgxpool.Pool, db scope.DB, finish func() error) {
		for name, fail := range ownFailures() {
			for _, first := range []bool{true, false} {
				wantDropped(t, db, name, first, fail)
			}
		}
		if err := finish(); err != nil { // a caller's transaction is usable
			t.Error(err)
		}
		if n := count(t, pool, "notes"); n != 0 {
			t.Errorf("%d notes, want none", n)
		}
	})
}

// pgx closes the connection when an argument of a batch cannot be encoded.
func TestOwnQueryThatCannotBeEncoded(t *testing.T) {
	t.Parallel()
	for _, mode := range everyMode {
		for _, first := range []bool{true, false} {
			pool, w := notesDB(t), newWire()
			wantDropped(t, w.pool(t, pool, mode), mode.String(), first, func(ctx context.Context, db scope.DBTX) {
				_, _ = db.Exec(ctx, "INSERT INTO notes (id, size) VALUES ('x', $1::smallint)", 1<<40)
			})
			if n := count(t, pool, "notes"); n != 0 {
				t.Errorf("%d notes, want none", n)
			}
		}
	}
}

func TestErrorsOfOwnQueries(t *testing.T) {
	t.Parallel()
	pool := notesDB(t)
	var seen error
	err := do(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, tx *runtime.Tx) error {
		if err := createOneNote(ctx, tx, "SECRET"); err != nil {
			return err
		}
		_, seen = tx.DB().Exec(ctx, ownNote, "SECRET")
		return nil
	})
	var pgErr *pgconn.PgError
	if !errors.As(seen, &pgErr) || pgErr.Code != "23505" {
		t.Errorf("the query returned %v", seen)
	}
	wantErr(t, err, scope.ErrAlreadyExists)
	want := "transaction (create note, own queries): query of WriterOps.DB (query InsertNote): already exists (SQLSTATE 23505, table notes, constraint notes_pkey); choose another key, or use the row that is there"
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
	// What the caller returns is what the caller gets.
	err = do(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, tx *runtime.Tx) error {
		_, err := tx.DB().Exec(ctx, "SELECT 1 / $1::int", 0)
		return errors.Join(errCustom, err)
	})
	if !errors.Is(err, errCustom) || !errors.As(err, &pgErr) || pgErr.Code != "22012" {
		t.Errorf("error %v", err)
	}
}

// What ends a query early is no success either: the caller's context, and the loss of
// the connection.
func TestOwnQueriesThatEndEarly(t *testing.T) {
	t.Parallel()
	for _, mode := range everyMode {
		for name, end := range map[string]func(ctx context.Context, pool *pgxpool.Pool, db scope.DBTX){
			"context": func(ctx context.Context, _ *pgxpool.Pool, db scope.DBTX) {
				ctx, cancel := context.WithCancel(ctx)
				rows, err := db.Query(ctx, "SELECT i, repeat('x', 10000) FROM generate_series(1, $1::int) AS i", 1000)
				for err == nil && rows.Next() {
					cancel()
				}
				cancel()
			},
			"connection": func(ctx context.Context, pool *pgxpool.Pool, db scope.DBTX) {
				var pid int
				if db.QueryRow(ctx, "SELECT pg_backend_pid() WHERE $1::int > 0", 1).Scan(&pid) == nil {
					_, _ = pool.Exec(ctx, "SELECT pg_terminate_backend($1)", pid)
				}
				_, _ = db.Exec(ctx, ownNote, "x")
			},
		} {
			pool, w := notesDB(t), newWire()
			err := do(t.Context(), runtime.NewRunner(w.pool(t, pool, mode), scope.WithRetry(1)), func(ctx context.Context, tx *runtime.Tx) error {
				if err := createOneNote(ctx, tx, "a"); err != nil {
					return err
				}
				end(ctx, pool, tx.DB())
				return nil
			})
			if err == nil || errors.Is(err, scope.ErrCommitUnknown) || count(t, pool, "notes") != 0 {
				t.Errorf("%s, %s: %v", mode, name, err)
			}
		}
	}
}
