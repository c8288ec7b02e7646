package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

const testSchema = `
CREATE TABLE parents (id text PRIMARY KEY, version integer NOT NULL DEFAULT 0);
CREATE TABLE items (
	name      text CONSTRAINT items_name_key UNIQUE NOT NULL,
	size      smallint NOT NULL DEFAULT 1 CONSTRAINT items_size_check CHECK (size > 0),
	parent_id text CONSTRAINT items_parent_fkey REFERENCES parents,
	late_id   text CONSTRAINT items_late_fkey REFERENCES parents DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE slots (during int4range, CONSTRAINT slots_during_excl EXCLUDE USING gist (during WITH &&));

-- What happens while COMMIT is executed.
CREATE TABLE at_commit (action text NOT NULL);
CREATE FUNCTION act_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.action = 'terminate' THEN
		PERFORM pg_terminate_backend(pg_backend_pid());
	ELSE
		RAISE EXCEPTION 'a secret in the message' USING ERRCODE = NEW.action;
	END IF;
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER act AFTER INSERT ON at_commit DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION act_at_commit();
`

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func newDB(t *testing.T) *pgxpool.Pool {
	t.Helper()
	return pgtest.Pool(t, testSchema)
}

var errCustom = errors.New("an error of the application")

// exec runs one statement in a flush of its own.
func exec(ctx context.Context, op *runtime.Op, s runtime.Step, sql string, args ...any) error {
	f := op.Flush()
	f.Do(s, func(ctx context.Context) error {
		_, err := op.Exec(ctx, sql, args...)
		return err
	})
	return f.Send(ctx)
}

func insertItem(ctx context.Context, op *runtime.Op, name string) error {
	return exec(ctx, op, runtime.Step{Name: "item", Query: "CreateItem"}, "INSERT INTO items (name) VALUES ($1)", name)
}

// do runs fn, which has no result.
func do(ctx context.Context, r *runtime.Runner, fn func(ctx context.Context, tx *runtime.Tx) error) error {
	_, err := runtime.In(ctx, r, func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
		return struct{}{}, fn(ctx, tx)
	})
	return err
}

// onlyOperation runs fn as a generated coordinator runs for one item.
func onlyOperation[T any](ctx context.Context, r *runtime.Runner, fn func(ctx context.Context, tx *runtime.Tx) (T, error), opts ...scope.TxOption) (T, error) {
	return runtime.One(ctx, r, struct{}{}, func(ctx context.Context, tx *runtime.Tx, _ []struct{}) ([]T, error) {
		result, err := fn(ctx, tx)
		return []T{result}, err
	}, opts...)
}

// create runs fn with one Op that creates an item.
func create(ctx context.Context, r *runtime.Runner, fn func(ctx context.Context, op *runtime.Op) error) error {
	return do(ctx, r, func(ctx context.Context, tx *runtime.Tx) error {
		return fn(ctx, tx.Create("item", nil, nil))
	})
}

// count runs on a connection of its own: it sees what is committed.
func count(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := pool.QueryRow(context.Background(), "SELECT count(*) FROM "+sql, args...).Scan(&n); err != nil {
		t.Fatalf("counting %s: %v", sql, err)
	}
	return n
}

func wantItems(t *testing.T, pool *pgxpool.Pool, want int) {
	t.Helper()
	if got := count(t, pool, "items"); got != want {
		t.Errorf("%d items are committed, want %d", got, want)
	}
}

func mustExec(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("preparing the test: %v", err)
	}
}

func wantErr(t *testing.T, err error, targets ...error) *scope.Error {
	t.Helper()
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Errorf("error %v is not %v", err, target)
		}
	}
	var e *scope.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no *scope.Error", err)
	}
	return e
}

// outer begins a caller's transaction, which is rolled back at the end.
func outer(t *testing.T, pool *pgxpool.Pool, opts pgx.TxOptions) pgx.Tx {
	t.Helper()
	tx, err := pool.BeginTx(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	return tx
}

// sequence returns a source of ids 1, 2, 3.
func sequence() func() scope.UUID {
	var n atomic.Uint64
	return func() scope.UUID {
		id, err := scope.ParseUUID(fmt.Sprintf("00000000-0000-4000-8000-%012x", n.Add(1)))
		if err != nil {
			panic(err)
		}
		return id
	}
}
