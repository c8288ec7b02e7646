package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

const insertNotes = "INSERT INTO notes (id, body) SELECT t.id, 'text' FROM unnest($1::text[]) AS t(id) RETURNING id, body"

// noteRow is a row of notes.
type noteRow struct {
	ID   string
	Body *string
}

// list does what a :many query of sqlc does.
func list[T any](ctx context.Context, op *runtime.Op, into func(*T) []any, sql string, args ...any) ([]T, error) {
	rows, err := op.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []T
	for rows.Next() {
		var i T
		if err := rows.Scan(into(&i)...); err != nil {
			return nil, err
		}
		items = append(items, i)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return items, nil
}

func noteFields(n *noteRow) []any { return []any{&n.ID, &n.Body} }

func alone[T any](v *T) []any { return []any{v} }

// notes inserts rows and reads them back, as a :many query of sqlc does.
func notes(op *runtime.Op, ids []string) func(context.Context) error {
	return func(ctx context.Context) error {
		got, err := list(ctx, op, noteFields, insertNotes, ids)
		if err != nil {
			return err
		}
		same := func(n noteRow, id string) bool { return n.ID == id && n.Body != nil && *n.Body == "text" }
		if !slices.EqualFunc(got, ids, same) {
			return fmt.Errorf("notes %q came back as %v", ids, got)
		}
		return nil
	}
}

// reads is a :many query of one column, which is queued with the name "step".
func reads[T any](sql string, args ...any) func(op *runtime.Op, f *runtime.Flush) {
	return func(op *runtime.Op, f *runtime.Flush) {
		f.Do(runtime.Step{Name: "step"}, func(ctx context.Context) error {
			_, err := list(ctx, op, alone[T], sql, args...)
			return err
		})
	}
}

// COMMIT, or RELEASE, travels behind the rows of a :many from the second call on
// a connection, whether the first one had rows or not.
func TestCommitRidesBehindRows(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		rides bool
		call  func(i int) func(op *runtime.Op, f *runtime.Flush)
	}{
		{"rows", true, func(i int) func(op *runtime.Op, f *runtime.Flush) {
			return func(op *runtime.Op, f *runtime.Flush) {
				f.Do(runtime.Step{Name: "step"}, notes(op, []string{fmt.Sprint("a", i), fmt.Sprint("b", i)}))
			}
		}},
		{"no rows", true, func(int) func(op *runtime.Op, f *runtime.Flush) {
			return reads[string]("SELECT id FROM notes WHERE id = $1", "none")
		}},
		{"no rows at first", true, func(i int) func(op *runtime.Op, f *runtime.Flush) {
			return reads[string]("SELECT id FROM notes WHERE $1", i > 0)
		}},
		{"rows into types that take not every value", false, func(int) func(op *runtime.Op, f *runtime.Flush) {
			return reads[time.Time]("SELECT at FROM notes")
		}},
		{"no rows, into types that take not every value", false, func(int) func(op *runtime.Op, f *runtime.Flush) {
			return reads[time.Time]("SELECT at FROM notes WHERE id = $1", "none")
		}},
		{"a function that asks for the columns", false, func(int) func(op *runtime.Op, f *runtime.Flush) {
			return func(op *runtime.Op, f *runtime.Flush) {
				f.Do(runtime.Step{Name: "step"}, func(ctx context.Context) error {
					rows, err := op.Query(ctx, "SELECT id, body FROM notes WHERE id = $1", "there")
					if err != nil {
						return err
					}
					got, err := pgx.CollectRows(rows, pgx.RowToStructByName[noteRow])
					if err == nil && (len(got) != 1 || got[0].ID != "there") {
						return fmt.Errorf("read %v", got)
					}
					return err
				})
			}
		}},
		{"rows that a trigger swallows", true, func(i int) func(op *runtime.Op, f *runtime.Flush) {
			return reads[string](`INSERT INTO notes (id, body)
				SELECT v || $1::text, v FROM unnest('{swallow,kept,swallow}'::text[]) AS t(v) RETURNING id`, fmt.Sprint(i))
		}},
	} {
		for _, joined := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, joined %t", tc.name, joined), func(t *testing.T) {
				t.Parallel()
				c := newCutting(t)
				mustExec(t, c.pool, "INSERT INTO notes (id, body) VALUES ('there', 'x')")
				for i := range 4 {
					r := riding{c, c.wired}
					if joined {
						r.db = outer(t, c.wired, pgx.TxOptions{})
					}
					err := r.flush(t, func(op *runtime.Op, f *runtime.Flush) {
						f.Do(runtime.Step{Name: "before"}, note(op, fmt.Sprint("before", i)))
						tc.call(i)(op, f)
					})
					if err != nil {
						t.Fatal(err)
					}
					want := 1
					if !tc.rides || i == 0 {
						want = 2
					}
					if joined {
						want++ // the savepoint
					}
					if got := c.w.take(); got.Trips != want {
						t.Errorf("call %d took %d trips, want %d", i+1, got.Trips, want)
					}
					if tx, ok := r.db.(pgx.Tx); ok {
						if err := tx.Commit(t.Context()); err != nil {
							t.Fatal(err)
						}
					}
				}
				if n := count(t, c.pool, "notes WHERE id LIKE 'before%'"); n != 4 {
					t.Errorf("%d of 4 calls left their note", n)
				}
			})
		}
	}
}

// Rows that make the coordinator fail, against what Flush.MayEnd promises: the
// answers behind them are read, COMMIT's among them.
func TestRowsThatFailWhereCommitRides(t *testing.T) {
	t.Parallel()
	const bodies = "SELECT body FROM notes WHERE id = ANY($1::text[]) ORDER BY id"
	// The second row fails, of three.
	const divided = "SELECT (4 / (size - 2))::bigint FROM notes WHERE id = ANY($1::text[]) ORDER BY id"
	const dividedBody = "SELECT body || left((4 / (size - 2))::text, 0) FROM notes WHERE id = ANY($1::text[]) ORDER BY id"
	ok, null, two := []string{"a", "c"}, []string{"a", "b", "c"}, []string{"a", "c", "d", "e"}
	for _, tc := range []struct {
		name   string
		rides  bool // COMMIT does
		undone bool // by an error of the server, all the same
		first  func(op *runtime.Op, f *runtime.Flush)
		fails  func(op *runtime.Op, f *runtime.Flush)
		is     error
	}{
		{"NULL into a string", true, false, reads[string](bodies, ok), reads[string](bodies, null), nil},
		{"NULL, and then an error of the server", true, true, reads[string](dividedBody, ok),
			reads[string](dividedBody, append(null, "d")), scope.ErrInvalid},
		{"an error of the server between rows", true, true, reads[int64](divided, ok), reads[int64](divided, two), scope.ErrInvalid},
		{"infinity into a time", false, false, reads[time.Time]("SELECT at FROM notes WHERE id = ANY($1::text[])", ok),
			reads[time.Time]("SELECT at FROM notes WHERE id = ANY($1::text[])", two), nil},
		{"a function that fails after the first row", true, false, reads[string](bodies, ok), func(op *runtime.Op, f *runtime.Flush) {
			f.Do(runtime.Step{Name: "step"}, func(ctx context.Context) error {
				rows, err := op.Query(ctx, bodies, two)
				if err != nil {
					return err
				}
				rows.Next()
				if err := rows.Scan(new(string)); err != nil {
					return err
				}
				return errCustom
			})
		}, errCustom},
	} {
		for _, joined := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, joined %t", tc.name, joined), func(t *testing.T) {
				t.Parallel()
				c := newCutting(t)
				mustExec(t, c.pool, `INSERT INTO notes (id, body, size, at) VALUES
					('a', 'x', 1, now()), ('b', NULL, 1, now()), ('c', 'x', 1, now()), ('d', 'x', 2, 'infinity'), ('e', 'x', 1, now())`)
				begin := func() riding {
					if joined {
						return riding{c, outer(t, c.wired, pgx.TxOptions{})}
					}
					return riding{c, c.wired}
				}
				end := func(r riding) error {
					if tx, ok := r.db.(pgx.Tx); ok {
						return tx.Commit(t.Context())
					}
					return nil
				}
				call := func(r riding, id string, step func(op *runtime.Op, f *runtime.Flush)) error {
					return r.flush(t, func(op *runtime.Op, f *runtime.Flush) {
						f.Do(runtime.Step{Name: "before"}, note(op, id))
						step(op, f)
						f.Do(runtime.Step{Name: "behind"}, notes(op, []string{id + " 1", id + " 2"}))
					})
				}
				for i := range 2 {
					r := begin()
					if err := errors.Join(call(r, fmt.Sprint("warm", i), tc.first), end(r)); err != nil {
						t.Fatal(err)
					}
				}
				r := begin()
				err := call(r, "written", tc.fails)
				e := wantErr(t, err)
				if tc.is != nil {
					wantErr(t, err, tc.is)
				}
				if e.Step != "step" && !joined || errors.Is(err, scope.ErrCommitUnknown) {
					t.Errorf("error of step %q: %v", e.Step, err)
				}
				committed := tc.rides && !tc.undone && !joined
				if e.Committed != committed {
					t.Errorf("committed: %t, want %t: %v", e.Committed, committed, err)
				}
				// RELEASE cannot be taken back: then the caller must not commit.
				if err := end(r); joined && (err != nil) != (tc.rides && !tc.undone) {
					t.Errorf("the caller's COMMIT: %v", err)
				}
				if n := count(t, c.pool, "notes WHERE id LIKE 'written%'"); n != 0 && !committed || n != 3 && committed {
					t.Errorf("%d notes are there, committed: %t", n, committed)
				}
				r = begin()
				if err := errors.Join(call(r, "later", tc.first), end(r)); err != nil {
					t.Errorf("the connection is not usable: %v", err)
				}
				if c.wired.Stat().NewConnsCount() != 1 {
					t.Error("the connection was not kept")
				}
			})
		}
	}
}

// The column gets another type between two calls: the call after that is run
// again, and COMMIT travels again once the old type is back.
func TestColumnsOfAnotherTypeWhereCommitRides(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"numeric", "int USING size::int"} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			c := newCutting(t)
			r := riding{c, c.wired}
			write := func(id string) error {
				return r.flush(t, func(op *runtime.Op, f *runtime.Flush) {
					reads[int64]("INSERT INTO notes (id) SELECT $1::text || n FROM generate_series(1, 2) n RETURNING size", id)(op, f)
				})
			}
			for _, id := range []string{"a", "b", "c"} {
				if err := write(id); err != nil {
					t.Fatal(err)
				}
			}
			c.w.want(t, "warm", traffic{Trips: 1})
			mustExec(t, c.pool, "ALTER TABLE notes ALTER size DROP DEFAULT, DROP CONSTRAINT notes_size_check, ALTER size TYPE "+to)
			mustExec(t, c.pool, "ALTER TABLE notes ALTER size SET DEFAULT 1")
			for i, id := range []string{"d", "e", "f", "g"} {
				err := write(id)
				n := count(t, c.pool, "notes WHERE id LIKE $1 || '_'", id)
				check(t, id, n == 2, err)
				if n == 1 || errors.Is(err, scope.ErrCommitUnknown) {
					t.Errorf("%s: %d of 2 notes are there: %v", id, n, err)
				}
				if err != nil {
					t.Errorf("call %d: %v", i, err)
				}
				if got := c.w.take(); i > 0 && got.Trips != 2 {
					t.Errorf("call %d took %d trips: another type is not certain to decode", i, got.Trips)
				}
			}
			mustExec(t, c.pool, "ALTER TABLE notes ALTER size TYPE bigint")
			for _, id := range []string{"h", "i", "j"} {
				if err := write(id); err != nil {
					t.Fatal(err)
				}
			}
			if got := c.w.take(); got.Trips != 1 {
				t.Errorf("%d trips with the old type", got.Trips)
			}
		})
	}
}
