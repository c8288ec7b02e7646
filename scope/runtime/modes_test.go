package runtime_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

var everyMode = []pgx.QueryExecMode{
	pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec,
	pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol,
}

// everyDB calls fn in every query exec mode on everything that work can run on.
// finish commits a caller's transaction.
func everyDB(t *testing.T, fn func(t *testing.T, pool *pgxpool.Pool, db scope.DB, finish func() error)) {
	t.Helper()
	kinds := map[string]func(t *testing.T, pool *pgxpool.Pool) (scope.DB, func() error){
		"pool": func(_ *testing.T, pool *pgxpool.Pool) (scope.DB, func() error) {
			return pool, func() error { return nil }
		},
		"pool's connection": func(t *testing.T, pool *pgxpool.Pool) (scope.DB, func() error) {
			return acquire(t, pool), func() error { return nil }
		},
		"connection": func(t *testing.T, pool *pgxpool.Pool) (scope.DB, func() error) {
			return acquire(t, pool).Conn(), func() error { return nil }
		},
		"pool's transaction": func(t *testing.T, pool *pgxpool.Pool) (scope.DB, func() error) {
			tx := outer(t, pool, pgx.TxOptions{})
			return tx, func() error { return tx.Commit(t.Context()) }
		},
		"transaction": func(t *testing.T, pool *pgxpool.Pool) (scope.DB, func() error) {
			tx, err := acquire(t, pool).Conn().Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return tx, func() error { return tx.Commit(t.Context()) }
		},
	}
	for _, mode := range everyMode {
		for name, open := range kinds {
			t.Run(mode.String()+", "+name, func(t *testing.T) {
				t.Parallel()
				config := notesDB(t).Config()
				config.ConnConfig.DefaultQueryExecMode = mode
				pool, err := pgxpool.NewWithConfig(t.Context(), config)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(pool.Close)
				db, finish := open(t, pool)
				fn(t, pool, db, finish)
			})
		}
	}
}

func acquire(t *testing.T, pool *pgxpool.Pool) *pgxpool.Conn {
	t.Helper()
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Release)
	return conn
}

// TestEveryKindOfQuery has one flush with each kind of query that sqlc knows, and
// with some that leave the flush in the middle of it.
func TestEveryKindOfQuery(t *testing.T) {
	t.Parallel()
	everyDB(t, func(t *testing.T, pool *pgxpool.Pool, db scope.DB, finish func() error) {
		for range 3 { // the second and third time with warm caches
			var got []string
			silent := 0
			err := single(t.Context(), runtime.NewRunner(db), func(ctx context.Context, op *runtime.Op) error {
				got = nil
				f := op.Flush()
				do := func(name string, call func(ctx context.Context) (string, error)) {
					f.Do(runtime.Step{Name: name}, func(ctx context.Context) error {
						result, err := call(ctx)
						if err == nil {
							got = append(got, name+" "+result)
						}
						return err
					})
				}
				do("exec", func(ctx context.Context) (string, error) {
					_, err := op.Exec(ctx, "DELETE FROM notes WHERE id <> $1", "kept")
					return "", err
				})
				do("one", func(ctx context.Context) (string, error) { return "", note(op, "a")(ctx) })
				f.Do(runtime.Step{Name: "nothing"}, func(context.Context) error { silent++; return nil })
				do("copyfrom", func(ctx context.Context) (string, error) {
					n, err := op.CopyFrom(ctx, pgx.Identifier{"notes"}, []string{"id", "size"}, pgx.CopyFromRows([][]any{{"b", int64(2)}, {"c", int64(3)}}))
					return fmt.Sprint(n), err
				})
				do("many", func(ctx context.Context) (string, error) {
					rows, err := op.Query(ctx, "SELECT id FROM notes WHERE size < $1 ORDER BY id", int64(10))
					if err != nil {
						return "", err
					}
					names, err := pgx.CollectRows(rows, pgx.RowTo[string])
					return strings.Join(names, " "), err
				})
				do("batch", func(ctx context.Context) (string, error) {
					batch := &pgx.Batch{}
					for _, id := range []string{"b", "c"} {
						batch.Queue(updateNote, id, 7)
					}
					results := op.SendBatch(ctx, batch)
					first, err := results.Exec()
					if closeErr := results.Close(); err == nil {
						err = closeErr
					}
					return first.String(), err
				})
				do("execrows", func(ctx context.Context) (string, error) { return "", resize(op, "a", 4)(ctx) })
				do("execresult", func(ctx context.Context) (string, error) {
					var tag pgconn.CommandTag
					tag, err := op.Exec(ctx, updateNote, "none", 5)
					return tag.String(), err
				})
				do("found", func(ctx context.Context) (string, error) {
					found, err := runtime.Found(op.QueryRow(ctx, "SELECT id FROM notes WHERE id = $1", "none").Scan(new(string)))
					return fmt.Sprint(found), err
				})
				do("none", func(ctx context.Context) (string, error) {
					rows, err := op.Query(ctx, "SELECT id FROM notes WHERE id = $1", "none")
					if err != nil {
						return "", err
					}
					names, err := pgx.CollectRows(rows, pgx.RowTo[string])
					return fmt.Sprint(len(names)), err
				})
				do("sum", func(ctx context.Context) (string, error) {
					var sum int64
					err := op.QueryRow(ctx, "SELECT sum(size)::bigint FROM notes").Scan(&sum)
					return fmt.Sprint(sum), err
				})
				f.MayEnd()
				return f.Send(ctx)
			})
			if err != nil {
				t.Fatal(err)
			}
			want := []string{
				"exec ", "one ", "copyfrom 2", "many a b c", "batch UPDATE 1", "execrows ",
				"execresult UPDATE 0", "found false", "none 0", "sum 18",
			}
			if diff := cmp.Diff(want, got); diff != "" || silent != 1 {
				t.Errorf("called %d times without a statement; %s", silent, diff)
			}
		}
		if err := finish(); err != nil {
			t.Error(err)
		}
		if got := count(t, pool, "notes WHERE size = 7"); got != 2 {
			t.Errorf("%d notes of size 7 are committed", got)
		}
	})
}

// badValue cannot be encoded.
type badValue struct{}

func (badValue) Value() (driver.Value, error) { return nil, errCustom }

// TestFailureAtEveryPosition has one statement fail, at each place in a flush.
func TestFailureAtEveryPosition(t *testing.T) {
	t.Parallel()
	failures := []struct {
		name       string
		call       func(op *runtime.Op) func(context.Context) error
		state      string
		constraint string
		is         error
		closes     bool // in modes that encode a batch while they write it
	}{
		{"check", func(op *runtime.Op) func(context.Context) error { return resize(op, "there", -1) }, "23514", "notes_size_check", scope.ErrInvalid, false},
		{"unique", func(op *runtime.Op) func(context.Context) error { return note(op, "there") }, "23505", "notes_pkey", scope.ErrAlreadyExists, false},
		{"many", func(op *runtime.Op) func(context.Context) error {
			return func(ctx context.Context) error {
				rows, err := op.Query(ctx, "SELECT 1 / (g - 3) FROM generate_series(1, 5) g")
				if err != nil {
					return err
				}
				_, err = pgx.CollectRows(rows, pgx.RowTo[int])
				return err
			}
		}, "22012", "", scope.ErrInvalid, false},
		{"missing row", func(op *runtime.Op) func(context.Context) error { return resize(op, "none", 1) }, "", "", scope.ErrNotFound, false},
		{"unknown table", func(op *runtime.Op) func(context.Context) error {
			return func(ctx context.Context) error {
				_, err := op.Exec(ctx, "DELETE FROM nowhere WHERE id = $1", "x")
				return err
			}
		}, "42P01", "", nil, false},
		{"refused error is dropped", func(op *runtime.Op) func(context.Context) error {
			return func(ctx context.Context) error {
				_, err := op.Exec(ctx, updateNote, "there", -1)
				if _, refused := err.(*pgconn.PgError); refused {
					return nil
				}
				return err
			}
		}, "23514", "notes_size_check", scope.ErrInvalid, false},
		{"unencodable", func(op *runtime.Op) func(context.Context) error {
			return func(ctx context.Context) error {
				_, err := op.Exec(ctx, updateNote, badValue{}, 1)
				return err
			}
		}, "", "", nil, true},
	}
	everyDB(t, func(t *testing.T, pool *pgxpool.Pool, db scope.DB, finish func() error) {
		tx, joined := db.(pgx.Tx)
		mustExec(t, pool, "INSERT INTO notes (id) VALUES ('there')")
		r := runtime.NewRunner(db)
		run := func(at int, flushes int, step string, call func(op *runtime.Op) func(context.Context) error) error {
			return single(t.Context(), r, func(ctx context.Context, op *runtime.Op) error {
				for flush := range flushes {
					f := op.Flush()
					for i := range 3 {
						if i == at && flush == flushes-1 {
							f.Do(runtime.Step{Name: step}, call(op))
							continue
						}
						f.Do(runtime.Step{Name: "good"}, resize(op, "there", 9))
					}
					if flush == flushes-1 && step != "missing row" { // it fails on an answer
						f.MayEnd()
					}
					if err := f.Send(ctx); err != nil {
						return err
					}
				}
				return nil
			})
		}
		for range 3 { // so that COMMIT rides, where it may
			if err := run(-1, 1, "", nil); err != nil {
				t.Fatal(err)
			}
		}
		mustRun := func(sql string) {
			if joined {
				if _, err := tx.Exec(t.Context(), sql); err != nil {
					t.Fatal(err)
				}
				return
			}
			mustExec(t, pool, sql)
		}
		mustRun("UPDATE notes SET size = 1")
		for _, tc := range failures {
			if tc.closes && joined {
				continue // pgx closes the caller's connection
			}
			for at := range 3 {
				for flushes := 1; flushes <= 2; flushes++ {
					what := fmt.Sprintf("%s at %d of %d flushes", tc.name, at, flushes)
					err := run(at, flushes, tc.name, tc.call)
					if err == nil {
						t.Errorf("%s: no error", what)
						continue
					}
					e := wantErr(t, err)
					if tc.is != nil {
						wantErr(t, err, tc.is)
					}
					if e.SQLState != tc.state || e.Constraint != tc.constraint || e.Committed {
						t.Errorf("%s: %v", what, err)
					}
					if e.Step != tc.name {
						t.Errorf("%s: the step %q is named: %v", what, e.Step, err)
					}
					var sized int
					if err := db.(querier).QueryRow(t.Context(), "SELECT count(*) FROM notes WHERE size = 9").Scan(&sized); err != nil && !tc.closes {
						t.Fatalf("%s: then %v", what, err)
					}
					if sized != 0 {
						t.Errorf("%s: %d notes were changed", what, sized)
					}
					if closedConn(db) {
						if !tc.closes {
							t.Fatalf("%s: the connection is closed", what)
						}
						return
					}
					mustRun("UPDATE notes SET size = 1")
				}
			}
		}
		if err := finish(); err != nil {
			t.Error(err)
		}
	})
}

type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func closedConn(db scope.DB) bool {
	if conn, ok := db.(*pgxpool.Conn); ok {
		db = conn.Conn()
	}
	conn, ok := db.(*pgx.Conn)
	return ok && conn.IsClosed()
}
