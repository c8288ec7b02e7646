package runtime_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

const copiesSchema = `
CREATE TABLE presets (id text PRIMARY KEY, archived boolean NOT NULL DEFAULT false, note text);
CREATE TABLE entries (preset text NOT NULL, name text NOT NULL);
CREATE TABLE settings (name text NOT NULL);
INSERT INTO presets VALUES ('a'), ('b');
INSERT INTO entries VALUES ('a', '1'), ('a', '2'), ('b', '3');
INSERT INTO settings VALUES ('old')`

// copies is a create that copies presets, their entries and a setting by three
// statements. It waits for the gate behind the first one.
type copies struct {
	lock string // of the presets
	runs int
	got  []string
}

func (c *copies) run(ctx context.Context, tx *runtime.Tx) error {
	c.runs++
	c.got = nil
	op := tx.Create("item", nil, nil)
	f := op.Flush()
	read := func(s runtime.Step, sql string, args ...any) {
		s.Copied = true
		f.Do(s, func(ctx context.Context) error {
			rows, err := op.Query(ctx, sql, args...)
			if err != nil {
				return err
			}
			names, err := pgx.CollectRows(rows, pgx.RowTo[string])
			c.got = append(c.got, names...)
			return err
		})
	}
	read(runtime.Step{Name: "presets", Locks: c.lock != ""}, "SELECT id FROM presets WHERE archived = $1 ORDER BY id"+c.lock, false)
	f.Do(runtime.Step{Name: "gate"}, func(ctx context.Context) error {
		_, err := op.Exec(ctx, "SELECT pg_advisory_xact_lock_shared(1)")
		return err
	})
	f.Do(runtime.Step{Name: "setting", Copied: true}, func(ctx context.Context) error {
		var name string
		err := op.QueryRow(ctx, "SELECT name FROM settings").Scan(&name)
		if err == nil {
			c.got = append(c.got, name)
		}
		return err
	})
	read(runtime.Step{Name: "entries"}, "SELECT e.preset || e.name FROM entries e JOIN presets p ON p.id = e.preset WHERE NOT p.archived ORDER BY 1")
	f.Reread()
	if err := f.Send(ctx); err != nil {
		return err
	}
	f = op.Flush()
	f.Do(runtime.Step{Name: "row"}, func(ctx context.Context) error {
		_, err := op.Exec(ctx, "INSERT INTO notes (id) VALUES ('made')")
		return err
	})
	f.MayEnd()
	return f.Send(ctx)
}

// edited runs the create, and an edit that commits while it waits at the gate, or
// for a row.
func edited(t *testing.T, pool *pgxpool.Pool, create func() error, edit string, early bool) error {
	t.Helper()
	editor := outer(t, pool, pgx.TxOptions{})
	run := func(sql string) {
		if _, err := editor.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	run("SELECT pg_advisory_xact_lock(1)")
	if early {
		run(edit)
	}
	done := make(chan error, 1)
	go func() { done <- create() }()
	awaitActivity(t, pool, "wait_event_type = 'Lock'")
	if !early {
		run(edit)
	}
	if err := editor.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	return <-done
}

// TestReread edits what several statements copy between two of them, in each mode
// and on everything that work can run on.
func TestReread(t *testing.T) {
	t.Parallel()
	edits := []struct {
		name, sql string
		lock      string
		early     bool // before the create begins, which then waits for a row
		again     bool // what is copied changed
		want      []string
	}{
		{"nothing", "SELECT", "", false, false, []string{"a", "b", "old", "a1", "a2", "b3"}},
		{"what is not read", "UPDATE presets SET note = 'x'", "", false, false, []string{"a", "b", "old", "a1", "a2", "b3"}},
		{"archive and add", "UPDATE presets SET archived = true WHERE id = 'a'; INSERT INTO presets VALUES ('c'); INSERT INTO entries VALUES ('c', '4')",
			"", false, true, []string{"b", "c", "old", "b3", "c4"}},
		{"archive and add, behind a lock", "UPDATE presets SET archived = true WHERE id = 'a'; INSERT INTO presets VALUES ('c'); INSERT INTO entries VALUES ('c', '4')",
			" FOR SHARE", true, true, []string{"b", "c", "old", "b3", "c4"}},
		{"a setting beside a preset", "UPDATE settings SET name = 'new'; DELETE FROM presets WHERE id = 'b'", "", false, true, []string{"a", "new", "a1", "a2"}},
	}
	for _, tc := range edits {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			everyDB(t, func(t *testing.T, pool *pgxpool.Pool, db scope.DB, finish func() error) {
				mustExec(t, pool, copiesSchema)
				c, r := &copies{lock: tc.lock}, runtime.NewRunner(db)
				create := func() error {
					_, err := onlyOperation(t.Context(), r, func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
						return struct{}{}, c.run(ctx, tx)
					})
					return err
				}
				err := edited(t, pool, create, tc.sql, tc.early)
				runs := 1
				if tc.again {
					runs = 2
				}
				if r.Joined() && tc.again {
					wantOnly(t, err, scope.ErrConflict)
					if e := wantErr(t, err); e.Step != "presets" || e.SQLState != "" {
						t.Errorf("error %v", err)
					}
					err = create() // the caller's transaction is usable
				}
				if err != nil {
					t.Fatal(err)
				}
				if err := finish(); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.want, c.got); diff != "" || c.runs != runs {
					t.Errorf("%d runs, want %d; %s", c.runs, runs, diff)
				}
				if n := count(t, pool, "notes"); n != 1 {
					t.Errorf("%d rows, want 1", n)
				}
			})
		})
	}
}

// Above READ COMMITTED there is one snapshot: nothing is sent again.
func TestRereadAtRepeatableRead(t *testing.T) {
	t.Parallel()
	pool := notesDB(t)
	mustExec(t, pool, copiesSchema)
	var statements []int
	for _, level := range []pgx.TxIsoLevel{pgx.ReadCommitted, pgx.RepeatableRead} {
		c := &copies{}
		r := runtime.NewRunner(pool, scope.WithIsolation(level), scope.WithObserver(func(_ context.Context, e scope.Event) {
			if e.Kind == scope.FlushSent && e.Flush == 1 {
				statements = append(statements, e.Statements)
			}
		}))
		mustExec(t, pool, "DELETE FROM notes")
		if err := do(t.Context(), r, c.run); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]int{6, 4}, statements); diff != "" {
		t.Error(diff)
	}
}

// A create that is edited in each of its attempts fails as one that is.
func TestRereadGivesUp(t *testing.T) {
	t.Parallel()
	pool := notesDB(t)
	mustExec(t, pool, copiesSchema)
	runs := 0
	err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
		runs++
		f := op.Flush()
		f.Do(runtime.Step{Name: "settings", Copied: true}, func(ctx context.Context) error {
			var name string
			return op.QueryRow(ctx, "SELECT name FROM settings").Scan(&name)
		})
		if err := f.Send(ctx); err != nil {
			return err
		}
		mustExec(t, pool, "UPDATE settings SET name = name || 'x'")
		f = op.Flush()
		f.Do(runtime.Step{Name: "entries", Copied: true}, func(ctx context.Context) error {
			_, err := op.Exec(ctx, "SELECT FROM entries")
			return err
		})
		f.Reread()
		return f.Send(ctx)
	})
	wantOnly(t, err, scope.ErrConflict)
	const want = "create item: step settings: what it read was changed while the others were read; run the whole transaction again"
	if runs != 3 || !errors.As(err, new(*scope.Error)) || err.Error() != want {
		t.Errorf("%d runs, error %q", runs, err)
	}
}

// Two edits follow each other, and a reading that locks waits for each. Both times
// it would drop what is archived and not see what is added: two mixes that look the
// same. So the second reading does not lock.
func TestRereadDoesNotWait(t *testing.T) {
	t.Parallel()
	pool := notesDB(t)
	mustExec(t, pool, copiesSchema)
	c, r := &copies{lock: " FOR SHARE"}, runtime.NewRunner(pool)
	begin := func(sql string) pgx.Tx {
		tx := outer(t, pool, pgx.TxOptions{})
		if _, err := tx.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
		return tx
	}
	commit := func(tx pgx.Tx) {
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	gate := begin("SELECT pg_advisory_xact_lock(1)")
	first := begin("UPDATE presets SET archived = true WHERE id = 'a'; INSERT INTO presets VALUES ('c'); INSERT INTO entries VALUES ('c', '4')")
	done := make(chan error, 1)
	go func() { done <- do(t.Context(), r, c.run) }()
	awaitActivity(t, pool, "wait_event_type = 'Lock' AND wait_event <> 'advisory'")
	commit(first)
	awaitActivity(t, pool, "wait_event_type = 'Lock' AND wait_event = 'advisory'")
	second := begin("UPDATE presets SET archived = true WHERE id = 'c'; INSERT INTO presets VALUES ('d'); INSERT INTO entries VALUES ('d', '5')")
	commit(gate)
	awaitActivity(t, pool, "wait_event_type = 'Lock'") // for the second edit, in whatever reading
	commit(second)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b", "d", "old", "b3", "d5"}, c.got); diff != "" {
		t.Error(diff)
	}
}
