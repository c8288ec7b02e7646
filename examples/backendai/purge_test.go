package main

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/examples/backendai/scopes"
	"github.com/specgen-dev/specgen/scope"
)

func uuidText(id pgtype.UUID) string { return scope.UUID(id.Bytes).String() }

// TestPurgeTakesAllButRoles creates and purges a scope beside one of another type that has the same id: every table but
// that of the roles is as before.
func TestPurgeTakesAllButRoles(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, pool *pgxpool.Pool, k kind) {
		// A first creation, undone, tells which id the second will draw.
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		undone, err := k.create(t.Context(), scopes.NewProvider(tx, scope.WithUUID(sequence())))
		if err := errors.Join(err, tx.Rollback(t.Context())); err != nil {
			t.Fatal(err)
		}
		insertTwin(t, pool, undone.id)
		before := rowsOf(t, pool)
		rbac := scopes.NewProvider(pool, scope.WithUUID(sequence()))
		made, err := k.create(t.Context(), rbac)
		if err != nil {
			t.Fatal(err)
		}
		if made.id != undone.id {
			t.Fatalf("the scope has the id %s, want that of its twin, %s", uuidText(made.id), uuidText(undone.id))
		}
		got, err := k.purge(t.Context(), rbac, made.id)
		if err != nil {
			t.Fatal(err)
		}
		want := k.want
		want.Found = true
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
		after := rowsOf(t, pool)
		if n := len(after["roles"]) - len(before["roles"]); n != len(made.roles) {
			t.Errorf("%d roles were kept, want %d", n, len(made.roles))
		}
		delete(before, "roles")
		delete(after, "roles")
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("rows (-before +after):\n%s", diff)
		}
	})
}

// sequence returns a source of the ids 1, 2, 3.
func sequence() func() scope.UUID {
	var n byte
	return func() scope.UUID {
		n++
		return scope.UUID{15: n}
	}
}

// insertTwin inserts what a scope of a type of its own leaves in the tables that all types share, with the domain of the
// seed as its parent.
func insertTwin(t *testing.T, pool *pgxpool.Pool, id pgtype.UUID) {
	t.Helper()
	mustExec(t, pool, "INSERT INTO roles (id, name) VALUES ('d0000000-0000-4000-8000-000000000001', 'twin')")
	for _, sql := range []string{
		`INSERT INTO permissions (role_id, scope_type, scope_id, entity_type, operation, permission)
			SELECT id, 'vfolder', $1::uuid::text, 'session', 'read', 1 FROM roles`,
		`INSERT INTO association_scopes_entities (scope_type, scope_id, entity_type, entity_id)
			SELECT 'vfolder', $1::uuid::text, 'role', id::text FROM roles`,
		// Not in the domain of the seed: the table's key leaves the type of the entity out.
		`INSERT INTO association_scopes_entities (scope_type, scope_id, entity_type, entity_id)
			SELECT 'storage_host', id::text, 'vfolder', $1::uuid::text FROM domains`,
		`INSERT INTO virtual_scopes (scope_type, scope_id) VALUES ('vfolder', $1)`,
		`INSERT INTO entity_memberships (virtual_scope_id, entity_type, entity_id)
			SELECT id, 'vfolder', $1 FROM virtual_scopes WHERE scope_type IN ('vfolder', 'domain')`,
		`INSERT INTO scope_bindings (virtual_scope_id, scope_type, scope_id)
			SELECT id, 'vfolder', $1 FROM virtual_scopes WHERE scope_type IN ('vfolder', 'domain')`,
	} {
		mustExec(t, pool, sql, id)
	}
}

func TestPurgeCleansResidue(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, pool *pgxpool.Pool, k kind) {
		before := rowsOf(t, pool)
		made := mustCreate(t, pool, k)
		mustExec(t, pool, "DELETE FROM "+k.table+" WHERE "+k.id+" = $1", made.id)
		rbac := scopes.NewProvider(pool)
		got, err := k.purge(t.Context(), rbac, made.id)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(k.want, got); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
		after := rowsOf(t, pool)
		delete(before, "roles")
		delete(after, "roles")
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("rows (-before +after):\n%s", diff)
		}
		// A second purge finds nothing, and that is no error.
		if got, err := k.purge(t.Context(), rbac, made.id); err != nil || got != (purged{}) {
			t.Errorf("a second purge gave %+v, %v", got, err)
		}
	})
}

func TestPurgeGivesTheRow(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	rbac := scopes.NewProvider(pool)
	made, err := rbac.CreateUser(t.Context(), scopes.UserCreatorSpec{Username: "ada", Email: "ada@example.com", DomainName: "default"})
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, pool, "INSERT INTO user_roles (user_id, role_id) VALUES ($1, $2)", made.Row.Uuid, made.Roles[0].ID)
	res, err := rbac.PurgeUser(t.Context(), scopes.UserPurgerSpec{ID: made.Row.Uuid})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(made.Row, res.Row); diff != "" || res.UserRoles != 1 {
		t.Errorf("%d roles were taken from the user, want 1; row (-created +purged):\n%s", res.UserRoles, diff)
	}
}
