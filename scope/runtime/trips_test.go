package runtime_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

const notesSchema = `
CREATE TABLE notes (
	id   text CONSTRAINT notes_pkey PRIMARY KEY,
	body text,
	size bigint NOT NULL DEFAULT 1 CONSTRAINT notes_size_check CHECK (size > 0),
	at   timestamptz NOT NULL DEFAULT '2026-01-02 03:04:05+00'
);
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION raise(state text) RETURNS void LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION USING ERRCODE = state; END';
CREATE TRIGGER swallow BEFORE INSERT ON notes FOR EACH ROW WHEN (NEW.body = 'swallow') EXECUTE FUNCTION swallow();
`

// notesDB is a database with the tables of testSchema and notes.
func notesDB(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return pgtest.Pool(t, testSchema, notesSchema)
}

const (
	insertNote = "INSERT INTO notes (id, body) VALUES ($1, $2) RETURNING id, body"
	updateNote = "UPDATE notes SET size = $2 WHERE id = $1"
)

// note inserts a row and reads it back, as a :one query of sqlc does.
func note(op *runtime.Op, id string) func(context.Context) error {
	return func(ctx context.Context) error {
		var got string
		var body *string
		if err := op.QueryRow(ctx, insertNote, id, "text").Scan(&got, &body); err != nil {
			return err
		}
		if got != id || body == nil || *body != "text" {
			return fmt.Errorf("note %s came back as %s", id, got)
		}
		return nil
	}
}

// resize is an :execrows query of which one row is expected.
func resize(op *runtime.Op, id string, size int) func(context.Context) error {
	return func(ctx context.Context) error {
		tag, err := op.Exec(ctx, updateNote, id, size)
		if err != nil {
			return err
		}
		return runtime.ExpectRows(tag.RowsAffected(), 1)
	}
}

// single runs fn as the one operation of a transaction.
func single(ctx context.Context, r *runtime.Runner, fn func(ctx context.Context, op *runtime.Op) error) error {
	_, err := onlyOperation(ctx, r, func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
		return struct{}{}, fn(ctx, tx.Create("note", nil, nil))
	})
	return err
}

// ids gives new ones, all of one length.
type ids struct{ n atomic.Int64 }

func (i *ids) next() string { return fmt.Sprintf("note %06d", i.n.Add(1)) }

// writeNotes is a coordinator of some flushes, of two notes each.
func writeNotes(op *runtime.Op, fresh *ids, flushes int, mayEnd bool) func(context.Context) error {
	return func(ctx context.Context) error {
		for i := range flushes {
			f := op.Flush()
			f.Do(runtime.Step{Name: "one"}, note(op, fresh.next()))
			f.Do(runtime.Step{Name: "two"}, note(op, fresh.next()))
			if mayEnd && i == flushes-1 {
				f.MayEnd()
			}
			if err := f.Send(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestRoundTrips(t *testing.T) {
	t.Parallel()
	type third = [3]traffic // the first use on a connection, the second, and every later one
	for _, tc := range []struct {
		name           string
		joined, single bool
		flushes        int
		mayEnd         bool
		want           third
	}{
		{"one flush", false, true, 1, true, third{{Trips: 2, Prepares: 1}, {Trips: 1, Prepares: 1}, {Trips: 1}}},
		{"two flushes", false, true, 2, true, third{{Trips: 3, Prepares: 1}, {Trips: 2, Prepares: 1}, {Trips: 2}}},
		{"two flushes, the last decides", false, true, 2, false, third{{Trips: 3, Prepares: 1}, {Trips: 3}, {Trips: 3}}},
		{"two flushes among others", false, false, 2, true, third{{Trips: 3, Prepares: 1}, {Trips: 3}, {Trips: 3}}},
		{"joined, one flush", true, true, 1, true, third{{Trips: 3, Prepares: 1}, {Trips: 2, Prepares: 1}, {Trips: 2}}},
		{"joined, two flushes", true, true, 2, true, third{{Trips: 4, Prepares: 1}, {Trips: 3, Prepares: 1}, {Trips: 3}}},
		{"joined, the last decides", true, true, 2, false, third{{Trips: 4, Prepares: 1}, {Trips: 4}, {Trips: 4}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pool, w, fresh := notesDB(t), newWire(), &ids{}
			wired := w.pool(t, pool, pgx.QueryExecModeCacheStatement)
			for i := range 4 {
				var db scope.DB = wired
				if tc.joined {
					db = outer(t, wired, pgx.TxOptions{})
				}
				w.take()
				run := create
				if tc.single {
					run = single
				}
				err := run(t.Context(), runtime.NewRunner(db), func(ctx context.Context, op *runtime.Op) error {
					return writeNotes(op, fresh, tc.flushes, tc.mayEnd)(ctx)
				})
				if err != nil {
					t.Fatal(err)
				}
				w.want(t, fmt.Sprintf("call %d", i+1), tc.want[min(i, 2)])
				if tx, ok := db.(pgx.Tx); ok {
					if err := tx.Commit(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			if got, want := count(t, pool, "notes"), 4*2*tc.flushes; got != want {
				t.Errorf("%d notes, want %d", got, want)
			}
		})
	}
}

// Where the isolation level must be asked, the answer decides whether the purge
// is wanted: RELEASE does not travel with it.
func TestRoundTripsOfAPurge(t *testing.T) {
	t.Parallel()
	pool, w := notesDB(t), newWire()
	wired := w.pool(t, pool, pgx.QueryExecModeCacheStatement)
	purge := func(db scope.DB) error {
		_, err := onlyOperation(t.Context(), runtime.NewRunner(db), func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
			op := tx.Purge(scope.Context{Type: "note", ID: "a"}, nil)
			f := op.Flush()
			f.RequireReadCommitted()
			f.Do(runtime.Step{Name: "row"}, func(ctx context.Context) error {
				_, err := op.Exec(ctx, "DELETE FROM notes WHERE id = $1", "a")
				return err
			})
			f.MayEnd()
			return struct{}{}, f.Send(ctx)
		})
		return err
	}
	for i, want := range []traffic{{Trips: 1, Prepares: 1}, {Trips: 1}} {
		w.take()
		if err := purge(wired); err != nil {
			t.Fatal(err)
		}
		w.want(t, fmt.Sprintf("own, call %d", i+1), want)
	}
	for i, want := range []traffic{{Trips: 3, Prepares: 1}, {Trips: 3}, {Trips: 3}} {
		tx := outer(t, wired, pgx.TxOptions{})
		w.take()
		if err := purge(tx); err != nil {
			t.Fatal(err)
		}
		w.want(t, fmt.Sprintf("joined, call %d", i+1), want)
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	mustExec(t, pool, "INSERT INTO notes (id) VALUES ('a')")
	tx := outer(t, wired, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	wantErr(t, purge(tx), scope.ErrIsolation)
	if err := tx.Commit(t.Context()); err != nil {
		t.Error(err)
	}
	if got := count(t, pool, "notes"); got != 1 {
		t.Error("the purge that was refused took place")
	}
}

// The trips of two flushes of two statements, once everything is cached: the
// table of docs/howto/pgbouncer.md.
func TestRoundTripsInEveryMode(t *testing.T) {
	t.Parallel()
	for mode, want := range map[pgx.QueryExecMode]traffic{
		pgx.QueryExecModeCacheStatement: {Trips: 2},
		pgx.QueryExecModeCacheDescribe:  {Trips: 3},
		pgx.QueryExecModeDescribeExec:   {Trips: 3, Prepares: 2},
		pgx.QueryExecModeExec:           {Trips: 3},
		pgx.QueryExecModeSimpleProtocol: {Trips: 6},
	} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			w, fresh := newWire(), &ids{}
			runner := runtime.NewRunner(w.pool(t, notesDB(t), mode))
			for call := range 4 {
				w.take()
				err := single(t.Context(), runner, func(ctx context.Context, op *runtime.Op) error {
					return writeNotes(op, fresh, 2, true)(ctx)
				})
				if err != nil {
					t.Fatal(err)
				}
				if call > 1 {
					w.want(t, fmt.Sprintf("call %d", call+1), want)
				}
			}
		})
	}
}
