package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// riding runs one flush with MayEnd on a connection of a wire, and counts.
type riding struct {
	*cutting
	db scope.DB
}

func (r riding) flush(t *testing.T, do func(op *runtime.Op, f *runtime.Flush)) error {
	t.Helper()
	r.w.take()
	return single(t.Context(), runtime.NewRunner(r.db), func(ctx context.Context, op *runtime.Op) error {
		f := op.Flush()
		do(op, f)
		f.MayEnd()
		return f.Send(ctx)
	})
}

// A coordinator that fails on an answer for which it said that it would not:
// nothing is there, or the error says that the rows are.
func TestAnswerThatFailsWhereCommitRides(t *testing.T) {
	t.Parallel()
	const missing = "UPDATE notes SET size = 2 WHERE id = $1 RETURNING id"
	for _, tc := range []struct {
		name  string
		rides bool
		first func(op *runtime.Op, f *runtime.Flush) // makes what is known of the statements known
		fails func(op *runtime.Op, f *runtime.Flush)
		is    error
	}{
		{"a row that is not there", true, func(op *runtime.Op, f *runtime.Flush) {
			f.Do(runtime.Step{Name: "step"}, func(ctx context.Context) error {
				_, err := runtime.Found(op.QueryRow(ctx, missing, "none").Scan(new(string)))
				return err
			})
			f.Do(runtime.Step{Name: "there"}, func(ctx context.Context) error {
				return op.QueryRow(ctx, missing, "there").Scan(new(string))
			})
		}, func(op *runtime.Op, f *runtime.Flush) {
			f.Do(runtime.Step{Name: "step"}, func(ctx context.Context) error {
				return op.QueryRow(ctx, missing, "none").Scan(new(string))
			})
		}, scope.ErrNotFound},
		{"a row that a trigger swallows", true, func(op *runtime.Op, f *runtime.Flush) {
			f.Do(runtime.Step{Name: "step"}, note(op, "first"+time.Now().String()))
		}, func(op *runtime.Op, f *runtime.Flush) {
			f.Do(runtime.Step{Name: "step"}, func(ctx context.Context) error {
				var id string
				var body *string
				return op.QueryRow(ctx, insertNote, "swallowed", "swallow").Scan(&id, &body)
			})
		}, pgx.ErrNoRows},
		{"a count", true, func(op *runtime.Op, f *runtime.Flush) {
			f.Do(runtime.Step{Name: "step"}, resize(op, "there", 2))
		}, func(op *runtime.Op, f *runtime.Flush) {
			f.Do(runtime.Step{Name: "step"}, resize(op, "none", 2))
		}, scope.ErrNotFound},
		{"NULL into a string", true, func(op *runtime.Op, f *runtime.Flush) {
			f.Do(runtime.Step{Name: "step"}, func(ctx context.Context) error {
				return op.QueryRow(ctx, "SELECT body FROM notes WHERE id = $1", "there").Scan(new(string))
			})
		}, func(op *runtime.Op, f *runtime.Flush) {
			f.Do(runtime.Step{Name: "step"}, func(ctx context.Context) error {
				return op.QueryRow(ctx, "SELECT body FROM notes WHERE id = $1", "null").Scan(new(string))
			})
		}, nil},
		{"infinity into a time", false, func(op *runtime.Op, f *runtime.Flush) {
			f.Do(runtime.Step{Name: "step"}, func(ctx context.Context) error {
				return op.QueryRow(ctx, "SELECT at FROM notes WHERE id = $1", "there").Scan(new(time.Time))
			})
		}, func(op *runtime.Op, f *runtime.Flush) {
			f.Do(runtime.Step{Name: "step"}, func(ctx context.Context) error {
				return op.QueryRow(ctx, "SELECT at FROM notes WHERE id = $1", "infinity").Scan(new(time.Time))
			})
		}, nil},
		{"a function that reads nothing", true, func(*runtime.Op, *runtime.Flush) {}, func(op *runtime.Op, f *runtime.Flush) {
			asked := false
			f.Do(runtime.Step{Name: "step"}, func(ctx context.Context) error {
				if asked {
					return nil
				}
				asked = true
				_, err := op.Exec(ctx, updateNote, "there", 3)
				return err
			})
		}, nil},
	} {
		for _, joined := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, joined %t", tc.name, joined), func(t *testing.T) {
				t.Parallel()
				c := newCutting(t)
				mustExec(t, c.pool, "INSERT INTO notes (id, body, at) VALUES ('there', 'x', now()), ('null', NULL, now()), ('infinity', 'x', 'infinity')")
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
				for i := range 2 {
					r := begin()
					err := r.flush(t, func(op *runtime.Op, f *runtime.Flush) {
						f.Do(runtime.Step{Name: "before"}, note(op, fmt.Sprint("warm", i)))
						tc.first(op, f)
						f.Do(runtime.Step{Name: "behind"}, resize(op, "there", 5))
					})
					if err := errors.Join(err, end(r)); err != nil {
						t.Fatal(err)
					}
				}
				r := begin()
				err := r.flush(t, func(op *runtime.Op, f *runtime.Flush) {
					f.Do(runtime.Step{Name: "before"}, note(op, "written"))
					tc.fails(op, f)
					f.Do(runtime.Step{Name: "behind"}, resize(op, "there", 4))
				})
				e := wantErr(t, err)
				if tc.is != nil {
					wantErr(t, err, tc.is)
				}
				written := func() int { return count(t, c.pool, "notes WHERE id = 'written' OR id = 'there' AND size = 4") }
				switch {
				case e.Step != "step" && !joined:
					t.Errorf("the step is not named: %v", err)
				case !joined && tc.rides != e.Committed, !joined && tc.rides != (written() == 2), !joined && !tc.rides && written() != 0:
					t.Errorf("committed %t, %d rows are there: %v", e.Committed, written(), err)
				case joined && e.Committed:
					t.Errorf("committed, it says of a caller's transaction: %v", err)
				case joined:
					err := end(r)
					if n := written(); n != 0 || tc.rides != (err != nil) {
						t.Errorf("COMMIT after %v: %v, %d rows", e, err, n)
					}
				}
				mustExec(t, c.pool, "DELETE FROM notes WHERE id = 'written'")
				r = begin()
				err = r.flush(t, func(op *runtime.Op, f *runtime.Flush) {
					f.Do(runtime.Step{Name: "before"}, note(op, "later"))
				})
				if err := errors.Join(err, end(r)); err != nil {
					t.Errorf("the connection is not usable: %v", err)
				}
			})
		}
	}
}

// The column gets another type between two calls: the call after that is run
// again with statements that are prepared anew, and fails only if its Go type does
// not take the column any more.
func TestColumnOfAnotherTypeWhereCommitRides(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"numeric", "text", "int USING size::int", "smallint USING size::smallint"} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			c := newCutting(t)
			r := riding{c, c.wired}
			write := func(id string) error {
				return r.flush(t, func(op *runtime.Op, f *runtime.Flush) {
					f.Do(runtime.Step{Name: "note"}, func(ctx context.Context) error {
						return op.QueryRow(ctx, "INSERT INTO notes (id) VALUES ($1) RETURNING size", id).Scan(new(int64))
					})
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
			for i, id := range []string{"d", "e", "f"} {
				err := write(id)
				committed := count(t, c.pool, "notes WHERE id = $1", id) == 1
				check(t, id, committed, err)
				if to == "text" && i == 0 && (committed || err == nil || wantErr(t, err).Step != "note") {
					t.Errorf("committed %t, error %v", committed, err)
				}
				if to != "text" && err != nil {
					t.Errorf("call %d: %v", i, err)
				}
				if err != nil && errors.Is(err, scope.ErrCommitUnknown) {
					t.Errorf("%s: %v", id, err)
				}
			}
			if c.wired.Stat().NewConnsCount() != 1 {
				t.Error("the connection was not kept")
			}
		})
	}
}

// A flush behind the one that ended the transaction would be in none.
func TestFlushBehindTheEnd(t *testing.T) {
	t.Parallel()
	c := newCutting(t)
	c.warm(t)
	ran := 0
	err := single(t.Context(), runtime.NewRunner(c.wired), func(ctx context.Context, op *runtime.Op) error {
		op.AfterCommit("event", func(context.Context) error { ran++; return errCustom })
		f := op.Flush()
		f.Do(runtime.Step{Name: "note"}, note(op, "a"))
		f.MayEnd()
		if err := f.Send(ctx); err != nil {
			return err
		}
		f = op.Flush()
		f.Do(runtime.Step{Name: "note"}, note(op, "b"))
		return f.Send(ctx)
	})
	e := wantErr(t, err, errCustom)
	if !e.Committed || ran != 1 {
		t.Errorf("error %v, functions run: %d", err, ran)
	}
	if a, b := count(t, c.pool, "notes WHERE id = 'a'"), count(t, c.pool, "notes WHERE id = 'b'"); a != 1 || b != 0 {
		t.Errorf("notes a: %d, b: %d", a, b)
	}
}
