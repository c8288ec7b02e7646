package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

var generics = []error{
	scope.ErrAlreadyExists, scope.ErrNotFound, scope.ErrParentNotFound, scope.ErrHasChildren, scope.ErrInUse,
	scope.ErrInvalid, scope.ErrConflict, scope.ErrCommitUnknown, scope.ErrIsolation, scope.ErrPrepareFirst,
}

// wantOnly checks that err is want among the sentinels, and none else.
func wantOnly(t *testing.T, err, want error) {
	t.Helper()
	for _, g := range generics {
		if errors.Is(err, g) != (g == want) {
			t.Errorf("errors.Is(%v, %v) is %t", err, g, g != want)
		}
	}
}

func TestServerErrors(t *testing.T) {
	t.Parallel()
	raise := func(state string) string {
		return fmt.Sprintf("DO $$ BEGIN RAISE EXCEPTION 'SECRET' USING ERRCODE = '%s', DETAIL = 'SECRET', HINT = 'SECRET'; END $$", state)
	}
	const insert = "INSERT INTO items "
	for _, tc := range []struct {
		name, sql  string
		step       runtime.Step
		state      string
		table, key string
		want       error
	}{
		{name: "unique", sql: insert + "(name) VALUES ('SECRET')", state: "23505", table: "items", key: "items_name_key", want: scope.ErrAlreadyExists},
		{name: "exclusion", sql: "INSERT INTO slots VALUES ('[1,5)'), ('[2,3)')", state: "23P01", table: "slots", key: "slots_during_excl", want: scope.ErrAlreadyExists},
		{name: "parent", sql: insert + "(name, parent_id) VALUES ('x', 'SECRET')", state: "23503", table: "items", key: "items_parent_fkey", want: scope.ErrParentNotFound},
		{name: "in use", sql: "DELETE FROM parents WHERE id = 'used'", step: runtime.Step{Deletes: true}, state: "23503", table: "items", key: "items_parent_fkey", want: scope.ErrInUse},
		{name: "restrict", sql: raise("23001"), state: "23001", want: scope.ErrInUse},
		{name: "not null", sql: insert + "(name, parent_id) VALUES (NULL, 'SECRET')", state: "23502", table: "items", want: scope.ErrInvalid},
		{name: "check", sql: insert + "(name, size) VALUES ('SECRET', -1)", state: "23514", table: "items", key: "items_size_check", want: scope.ErrInvalid},
		{name: "out of range", sql: insert + "(name, size) SELECT 'x', 123456789 + count(*) FROM items", state: "22003", want: scope.ErrInvalid},
		{name: "text representation", sql: "SELECT 'SECRET'::uuid", state: "22P02", want: scope.ErrInvalid},
		{name: "lock not available", sql: "SELECT FROM parents WHERE id = 'locked' FOR UPDATE NOWAIT", state: "55P03", want: scope.ErrConflict},
		{name: "serialization", sql: raise("40001"), state: "40001", want: scope.ErrConflict},
		{name: "deadlock", sql: raise("40P01"), state: "40P01", want: scope.ErrConflict},
		{name: "raised by a trigger", sql: raise("P0001"), state: "P0001"},
		{name: "undefined table", sql: "SELECT FROM nowhere", state: "42P01"},
		{name: "statement_timeout", sql: raise("57014"), state: "57014"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pool := newDB(t)
			mustExec(t, pool, "INSERT INTO parents (id) VALUES ('used'), ('locked')")
			mustExec(t, pool, "INSERT INTO items (name, parent_id) VALUES ('SECRET', 'used')")
			locker := outer(t, pool, pgx.TxOptions{})
			if _, err := locker.Exec(t.Context(), "SELECT FROM parents WHERE id = 'locked' FOR UPDATE"); err != nil {
				t.Fatal(err)
			}
			tc.step.Name, tc.step.Query = "presets.step", "TheQuery"
			errOwn := runtime.NewError("an error of the specification", scope.ErrPrepareFirst)
			for _, constraints := range []map[string]error{nil, {"other": errOwn}, {tc.key: errOwn}} {
				err := do(t.Context(), runtime.NewRunner(pool, scope.WithRetry(1)), func(ctx context.Context, tx *runtime.Tx) error {
					return exec(ctx, tx.Create("item", nil, constraints), tc.step, tc.sql)
				})
				e := wantErr(t, err)
				got := []string{e.Op, e.Scope.Type, e.Scope.ID, e.Step, e.Query, e.SQLState, e.Table, e.Constraint}
				if diff := cmp.Diff([]string{"create", "item", "", "presets.step", "TheQuery", tc.state, tc.table, tc.key}, got); diff != "" {
					t.Error(diff)
				}
				var pgErr *pgconn.PgError
				if !errors.As(err, &pgErr) || pgErr.Code != tc.state {
					t.Errorf("the server's error is not reached: %v", pgErr)
				}
				if own := tc.key != "" && constraints[tc.key] != nil; own {
					wantErr(t, err, errOwn, tc.want)
				} else {
					wantOnly(t, err, tc.want)
				}
				if strings.Contains(err.Error(), "SECRET") || !strings.Contains(err.Error(), "SQLSTATE "+tc.state) {
					t.Errorf("text %q", err)
				}
			}
		})
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	errNoNode := runtime.NewError("the parent has no node", scope.ErrParentNotFound)
	one := func(ctx context.Context, op *runtime.Op) error {
		var name string
		return op.QueryRow(ctx, "SELECT name FROM items").Scan(&name)
	}
	none := func(ctx context.Context, op *runtime.Op) error {
		tag, err := op.Exec(ctx, "DELETE FROM items")
		if err != nil {
			return err
		}
		return runtime.ExpectRows(tag.RowsAffected(), 1)
	}
	for _, tc := range []struct {
		name    string
		call    func(ctx context.Context, op *runtime.Op) error
		missing error
		want    error
		cause   error
	}{
		{"no row", one, nil, scope.ErrNotFound, pgx.ErrNoRows},
		{"no row of a parent", one, scope.ErrParentNotFound, scope.ErrParentNotFound, pgx.ErrNoRows},
		{"no row, with an error of its own", one, errNoNode, scope.ErrParentNotFound, errNoNode},
		{"nothing affected", none, nil, scope.ErrNotFound, scope.ErrNotFound},
		{"nothing affected, with an error of its own", none, errNoNode, scope.ErrParentNotFound, errNoNode},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
				f := op.Flush()
				f.Do(runtime.Step{Name: "row", Missing: tc.missing}, func(ctx context.Context) error { return tc.call(ctx, op) })
				return f.Send(ctx)
			})
			wantErr(t, err, tc.cause)
			wantOnly(t, err, tc.want)
		})
	}
}

// Citus leaves the constraint's field empty and names the constraint of a shard
// in the message, whatever the server's language.
func TestConstraintNamedInTheMessage(t *testing.T) {
	t.Parallel()
	errTaken := runtime.NewError("name taken", scope.ErrAlreadyExists)
	errOther := runtime.NewError("other", scope.ErrAlreadyExists)
	constraints := map[string]error{"items_name_key": errTaken, "items_name_key_1": errOther}
	for _, tc := range []struct {
		message, state string
		want           error
		constraint     string
	}{
		{`duplicate key value violates unique constraint "items_name_key_102008"`, "23505", errTaken, "items_name_key"},
		{`duplicate key value violates unique constraint "items_name_key_1_102008"`, "23505", errOther, "items_name_key_1"},
		{`duplicate key value violates unique constraint "items_name_key_1"`, "23505", errOther, "items_name_key_1"},
		{`duplicate key value violates unique constraint "items_name_key"`, "23505", errTaken, "items_name_key"},
		{`doppelter Schlüsselwert verletzt Unique-Constraint »items_name_key_102008«`, "23505", errTaken, "items_name_key"},
		{`duplicate key value violates unique constraint "my_items_name_key_102008"`, "23505", nil, ""},
		{`duplicate key value violates unique constraint "items_name_key_a1"`, "23505", nil, ""},
		{`duplicate key value violates unique constraint "items_name_key_"`, "23505", nil, ""},
		{`duplicate key value violates unique constraint "items_name_keys"`, "23505", nil, ""},
		{`another error of items_name_key`, "P0001", nil, ""},
	} {
		for _, at := range []string{"step", "commit"} {
			t.Run(at+" "+tc.message, func(t *testing.T) {
				t.Parallel()
				pool := newDB(t)
				mustExec(t, pool, `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
					BEGIN RAISE EXCEPTION '`+tc.message+`' USING ERRCODE = '`+tc.state+`'; END $$`)
				deferred := map[string]string{"step": "NOT DEFERRABLE", "commit": "DEFERRABLE INITIALLY DEFERRED"}[at]
				mustExec(t, pool, "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON items "+deferred+" FOR EACH ROW EXECUTE FUNCTION refuse()")
				err := do(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, tx *runtime.Tx) error {
					return insertItem(ctx, tx.Create("item", nil, constraints), "a")
				})
				e := wantErr(t, err)
				if e.Constraint != tc.constraint || errors.Is(err, errTaken) != (tc.want == errTaken) || errors.Is(err, errOther) != (tc.want == errOther) {
					t.Errorf("constraint %q, error %v, want %v", e.Constraint, err, tc.want)
				}
				if errors.Is(err, scope.ErrAlreadyExists) != (tc.state == "23505") {
					t.Errorf("error %v", err)
				}
			})
		}
	}
}
