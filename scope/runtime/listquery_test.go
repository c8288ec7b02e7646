package runtime_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// copyNotes is a :copyfrom query of sqlc.
func copyNotes(op *runtime.Op, ids ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		n, err := op.CopyFrom(ctx, pgx.Identifier{"notes"}, []string{"id"}, pgx.CopyFromSlice(len(ids), func(i int) ([]any, error) {
			return []any{ids[i]}, nil
		}))
		if err == nil && n != int64(len(ids)) {
			err = fmt.Errorf("%d notes were copied", n)
		}
		return err
	}
}

// batchNotes is a :batchexec query of sqlc, called as generated code does.
func batchNotes(op *runtime.Op, ids ...string) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		batch := &pgx.Batch{}
		for _, id := range ids {
			batch.Queue("INSERT INTO notes (id) VALUES ($1)", id)
		}
		results := op.SendBatch(ctx, batch)
		func() {
			defer func() { _ = results.Close() }()
			for range ids {
				_, e := results.Exec()
				err = cmp.Or(err, e)
			}
		}()
		return cmp.Or(err, results.Close())
	}
}

// What plan.RoundTrips says of bulk queries is counted here: one trip each, once
// the driver knows the columns of COPY and has prepared the statements of the
// batch. In the modes that do not cache, COPY's columns are asked for each time.
func TestRoundTripsOfBulkQueries(t *testing.T) {
	t.Parallel()
	type flushes func(op *runtime.Op, fresh *ids) []func(context.Context) error
	single := func(op *runtime.Op, fresh *ids) func(context.Context) error { return note(op, fresh.next()) }
	copied := func(op *runtime.Op, fresh *ids) func(context.Context) error {
		return copyNotes(op, fresh.next(), fresh.next())
	}
	batched := func(op *runtime.Op, fresh *ids) func(context.Context) error {
		return batchNotes(op, fresh.next(), fresh.next(), fresh.next())
	}
	list := func(calls ...func(*runtime.Op, *ids) func(context.Context) error) flushes {
		return func(op *runtime.Op, fresh *ids) (out []func(context.Context) error) {
			for _, c := range calls {
				out = append(out, c(op, fresh))
			}
			return out
		}
	}
	for _, tc := range []struct {
		name    string
		mode    pgx.QueryExecMode
		flushes flushes
		mayEnd  bool
		want    traffic // in steady state
	}{
		{"copy at the end", pgx.QueryExecModeCacheStatement, list(single, copied), false, traffic{Trips: 3}},
		{"copy in between", pgx.QueryExecModeCacheStatement, list(single, copied, single), true, traffic{Trips: 3}},
		{"copy in front", pgx.QueryExecModeCacheStatement, list(copied, single), true, traffic{Trips: 3}},
		{"batch at the end", pgx.QueryExecModeCacheStatement, list(single, batched), false, traffic{Trips: 3}},
		{"batch in between", pgx.QueryExecModeCacheStatement, list(single, batched, single), true, traffic{Trips: 3}},
		{"two in a row", pgx.QueryExecModeCacheStatement, list(single, copied, batched, single), true, traffic{Trips: 4}},
		{"descriptions are cached", pgx.QueryExecModeCacheDescribe, list(single, copied), false, traffic{Trips: 3}},
		{"nothing is cached", pgx.QueryExecModeExec, list(single, copied), false, traffic{Trips: 3, Prepares: 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pool, w, fresh := notesDB(t), newWire(), &ids{}
			wired := w.pool(t, pool, tc.mode)
			run := func() error {
				_, err := onlyOperation(t.Context(), runtime.NewRunner(wired), func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
					op := tx.Create("note", nil, nil)
					calls := tc.flushes(op, fresh)
					for i, call := range calls {
						f := op.Flush()
						f.Do(runtime.Step{Name: "step"}, call)
						if tc.mayEnd && i == len(calls)-1 {
							f.MayEnd()
						}
						if err := f.Send(ctx); err != nil {
							return struct{}{}, err
						}
					}
					return struct{}{}, nil
				})
				return err
			}
			for i := range 5 {
				w.take()
				if err := run(); err != nil {
					t.Fatal(err)
				}
				if i >= 2 {
					w.want(t, fmt.Sprintf("call %d", i+1), tc.want)
				}
			}
		})
	}
}

// A COPY or a batch that the server refuses is the step's failure. The connection
// is as usable as after any other.
func TestFailingBulkQueries(t *testing.T) {
	t.Parallel()
	for _, mode := range []pgx.QueryExecMode{
		pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol,
	} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			pool, w := notesDB(t), newWire()
			wired := w.pool(t, pool, mode)
			mustExec(t, pool, "INSERT INTO notes (id) VALUES ('b')")
			for name, bulk := range map[string]func(*runtime.Op, ...string) func(context.Context) error{"copy": copyNotes, "batch": batchNotes} {
				run := func(db scope.DB) error {
					_, err := runtime.In(t.Context(), runtime.NewRunner(db), func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
						op := tx.Create("note", nil, nil)
						f := op.Flush()
						f.Do(runtime.Step{Name: "first"}, note(op, "z"))
						if err := f.Send(ctx); err != nil {
							return struct{}{}, err
						}
						f = op.Flush()
						f.Do(runtime.Step{Name: name, Query: "Notes"}, bulk(op, "a", "b", "c"))
						return struct{}{}, f.Send(ctx)
					})
					return err
				}
				check := func(err error) {
					t.Helper()
					e := wantErr(t, err, scope.ErrAlreadyExists)
					if e.Step != name || e.Query != "Notes" || e.Constraint != "notes_pkey" || e.SQLState != "23505" {
						t.Errorf("error %+v", e)
					}
					if server := (*pgconn.PgError)(nil); !errors.As(err, &server) {
						t.Errorf("the server's error is lost: %v", err)
					}
				}
				var before, after int
				backend := func(into *int) {
					t.Helper()
					if err := wired.QueryRow(t.Context(), "SELECT pg_backend_pid()").Scan(into); err != nil {
						t.Fatal(err)
					}
				}
				backend(&before)
				check(run(wired))
				backend(&after)
				if before != after {
					t.Error("the connection was lost")
				}
				outer := outer(t, wired, pgx.TxOptions{})
				check(run(outer))
				if _, err := outer.Exec(t.Context(), "INSERT INTO notes (id) VALUES ($1)", name); err != nil {
					t.Error(err)
				}
				if err := outer.Commit(t.Context()); err != nil {
					t.Error(err)
				}
			}
			if got := count(t, pool, "notes"); got != 3 { // b, and those of the callers
				t.Errorf("%d notes", got)
			}
		})
	}
}
