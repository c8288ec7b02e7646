package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

func TestErrorText(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	mustExec(t, pool, "INSERT INTO items (name) VALUES ('SECRET')")
	errTaken := runtime.NewError("item name taken", scope.ErrAlreadyExists)
	constraints := map[string]error{"items_name_key": errTaken}
	run := func(call func(ctx context.Context, op *runtime.Op) error) string {
		err := do(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, tx *runtime.Tx) error {
			op := tx.Purge(scope.Context{Type: "item", ID: "SECRET"}, constraints)
			f := op.Flush()
			f.Do(runtime.Step{Name: "roles.role", Query: "CreateRole"}, func(ctx context.Context) error { return call(ctx, op) })
			return f.Send(ctx)
		})
		return wantErr(t, err).Error()
	}
	const prefix = "purge item: step roles.role (query CreateRole): "
	for _, tc := range []struct {
		name, want string
		call       func(ctx context.Context, op *runtime.Op) error
	}{
		{"own error", "item name taken (SQLSTATE 23505, table items, constraint items_name_key); choose another key, or use the row that is there",
			func(ctx context.Context, op *runtime.Op) error {
				_, err := op.Exec(ctx, "INSERT INTO items (name) VALUES ('SECRET')")
				return err
			}},
		{"no rows", "not found; check the key; the row may have been removed meanwhile",
			func(context.Context, *runtime.Op) error { return pgx.ErrNoRows }},
		{"too many rows", "2 rows were affected, 1 expected; check what else the query's WHERE matches",
			func(context.Context, *runtime.Op) error { return runtime.ExpectRows(2, 1) }},
		{"more rows than allowed", "3 rows were affected, at most 2 expected; check what else the query's WHERE matches",
			func(context.Context, *runtime.Op) error { return runtime.ExpectAtMost(3, 2) }},
		{"fewer rows than needed", "2 rows, at least 3 expected; check that the rows are there, and what the query's WHERE leaves out",
			func(context.Context, *runtime.Op) error { return runtime.ExpectAtLeast(2, 3) }},
		{"no row that is needed", "0 rows, at least 3 expected; check that the rows are there, and what the query's WHERE leaves out",
			func(context.Context, *runtime.Op) error { return runtime.ExpectAtLeast(0, 3) }},
		{"too few rows", "0 rows were affected, 1 expected; check the key; the row may have been removed meanwhile",
			func(context.Context, *runtime.Op) error { return runtime.ExpectRows(0, 1) }},
		{"children", "has children: 2 scopes of type environment; purge the children first",
			func(context.Context, *runtime.Op) error { return runtime.RefuseChildren("environment", 2, nil) }},
		{"children with an error of its own", "item name taken; choose another key, or use the row that is there",
			func(context.Context, *runtime.Op) error { return runtime.RefuseChildren("environment", 2, errTaken) }},
		{"refusal", "still in use; remove what refers to it first",
			func(context.Context, *runtime.Op) error { return runtime.Refuse(1, nil) }},
		{"the answer does not fit", "column name of the answer does not fit its Go type; compare the schema with the one that sqlc has read",
			func(ctx context.Context, op *runtime.Op) error {
				var n int
				return op.QueryRow(ctx, "SELECT name FROM items").Scan(&n)
			}},
		{"the argument does not fit", "the driver reported an error (its text may quote values: unwrap this error to see it)",
			func(ctx context.Context, op *runtime.Op) error {
				_, err := op.Exec(ctx, "SELECT $1::smallint", 123456789)
				return err
			}},
		{"a permission", "the server reported an error (SQLSTATE 42501); grant the role what the query needs",
			func(ctx context.Context, op *runtime.Op) error {
				_, err := op.Exec(ctx, "DO $$ BEGIN RAISE EXCEPTION 'SECRET' USING ERRCODE = '42501'; END $$")
				return err
			}},
	} {
		if diff := cmp.Diff(prefix+tc.want, run(tc.call)); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
}

func TestFail(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	var nothing error
	err := create(t.Context(), runtime.NewRunner(pool), func(_ context.Context, op *runtime.Op) error {
		nothing = op.Fail("names", nil)
		return op.Fail("names", errCustom)
	})
	if nothing != nil {
		t.Errorf("Fail of nil is %v", nothing)
	}
	e := wantErr(t, err, errCustom)
	if e.Error() != "create item: step names: an error of the application; see what the function refuses" {
		t.Errorf("text %q", e)
	}
	// The application's code had it from the database: its text has the values.
	serverErr := pool.QueryRow(t.Context(), "SELECT 'SECRET'::int").Scan(new(int))
	err = create(t.Context(), runtime.NewRunner(pool), func(_ context.Context, op *runtime.Op) error {
		return op.Fail("names", serverErr)
	})
	if wantErr(t, err, serverErr); strings.Contains(err.Error(), "SECRET") {
		t.Errorf("text %q", err)
	}
}

func TestNewError(t *testing.T) {
	t.Parallel()
	a, b := runtime.NewError("taken", scope.ErrAlreadyExists), runtime.NewError("taken", scope.ErrAlreadyExists)
	if errors.Is(a, b) || !errors.Is(a, scope.ErrAlreadyExists) || a.Error() != "taken" {
		t.Errorf("%v and %v", a, b)
	}
	if alone := runtime.NewError("alone", nil); !errors.Is(alone, alone) || errors.Unwrap(alone) != nil {
		t.Errorf("%v", alone)
	}
}

func TestRowFunctions(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		err       error
		want      bool
		wantError error
	}{{nil, true, nil}, {pgx.ErrNoRows, false, nil}, {errCustom, false, errCustom}} {
		if got, err := runtime.Found(tc.err); got != tc.want || err != tc.wantError {
			t.Errorf("Found(%v) is %t, %v", tc.err, got, err)
		}
	}
	for name, err := range map[string]error{
		"ExpectRows":     runtime.ExpectRows(2, 2),
		"ExpectAtMost":   runtime.ExpectAtMost(1, 2),
		"ExpectAtLeast":  errors.Join(runtime.ExpectAtLeast(2, 2), runtime.ExpectAtLeast(3, 2)),
		"Refuse":         runtime.Refuse(0, errCustom),
		"RefuseChildren": runtime.RefuseChildren("team", 0, errCustom),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := runtime.Refuse(1, errCustom); err != errCustom {
		t.Errorf("Refuse is %v", err)
	}
	children := runtime.RefuseChildren("team", 3, errCustom)
	var e *scope.HasChildrenError
	if !errors.As(children, &e) || e.Type != "team" || e.Count != 3 || !errors.Is(children, scope.ErrHasChildren) || !errors.Is(children, errCustom) {
		t.Errorf("RefuseChildren is %v", children)
	}
	if !errors.Is(runtime.ExpectRows(3, 1), scope.ErrConflict) || errors.Is(runtime.ExpectRows(0, 1), scope.ErrConflict) {
		t.Error("a wrong number of rows is a conflict unless it is 0")
	}
}
