package runtime_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

func TestJoinedKeepsTheOuterTransactionUsable(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	tx := outer(t, pool, pgx.TxOptions{})
	r := runtime.NewRunner(tx)
	if !r.Joined() {
		t.Error("a Runner on a pgx.Tx says that it is not joined")
	}
	if err := create(t.Context(), r, func(ctx context.Context, op *runtime.Op) error { return insertItem(ctx, op, "a") }); err != nil {
		t.Fatal(err)
	}
	err := create(t.Context(), r, func(ctx context.Context, op *runtime.Op) error {
		if err := insertItem(ctx, op, "b"); err != nil {
			return err
		}
		return insertItem(ctx, op, "a")
	})
	wantErr(t, err, scope.ErrAlreadyExists)
	if _, err := tx.Exec(t.Context(), "INSERT INTO items (name) VALUES ('c')"); err != nil {
		t.Fatalf("the caller's transaction is not usable: %v", err)
	}
	wantItems(t, pool, 0)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, pool, "items WHERE name IN ('a', 'c')"); n != 2 {
		t.Errorf("%d of a and c are committed", n)
	}
	wantItems(t, pool, 2)
}

func TestJoinedGoesWithTheOuterRollback(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	tx := outer(t, pool, pgx.TxOptions{})
	if err := create(t.Context(), runtime.NewRunner(tx), func(ctx context.Context, op *runtime.Op) error { return insertItem(ctx, op, "a") }); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantItems(t, pool, 0)
}

func TestJoinedRollsBackWhenCancelledBeforeRelease(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	tx := outer(t, pool, pgx.TxOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	err := create(ctx, runtime.NewRunner(tx), func(ctx context.Context, op *runtime.Op) error {
		defer cancel()
		return insertItem(ctx, op, "a")
	})
	wantErr(t, err, context.Canceled)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatalf("the caller's transaction is not usable: %v", err)
	}
	wantItems(t, pool, 0)
}

func TestJoinedRollsBackOnPanic(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	tx := outer(t, pool, pgx.TxOptions{})
	func() {
		defer func() { _ = recover() }()
		_ = create(t.Context(), runtime.NewRunner(tx), func(ctx context.Context, op *runtime.Op) error {
			if err := insertItem(ctx, op, "a"); err != nil {
				t.Error(err)
			}
			panic("boom")
		})
	}()
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatalf("the caller's transaction is not usable: %v", err)
	}
	wantItems(t, pool, 0)
}

func TestJoinedNests(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	tx := outer(t, pool, pgx.TxOptions{})
	r := runtime.NewRunner(tx)
	err := create(t.Context(), r, func(ctx context.Context, op *runtime.Op) error {
		if err := insertItem(ctx, op, "outer"); err != nil {
			return err
		}
		err := create(ctx, r, func(ctx context.Context, op *runtime.Op) error {
			if err := insertItem(ctx, op, "inner"); err != nil {
				return err
			}
			return errCustom
		})
		if !errors.Is(err, errCustom) {
			t.Errorf("inner error %v", err)
		}
		return insertItem(ctx, op, "after")
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, pool, "items WHERE name <> 'inner'"); n != 2 {
		t.Errorf("%d items of the outer call", n)
	}
	wantItems(t, pool, 2)
}

func TestJoinedInAFailedTransaction(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	tx := outer(t, pool, pgx.TxOptions{})
	if _, err := tx.Exec(t.Context(), "SELECT 1/0"); err == nil {
		t.Fatal("no error")
	}
	err := create(t.Context(), runtime.NewRunner(tx), func(ctx context.Context, op *runtime.Op) error { return insertItem(ctx, op, "a") })
	if e := wantErr(t, err); e.SQLState != "25P02" || e.Error() !=
		"create item: SAVEPOINT: the server reported an error (SQLSTATE 25P02); a statement before it failed: roll the transaction back" {
		t.Errorf("error %v", e)
	}
}

func TestJoinedInAnEndedTransaction(t *testing.T) {
	t.Parallel()
	tx := outer(t, newDB(t), pgx.TxOptions{})
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := create(t.Context(), runtime.NewRunner(tx), func(ctx context.Context, op *runtime.Op) error { return insertItem(ctx, op, "a") })
	wantErr(t, err, pgx.ErrTxClosed)
}

func TestJoinedSaysWhenItCannotRollBack(t *testing.T) {
	t.Parallel()
	tx := outer(t, newDB(t), pgx.TxOptions{})
	err := create(t.Context(), runtime.NewRunner(tx), func(ctx context.Context, op *runtime.Op) error {
		if err := insertItem(ctx, op, "before"); err != nil {
			return err
		}
		// Somebody's savepoint handling goes wrong, and takes ours along.
		if _, err := tx.Exec(ctx, "RELEASE SAVEPOINT specgen"); err != nil {
			t.Error(err)
		}
		return insertItem(ctx, op, "a")
	})
	e := wantErr(t, err)
	if e.SQLState != "3B001" { // invalid_savepoint_specification, from RELEASE
		t.Errorf("error %v, SQLSTATE %s", e, e.SQLState)
	}
}
