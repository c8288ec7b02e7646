package main

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/examples/backendai/scopes"
	"github.com/specgen-dev/specgen/scope"
)

// wantRefused checks that a call fails with an error that is each of the targets, and that it writes nothing.
func wantRefused(t *testing.T, pool *pgxpool.Pool, call func(ctx context.Context, rbac *scopes.Provider) error, targets ...error) *scope.Error {
	t.Helper()
	before := rowsOf(t, pool)
	err := call(t.Context(), scopes.NewProvider(pool))
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Errorf("error %v is not %v", err, target)
		}
	}
	if diff := cmp.Diff(before, rowsOf(t, pool)); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
	var e *scope.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no *scope.Error", err)
	}
	return e
}

func TestCreateWithoutParent(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]string{
		"missing":  "UPDATE domains SET name = 'renamed'",
		"inactive": "UPDATE domains SET is_active = false",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := newDB(t)
			mustExec(t, pool, "DELETE FROM users")
			mustExec(t, pool, prepare)
			for _, k := range kinds() {
				if k.want.EntityAssociations == 0 {
					continue // has no parent
				}
				e := wantRefused(t, pool, func(ctx context.Context, rbac *scopes.Provider) error {
					_, err := k.create(ctx, rbac)
					return err
				}, scope.ErrParentNotFound)
				if e.Step != "parents.domain" || e.Scope.Type != k.scopeType {
					t.Errorf("%s: error %v", k.scopeType, e)
				}
			}
		})
	}
}

// TestCreateWithoutParentNode is about a domain that was not made by a coordinator, and has no virtual scope.
func TestCreateWithoutParentNode(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	mustExec(t, pool, "DELETE FROM virtual_scopes WHERE scope_type = 'domain'")
	for _, k := range kinds() {
		if k.want.EntityAssociations == 0 {
			continue
		}
		wantRefused(t, pool, func(ctx context.Context, rbac *scopes.Provider) error {
			_, err := k.create(ctx, rbac)
			return err
		}, scopes.ErrParentNodeMissing, scope.ErrNotFound)
	}
}

func TestCreateTwice(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, pool *pgxpool.Pool, k kind) {
		mustCreate(t, pool, k)
		e := wantRefused(t, pool, func(ctx context.Context, rbac *scopes.Provider) error {
			_, err := k.create(ctx, rbac)
			return err
		}, k.taken, scope.ErrAlreadyExists)
		if e.Step != "row" || e.SQLState != "23505" || e.Table != k.table {
			t.Errorf("error %v: step %s, SQLSTATE %s, table %s", e, e.Step, e.SQLState, e.Table)
		}
	})
}

// TestTwoUniqueKeys checks that each of two keys of a table is told as itself.
func TestTwoUniqueKeys(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	for _, tc := range []struct {
		name, email string
		want, not   error
	}{
		{"admin", "new@example.com", scopes.ErrUsernameTaken, scopes.ErrUserEmailTaken},
		{"new", "admin@lablup.com", scopes.ErrUserEmailTaken, scopes.ErrUsernameTaken},
	} {
		e := wantRefused(t, pool, func(ctx context.Context, rbac *scopes.Provider) error {
			_, err := rbac.CreateUser(ctx, scopes.UserCreatorSpec{Username: tc.name, Email: tc.email, DomainName: "default"})
			return err
		}, tc.want, scope.ErrAlreadyExists)
		if errors.Is(e, tc.not) {
			t.Errorf("error %v is %v, too", e, tc.not)
		}
	}
}

// TestOneNameInTwoDomains checks that a project's name is taken in its own domain only.
func TestOneNameInTwoDomains(t *testing.T) {
	t.Parallel()
	rbac := scopes.NewProvider(newDB(t))
	if _, err := rbac.CreateDomain(t.Context(), scopes.DomainCreatorSpec{Name: "research"}); err != nil {
		t.Fatal(err)
	}
	for _, domain := range []string{"default", "research"} {
		if _, err := rbac.CreateProject(t.Context(), scopes.ProjectCreatorSpec{Name: "vision", DomainName: domain}); err != nil {
			t.Errorf("in the domain %s: %v", domain, err)
		}
	}
}

func TestPurgeOfDomainWithChildren(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		children string
		count    int64
		prepare  string
		want     error
	}{
		{"project", 2, "DELETE FROM users", scopes.ErrDomainHasProjects},
		{"user", 3, "DELETE FROM groups", scopes.ErrDomainHasUsers},
		{"project", 2, "", scopes.ErrDomainHasProjects},
	} {
		t.Run(tc.children+" "+tc.prepare, func(t *testing.T) {
			t.Parallel()
			pool := newDB(t)
			mustExec(t, pool, tc.prepare)
			id := idOf(t, pool, "SELECT id FROM domains WHERE name = 'default'")
			e := wantRefused(t, pool, func(ctx context.Context, rbac *scopes.Provider) error {
				_, err := rbac.PurgeDomain(ctx, scopes.DomainPurgerSpec{ID: id})
				return err
			}, tc.want, scope.ErrHasChildren)
			var children *scope.HasChildrenError
			if !errors.As(e, &children) || children.Type != tc.children || children.Count != tc.count {
				t.Errorf("error %v has the children %+v, want %d of type %s", e, children, tc.count, tc.children)
			}
			if e.Scope != (scope.Context{Type: "domain", ID: uuidText(id)}) {
				t.Errorf("the error is of %v", e.Scope)
			}
		})
	}
}

func TestPurgeOfProjectWithUsers(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	mustExec(t, pool, `INSERT INTO association_groups_users (user_id, group_id)
		SELECT u.uuid, g.id FROM users AS u, groups AS g WHERE g.name = 'default'`)
	id := idOf(t, pool, "SELECT id FROM groups WHERE name = 'default'")
	wantRefused(t, pool, func(ctx context.Context, rbac *scopes.Provider) error {
		_, err := rbac.PurgeProject(ctx, scopes.ProjectPurgerSpec{ID: id})
		return err
	}, scopes.ErrProjectHasUsers, scope.ErrInUse)
	mustExec(t, pool, "DELETE FROM association_groups_users")
	if _, err := scopes.NewProvider(pool).PurgeProject(t.Context(), scopes.ProjectPurgerSpec{ID: id}); err != nil {
		t.Errorf("without users: %v", err)
	}
}

// TestUnknownOperation checks that the error of a Go function stops a creation, and is told as it is.
func TestUnknownOperation(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	mustExec(t, pool, "UPDATE role_permission_presets SET operation = 'fly' WHERE operation = 'grant:read'")
	e := wantRefused(t, pool, func(ctx context.Context, rbac *scopes.Provider) error {
		_, err := rbac.CreateContainerRegistry(ctx, scopes.ContainerRegistryCreatorSpec{Name: "registry.example.com"})
		return err
	})
	const want = `create container_registry: step $go.PermissionBit: operation "fly" has no permission bit; see what the function refuses`
	if diff := cmp.Diff(want, e.Error()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func idOf(t *testing.T, pool *pgxpool.Pool, query string) pgtype.UUID {
	t.Helper()
	var id pgtype.UUID
	if err := pool.QueryRow(t.Context(), query).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}
