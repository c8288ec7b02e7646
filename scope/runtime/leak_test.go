package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// marked is a value that no text of ours may hold.
const marked = "Jane-Doe-1970"

// leakSchema refuses marked values in every way that a schema can.
const leakSchema = testSchema + `
CREATE TABLE people (
	name  varchar(20) NOT NULL CONSTRAINT people_name_key UNIQUE,
	mood  text NOT NULL DEFAULT 'fine' CONSTRAINT people_mood_check CHECK (mood <> 'Jane-Doe-1970'),
	boss  text CONSTRAINT people_boss_fkey REFERENCES parents,
	later text CONSTRAINT people_later_fkey REFERENCES parents DEFERRABLE INITIALLY DEFERRED,
	born  date
);
CREATE TYPE colour AS ENUM ('red');
INSERT INTO people (name) VALUES ('Jane-Doe-1970');
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'no % here', NEW.name USING DETAIL = NEW.name, HINT = NEW.name, COLUMN = 'name';
END $$;
CREATE TABLE told (name text);
CREATE TRIGGER tell BEFORE INSERT ON told FOR EACH ROW EXECUTE FUNCTION tell();
`

// ours calls see with every error in err's tree that this module makes.
func ours(err error, see func(error)) {
	if err == nil {
		return
	}
	t := reflect.TypeOf(err)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if strings.Contains(t.PkgPath(), "/specgen/scope") {
		see(err)
	}
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		ours(u.Unwrap(), see)
	case interface{ Unwrap() []error }:
		for _, inner := range u.Unwrap() {
			ours(inner, see)
		}
	}
}

// wantNoValue searches every text of ours for the marked value.
func wantNoValue(t *testing.T, err error) {
	t.Helper()
	seen := 0
	ours(err, func(e error) {
		seen++
		for _, verb := range []string{"%v", "%+v", "%s", "%q"} {
			if text := fmt.Sprintf(verb, e); strings.Contains(text, marked) {
				t.Errorf("%T: %s prints %s", e, verb, text)
			}
		}
	})
	if seen == 0 {
		t.Errorf("no error of ours in %T", err)
	}
}

func TestNoValueInATextOfOurs(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t, leakSchema)
	statement := func(sql string, args ...any) func(context.Context, *runtime.Op) error {
		return func(ctx context.Context, op *runtime.Op) error {
			return exec(ctx, op, runtime.Step{Name: "people.row", Query: "CreatePerson"}, sql, args...)
		}
	}
	scan := func(dest any) func(context.Context, *runtime.Op) error {
		return func(ctx context.Context, op *runtime.Op) error {
			f := op.Flush()
			f.Do(runtime.Step{Name: "people.read"}, func(ctx context.Context) error {
				return op.QueryRow(ctx, "SELECT name FROM people").Scan(dest)
			})
			return f.Send(ctx)
		}
	}
	for _, tc := range []struct {
		name   string
		fail   func(ctx context.Context, op *runtime.Op) error
		driver bool   // the driver's error has the value, and is reached
		step   string // people.row when empty
	}{
		{name: "unique", fail: statement("INSERT INTO people (name) VALUES ($1)", marked), driver: true},
		{name: "foreign key", fail: statement("INSERT INTO people (name, boss) VALUES ('a', $1)", marked), driver: true},
		{name: "deferred foreign key", fail: statement("INSERT INTO people (name, later) VALUES ('a', $1)", marked), driver: true, step: "COMMIT"},
		{name: "check", fail: statement("INSERT INTO people (name, mood) VALUES ('a', $1)", marked), driver: true},
		{name: "not null", fail: statement("INSERT INTO people (name, boss) VALUES (NULL, $1)", marked), driver: true},
		{name: "too long", fail: statement("INSERT INTO people (name) VALUES ($1)", strings.Repeat(marked, 3))},
		{name: "not a number", fail: statement("SELECT $1::text::int", marked), driver: true},
		{name: "not an enum", fail: statement("SELECT $1::text::colour", marked), driver: true},
		{name: "not json", fail: statement("SELECT $1::text::jsonb", marked)},
		{name: "a trigger", fail: statement("INSERT INTO told VALUES ($1)", marked), driver: true},
		{name: "a NUL byte", fail: statement("INSERT INTO people (name) VALUES ($1)", marked+"\x00")},
		{name: "not UTF-8", fail: statement("INSERT INTO people (name) VALUES ($1)", marked+"\xff")},
		{name: "a literal in broken SQL", fail: statement("SELECT '" + marked + "' FRM people")},
		{name: "not encodable", fail: statement("SELECT $1::int", marked), driver: true},
		{name: "not decodable", fail: scan(new(int)), step: "people.read"},
		{name: "not a UUID", fail: func(_ context.Context, op *runtime.Op) error {
			_, err := scope.ParseUUID(marked)
			return op.Fail("people.row", err)
		}},
		{name: "not an integer", fail: func(_ context.Context, op *runtime.Op) error {
			_, err := runtime.ParseInt(marked)
			return op.Fail("people.row", err)
		}},
		{name: "a function that asks the database", fail: func(ctx context.Context, op *runtime.Op) error {
			_, err := pool.Exec(ctx, "INSERT INTO people (name) VALUES ($1)", marked)
			return op.Fail("people.row", fmt.Errorf("asking for %s: %w", marked, err))
		}, driver: true},
	} {
		check := func(t *testing.T, db scope.DB, commits bool) {
			t.Helper()
			var told []error
			observed := scope.WithObserver(func(_ context.Context, e scope.Event) {
				if e.Err != nil {
					told = append(told, e.Err)
				}
			})
			err := create(t.Context(), runtime.NewRunner(db, observed), tc.fail)
			if err == nil && !commits {
				return // what fails at COMMIT fails at the caller's
			}
			e := wantErr(t, err)
			for _, err := range append(told, err) {
				wantNoValue(t, err)
			}
			step := tc.step
			if step == "" {
				step = "people.row"
			}
			text := err.Error()
			if !strings.HasPrefix(text, "create item: ") || !strings.Contains(text, step) {
				t.Errorf("text %q does not name the scope's type and the step %q", text, step)
			}
			if !strings.Contains(text, "; ") && !strings.Contains(text, "unwrap this error") {
				t.Errorf("text %q does not say what to do", text)
			}
			if reached := driverText(e); tc.driver && !strings.Contains(reached, marked) {
				t.Errorf("the driver's detail is not reached: %q", reached)
			}
		}
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			check(t, pool, true)
			check(t, outer(t, pool, pgx.TxOptions{}), false)
		})
	}
}

// driverText is what the causes of e say that are not ours.
func driverText(e *scope.Error) string {
	var pgErr *pgconn.PgError
	if errors.As(e, &pgErr) {
		return pgErr.Message + pgErr.Detail
	}
	var b strings.Builder
	for _, err := range e.Unwrap() {
		b.WriteString(err.Error())
	}
	return b.String()
}

func TestNoValueInOtherTextsOfOurs(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t, leakSchema)
	_, serverErr := pool.Exec(t.Context(), "INSERT INTO people (name) VALUES ($1)", marked)
	value := func(context.Context) (string, error) { return "", serverErr }
	_, valueErr := runtime.Value(t.Context(), "actor", value)
	hookErr := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
		for range 2 {
			op.AfterCommit("event", func(context.Context) error { return serverErr })
		}
		return insertItem(ctx, op, "a")
	})
	unknown := create(t.Context(), runtime.NewRunner(cuttingPool(t, pool, loseAnswer, nil)), func(ctx context.Context, op *runtime.Op) error {
		return exec(ctx, op, runtime.Step{Name: "row"}, "INSERT INTO items (name) VALUES ($1)", marked)
	})
	retried := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
		const raise = "DO $$ BEGIN RAISE EXCEPTION '" + marked + "' USING ERRCODE = '40001'; END $$"
		return exec(ctx, op, runtime.Step{Name: "row"}, raise)
	})
	purge := do(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, tx *runtime.Tx) error {
		op := tx.Purge(scope.Context{Type: "item", ID: marked}, nil)
		f := op.Flush()
		f.Do(runtime.Step{Name: "children"}, func(context.Context) error { return runtime.RefuseChildren("team", 2, nil) })
		return f.Send(ctx)
	})
	for name, err := range map[string]error{
		"a value of the context": valueErr,
		"preparing":              runtime.PrepareFailed("item", "before.Check", serverErr),
		"no id":                  runtime.NoID("item", 0),
		"not prepared":           runtime.NotPrepared("item"),
		"after the commit":       hookErr,
		"unknown":                unknown,
		"retried":                retried,
		"purge":                  purge,
	} {
		t.Run(name, func(t *testing.T) { wantNoValue(t, err) })
	}
}

// What the client finds has hints of its own: the table has no part in it.
func TestHintsOfTheClientsErrors(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	fail := func(err error) string {
		return create(t.Context(), runtime.NewRunner(pool), func(_ context.Context, op *runtime.Op) error {
			return op.Fail("$uuid", err)
		}).Error()
	}
	_, uuidErr := scope.ParseUUID("x")
	_, intErr := runtime.ParseInt("x")
	for _, tc := range []struct{ got, want string }{
		{fail(uuidErr), "create item: step $uuid: not a UUID: want 32 hexadecimal digits in groups of 8-4-4-4-12; correct the value"},
		{fail(intErr), "create item: step $uuid: not an integer of 64 bits; correct the value"},
		{runtime.NoID("item", 0).Error(), "purge item: step id: the id of the scope is not set: give the specification an ID"},
		{runtime.NotPrepared("item").Error(), "create item: step before: not prepared: call the Prepare function before the transaction, and pass its result"},
	} {
		if tc.got != tc.want {
			t.Errorf("text %q, want %q", tc.got, tc.want)
		}
	}
	if !errors.Is(runtime.NoID("item", 0), scope.ErrInvalid) || !errors.Is(runtime.NotPrepared("item"), scope.ErrPrepareFirst) {
		t.Error("the sentinels are not found")
	}
}
