package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope/runtime"
)

// journal collects the names of the functions that ran.
type journal []string

func (j *journal) hook(name string, err error) func(context.Context) error {
	return func(context.Context) error {
		*j = append(*j, name)
		return err
	}
}

func (j *journal) want(t *testing.T, names ...string) {
	t.Helper()
	if diff := cmp.Diff(journal(names), *j); diff != "" && len(names)+len(*j) > 0 {
		t.Errorf("functions after the commit: %s", diff)
	}
}

func TestAfterCommitRunsInOrder(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	var ran journal
	r := runtime.NewRunner(pool)
	err := do(t.Context(), r, func(ctx context.Context, tx *runtime.Tx) error {
		a, b := tx.Create("a", nil, nil), tx.Create("b", nil, nil)
		a.AfterCommit("first", func(ctx context.Context) error {
			wantItems(t, pool, 1) // it is committed
			return ran.hook("first", nil)(ctx)
		})
		b.AfterCommit("second", ran.hook("second", nil))
		a.AfterCommit("third", ran.hook("third", nil))
		ran.want(t)
		return insertItem(ctx, a, "a")
	})
	if err := errors.Join(err, r.AfterCommit(t.Context())); err != nil {
		t.Error(err)
	}
	ran.want(t, "first", "second", "third")
}

func TestAfterCommitFailure(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	errOther := errors.New("another error of the application")
	for _, tc := range []struct {
		name          string
		first, second error
		text          string
	}{
		{"one", errCustom, nil, "create item: step first: an error of the application; the transaction is committed: do not run it again"},
		{"both", errCustom, errOther, "transaction: after COMMIT: create item: step first: an error of the application; the transaction is committed: do not run it again\n" +
			"create item: step second: another error of the application; the transaction is committed: do not run it again"},
	} {
		var ran journal
		got, err := runtime.In(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, tx *runtime.Tx) (string, error) {
			op := tx.Create("item", nil, nil)
			op.AfterCommit("first", ran.hook("first", tc.first))
			op.AfterCommit("second", ran.hook("second", tc.second))
			return "made", insertItem(ctx, op, tc.name)
		})
		if got != "made" {
			t.Errorf("%s: result %q", tc.name, got)
		}
		e := wantErr(t, err, tc.first)
		if tc.second != nil {
			wantErr(t, err, tc.second)
		}
		if !e.Committed {
			t.Errorf("%s: not committed: %v", tc.name, e)
		}
		if diff := cmp.Diff(strings.Split(tc.text, "\n"), strings.Split(e.Error(), "\n")); diff != "" {
			t.Errorf("%s: text: %s", tc.name, diff)
		}
		ran.want(t, "first", "second")
	}
	wantItems(t, pool, 2)
}

func TestAfterCommitIsDroppedOnRollback(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	var ran journal
	for _, end := range []error{errCustom, nil} {
		err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
			op.AfterCommit("event", ran.hook("event", nil))
			return errors.Join(end, exec(ctx, op, runtime.Step{Name: "trap"}, "INSERT INTO at_commit VALUES ('P0001')"))
		})
		if err == nil {
			t.Error("no error")
		}
	}
	ran.want(t)
}

func TestAfterCommitJoined(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	tx := outer(t, pool, pgx.TxOptions{})
	r := runtime.NewRunner(tx)
	var ran journal
	queue := func(name string, end error) {
		t.Helper()
		err := create(t.Context(), r, func(_ context.Context, op *runtime.Op) error {
			op.AfterCommit(name, ran.hook(name, nil))
			return end
		})
		if !errors.Is(err, end) {
			t.Errorf("%s: %v", name, err)
		}
	}
	queue("first", nil)
	queue("dropped", errCustom)
	err := create(t.Context(), r, func(_ context.Context, op *runtime.Op) error {
		op.AfterCommit("outer", ran.hook("outer", nil))
		queue("inner", nil)
		queue("dropped inner", errCustom)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	_ = create(t.Context(), r, func(_ context.Context, op *runtime.Op) error {
		queue("released, then dropped", nil)
		return errCustom
	})
	ran.want(t)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second call has nothing left to do
		if err := r.AfterCommit(t.Context()); err != nil {
			t.Error(err)
		}
	}
	ran.want(t, "first", "outer", "inner")
}

func TestAfterCommitJoinedFailure(t *testing.T) {
	t.Parallel()
	r := runtime.NewRunner(outer(t, newDB(t), pgx.TxOptions{}))
	err := create(t.Context(), r, func(_ context.Context, op *runtime.Op) error {
		op.AfterCommit("event", func(context.Context) error { return errCustom })
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if e := wantErr(t, r.AfterCommit(t.Context()), errCustom); !e.Committed || e.Step != "event" {
		t.Errorf("error %v", e)
	}
}
