package runtime_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

func TestFlushRunsInOrder(t *testing.T) {
	t.Parallel()
	var order []string
	err := create(t.Context(), runtime.NewRunner(newDB(t)), func(ctx context.Context, op *runtime.Op) error {
		f := op.Flush()
		for _, name := range []string{"a", "b", "c"} {
			f.Do(runtime.Step{Name: name}, func(ctx context.Context) error {
				_, err := op.Exec(ctx, "INSERT INTO items (name) VALUES ($1)", name)
				if err == nil {
					order = append(order, name)
				}
				return err
			})
		}
		if len(order) != 0 {
			t.Error("Do does not wait for Send")
		}
		return errors.Join(f.Send(ctx), f.Send(ctx), op.Flush().Send(ctx))
	})
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, order); diff != "" {
		t.Error(diff)
	}
}

func TestFlushStopsAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	err := create(t.Context(), runtime.NewRunner(newDB(t)), func(ctx context.Context, op *runtime.Op) error {
		f := op.Flush()
		f.Do(runtime.Step{Name: "first"}, func(context.Context) error { return runtime.Refuse(1, nil) })
		f.Do(runtime.Step{Name: "second"}, func(context.Context) error {
			t.Error("the step after the failure was run")
			return nil
		})
		return f.Send(ctx)
	})
	if e := wantErr(t, err, scope.ErrInUse); e.Step != "first" {
		t.Errorf("error %v", e)
	}
}

func TestOpIsEverySortOfDBTX(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
		f := op.Flush()
		f.Do(runtime.Step{Name: "copy"}, func(ctx context.Context) error {
			rows := [][]any{{"a"}, {"b"}}
			n, err := op.CopyFrom(ctx, pgx.Identifier{"items"}, []string{"name"}, pgx.CopyFromRows(rows))
			return errors.Join(err, runtime.ExpectRows(n, 2))
		})
		f.Do(runtime.Step{Name: "batch"}, func(ctx context.Context) error {
			b := &pgx.Batch{}
			b.Queue("INSERT INTO items (name) VALUES ('c')")
			b.Queue("INSERT INTO items (name) VALUES ('d')")
			return op.SendBatch(ctx, b).Close()
		})
		var names []string
		f.Do(runtime.Step{Name: "list"}, func(ctx context.Context) error {
			rows, err := op.Query(ctx, "SELECT name FROM items ORDER BY name")
			if err != nil {
				return err
			}
			names, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
		err := f.Send(ctx)
		if diff := cmp.Diff([]string{"a", "b", "c", "d"}, names); diff != "" {
			t.Error(diff)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	wantItems(t, pool, 4)
}

func TestStatementOutsideOfAFlush(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	var leaked *runtime.Op
	check := func(ctx context.Context, op *runtime.Op) {
		_, execErr := op.Exec(ctx, "DELETE FROM items")
		rows, queryErr := op.Query(ctx, "SELECT")
		rows.Close()
		_, copyErr := op.CopyFrom(ctx, pgx.Identifier{"items"}, nil, pgx.CopyFromRows(nil))
		batch := op.SendBatch(ctx, &pgx.Batch{})
		_, batchErr := batch.Exec()
		for _, err := range []error{execErr, queryErr, rows.Err(), op.QueryRow(ctx, "SELECT").Scan(), copyErr, batchErr, batch.Close()} {
			if err == nil || err.Error() != "a statement was issued outside of a flush: queue it with Flush.Do, and run it with Flush.Send" {
				t.Errorf("error %v", err)
			}
		}
	}
	err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
		leaked = op
		check(ctx, op)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	check(t.Context(), leaked)
	wantErr(t, insertItem(t.Context(), leaked, "a"))
	wantItems(t, pool, 0)
}

func TestSecondStatementInOneStep(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
		f := op.Flush()
		f.Do(runtime.Step{Name: "two"}, func(ctx context.Context) error {
			_, _ = op.Exec(ctx, "INSERT INTO items (name) VALUES ('a')")
			_, _ = op.Exec(ctx, "INSERT INTO items (name) VALUES ('b')")
			return nil
		})
		return f.Send(ctx)
	})
	if e := wantErr(t, err); e.Step != "two" {
		t.Errorf("error %v", err)
	}
	wantItems(t, pool, 0)
}

func TestObserver(t *testing.T) {
	t.Parallel()
	var events []scope.Event
	r := runtime.NewRunner(newDB(t), scope.WithObserver(func(ctx context.Context, e scope.Event) {
		if ctx.Err() != nil || e.Duration <= 0 && e.Kind != scope.Retry {
			t.Errorf("event %+v, context %v", e, ctx.Err())
		}
		events = append(events, e)
	}))
	runs := 0
	item := scope.Context{Type: "item", ID: "a"}
	err := do(t.Context(), r, func(ctx context.Context, tx *runtime.Tx) error {
		if runs++; runs == 2 {
			return errCustom
		}
		op := tx.Purge(item, nil)
		f := op.Flush()
		for _, name := range []string{"one", "two"} {
			f.Do(runtime.Step{Name: name, Query: "Get"}, func(ctx context.Context) error {
				_, err := op.Exec(ctx, "SELECT 1")
				return err
			})
		}
		if err := f.Send(ctx); err != nil {
			return err
		}
		return exec(ctx, op, runtime.Step{Name: "trap"}, "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
	})
	if err != errCustom {
		t.Errorf("In changed the error to %v", err)
	}
	want := []scope.Event{
		{Kind: scope.StepDone, Op: "purge", Scope: item, Step: "one", Query: "Get", Flush: 1, Attempt: 1},
		{Kind: scope.StepDone, Op: "purge", Scope: item, Step: "two", Query: "Get", Flush: 1, Attempt: 1},
		{Kind: scope.FlushSent, Op: "purge", Scope: item, Flush: 1, Statements: 2, Attempt: 1},
		{Kind: scope.StepDone, Op: "purge", Scope: item, Step: "trap", Flush: 2, Attempt: 1, Err: scope.ErrConflict},
		{Kind: scope.FlushSent, Op: "purge", Scope: item, Flush: 2, Statements: 1, Attempt: 1, Err: scope.ErrConflict},
		{Kind: scope.Retry, Op: "transaction", Attempt: 1, Err: scope.ErrConflict},
	}
	if diff := cmp.Diff(want, events, cmpopts.IgnoreFields(scope.Event{}, "Duration"), cmpopts.EquateErrors()); diff != "" {
		t.Error(diff)
	}
	if got := scope.FlushSent.String() + ", " + scope.StepDone.String() + ", " + scope.Retry.String() + ", " + scope.EventKind(0).String(); got != "flush sent, step done, retry, unknown event" {
		t.Error(got)
	}
}
