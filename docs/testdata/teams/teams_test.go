// Package teams_test runs what docs/language.md shows: every generated package,
// and the Go code that uses one. It is run in a copy of this directory, to which
// the packages, the function use and the list newProviders are added.
package teams_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
)

func newPool(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), os.Getenv("TEAMS_DATABASE_URL"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func TestUseMany(t *testing.T) {
	t.Parallel()
	if err := useMany(t.Context(), newPool(t), id(newUUID())); err != nil {
		t.Fatal(err)
	}
}

func TestUse(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	if err := use(t.Context(), pool, id(newUUID())); err != nil {
		t.Fatal(err)
	}
	var events, workspaces int
	err := pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM events e JOIN organisations o ON e.scope_id = o.id::text AND o.name = 'Acme'),
		(SELECT count(*) FROM workspaces w JOIN organisations o ON o.id = w.organisation_id AND o.name = 'Acme')`).Scan(&events, &workspaces)
	if err != nil {
		t.Fatal(err)
	}
	if events != 1 || workspaces != 0 {
		t.Errorf("there are %d events and %d workspaces, want 1 and 0", events, workspaces)
	}
}

// kinds are the scopes of the examples, parents last: they are purged in this
// order. The first two are not in every example.
var kinds = []string{"Host", "Project", "Environment", "Workspace", "Organisation"}

// Each example creates each of its scopes and purges it again.
func TestExamplesRun(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	for name, newProvider := range newProviders {
		t.Run(name, func(t *testing.T) {
			provider := build(newProvider, pool)
			for _, s := range kinds {
				createAndPurge(t, pool, provider, s)
			}
		})
	}
}

// build calls a NewProvider, whether or not it takes values of the context.
func build(newProvider any, pool *pgxpool.Pool) reflect.Value {
	f := reflect.ValueOf(newProvider)
	args := []reflect.Value{reflect.ValueOf(pool)}
	if in := f.Type().In(1); in.Kind() == reflect.Struct {
		values := reflect.New(in).Elem()
		for i := range values.NumField() {
			typ := values.Field(i).Type()
			values.Field(i).Set(reflect.MakeFunc(typ, func([]reflect.Value) []reflect.Value {
				v := reflect.New(typ.Out(0)).Elem()
				fill(v, "context")
				return []reflect.Value{v, reflect.Zero(typ.Out(1))}
			}))
		}
		args = append(args, values)
	}
	return f.Call(args)[0]
}

// createAndPurge makes a scope of a kind and removes it again.
func createAndPurge(t *testing.T, pool *pgxpool.Pool, provider reflect.Value, name string) {
	t.Helper()
	method := provider.MethodByName("Create" + name)
	switch {
	case !method.IsValid() && (name == "Host" || name == "Project"):
		return
	case !method.IsValid():
		t.Fatalf("there is no Create%s", name)
	}
	spec := reflect.New(method.Type().In(1)).Elem()
	for i := range spec.NumField() {
		fill(spec.Field(i), spec.Type().Field(i).Name)
	}
	out := method.Call([]reflect.Value{reflect.ValueOf(t.Context()), spec})
	if err, _ := out[1].Interface().(error); err != nil {
		t.Fatalf("create %s: %v", name, chain(err))
	}
	method = provider.MethodByName("Purge" + name)
	purge := reflect.New(method.Type().In(1)).Elem()
	purge.FieldByName("ID").Set(out[0].Elem().FieldByName("Row").FieldByName("ID"))
	out = method.Call([]reflect.Value{reflect.ValueOf(t.Context()), purge})
	err, _ := out[1].Interface().(error)
	if errors.Is(err, scope.ErrInUse) && strings.Contains(err.Error(), "step refuse.") {
		// The scope's own rows forbid it: once they are gone, it is purged.
		if _, err := pool.Exec(t.Context(), "DELETE FROM members"); err != nil {
			t.Fatal(err)
		}
		out = method.Call([]reflect.Value{reflect.ValueOf(t.Context()), purge})
		err, _ = out[1].Interface().(error)
	}
	switch {
	case err != nil:
		t.Fatalf("purge %s: %v", name, chain(err))
	case !out[0].Elem().FieldByName("Found").Bool():
		t.Errorf("purge %s: it was not found", name)
	}
}

// chain shows what the text of an error leaves out.
func chain(err error) string {
	var own *scope.Error
	text := err.Error()
	if errors.As(err, &own) {
		for _, e := range own.Unwrap() {
			text += "\n\t" + e.Error()
		}
	}
	return text
}

// fill gives a field a value that the tables take: a row of seed.sql, or
// something new.
func fill(v reflect.Value, name string) {
	seeds := map[string]byte{"OrganisationID": 1, "ReviewerTeam": 2, "TeamIds": 2, "TeamIDs": 2, "WorkspaceID": 4}
	switch x := v.Addr().Interface().(type) {
	case *pgtype.UUID:
		*x = id(newUUID())
		if n := seeds[name]; n > 0 {
			*x = id(scope.MustParseUUID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n)))
		}
		return
	case *pgtype.Timestamptz:
		*x = pgtype.Timestamptz{Time: time.Now(), Valid: true}
		return
	case *json.RawMessage:
		*x = json.RawMessage("{}")
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), name)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.String:
		switch {
		case v.Type() != reflect.TypeFor[string]():
			v.SetString("personal") // an enum
		case name == "OrganisationName":
			v.SetString("Seed")
		case name == "Note":
			v.SetString("00000000-0000-4000-8000-000000000002")
		default:
			v.SetString("x-" + newUUID().String())
		}
	}
}

func newUUID() scope.UUID { return scope.NewUUID() }

func id(u scope.UUID) pgtype.UUID { return pgtype.UUID{Bytes: u, Valid: true} }
