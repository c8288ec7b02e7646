package main

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/examples/backendai/backendaidb"
	"github.com/specgen-dev/specgen/examples/backendai/scopes"
	"github.com/specgen-dev/specgen/internal/faultdb"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/scope"
)

// kind is a type of scope, for tests of what all types have in common.
type kind struct {
	scopeType string
	table, id string // where its row is
	create    func(ctx context.Context, rbac *scopes.Provider) (created, error)
	purge     func(ctx context.Context, rbac *scopes.Provider, id pgtype.UUID) (purged, error)
	taken     error  // what a second creation of the same scope is
	want      purged // what a purge finds
}

type created struct {
	id    pgtype.UUID
	roles []backendaidb.Role
}

// purged is what the results of all purges have in common.
type purged struct {
	Found                                 bool
	Permissions                           int64
	ScopeAssociations, EntityAssociations int64
	ScopeMemberships, BindingsInto        int64 // of the scope's own node
	EntityMemberships, ScopeBindings      int64 // of other nodes
	VirtualScopes                         int64
}

// kinds creates its project and its user in the domain that the seed has. Of a child, the scope's own membership goes
// with its node, and so do both bindings into the node; what is left of it is the parent's membership.
func kinds() []kind {
	return []kind{
		{
			scopeType: "domain", table: "domains", id: "id",
			create: func(ctx context.Context, rbac *scopes.Provider) (created, error) {
				res, err := rbac.CreateDomain(ctx, scopes.DomainCreatorSpec{Name: "research"})
				if err != nil {
					return created{}, err
				}
				return created{res.Row.ID, res.Roles}, nil
			},
			purge: func(ctx context.Context, rbac *scopes.Provider, id pgtype.UUID) (purged, error) {
				res, err := rbac.PurgeDomain(ctx, scopes.DomainPurgerSpec{ID: id})
				if err != nil {
					return purged{}, err
				}
				return purged{res.Found, res.Permissions, res.ScopeAssociations, res.EntityAssociations,
					res.ScopeMemberships, res.BindingsInto, res.EntityMemberships, res.ScopeBindings, res.VirtualScopes}, nil
			},
			taken: scopes.ErrDomainNameTaken,
			want:  purged{Permissions: 76, ScopeAssociations: 2, ScopeMemberships: 1, BindingsInto: 1, VirtualScopes: 1},
		},
		{
			scopeType: "project", table: "groups", id: "id",
			create: func(ctx context.Context, rbac *scopes.Provider) (created, error) {
				res, err := rbac.CreateProject(ctx, scopes.ProjectCreatorSpec{Name: "vision", DomainName: "default"})
				if err != nil {
					return created{}, err
				}
				return created{res.Row.ID, res.Roles}, nil
			},
			purge: func(ctx context.Context, rbac *scopes.Provider, id pgtype.UUID) (purged, error) {
				res, err := rbac.PurgeProject(ctx, scopes.ProjectPurgerSpec{ID: id})
				if err != nil {
					return purged{}, err
				}
				return purged{res.Found, res.Permissions, res.ScopeAssociations, res.EntityAssociations,
					res.ScopeMemberships, res.BindingsInto, res.EntityMemberships, res.ScopeBindings, res.VirtualScopes}, nil
			},
			taken: scopes.ErrProjectNameTaken,
			want: purged{Permissions: 90, ScopeAssociations: 2, EntityAssociations: 1, ScopeMemberships: 1, BindingsInto: 2,
				EntityMemberships: 1, VirtualScopes: 1},
		},
		{
			scopeType: "user", table: "users", id: "uuid",
			create: func(ctx context.Context, rbac *scopes.Provider) (created, error) {
				res, err := rbac.CreateUser(ctx, scopes.UserCreatorSpec{
					Username: "ada", Email: "ada@example.com", DomainName: "default",
				})
				if err != nil {
					return created{}, err
				}
				return created{res.Row.Uuid, res.Roles}, nil
			},
			purge: func(ctx context.Context, rbac *scopes.Provider, id pgtype.UUID) (purged, error) {
				res, err := rbac.PurgeUser(ctx, scopes.UserPurgerSpec{ID: id})
				if err != nil {
					return purged{}, err
				}
				return purged{res.Found, res.Permissions, res.ScopeAssociations, res.EntityAssociations,
					res.ScopeMemberships, res.BindingsInto, res.EntityMemberships, res.ScopeBindings, res.VirtualScopes}, nil
			},
			taken: scopes.ErrUsernameTaken,
			want: purged{Permissions: 79, ScopeAssociations: 1, EntityAssociations: 1, ScopeMemberships: 1, BindingsInto: 2,
				EntityMemberships: 1, VirtualScopes: 1},
		},
		{
			scopeType: "resource_group", table: "resource_groups", id: "id",
			create: func(ctx context.Context, rbac *scopes.Provider) (created, error) {
				res, err := rbac.CreateResourceGroup(ctx, scopes.ResourceGroupCreatorSpec{Name: "gpu"})
				if err != nil {
					return created{}, err
				}
				return created{res.Row.ID, res.Roles}, nil
			},
			purge: func(ctx context.Context, rbac *scopes.Provider, id pgtype.UUID) (purged, error) {
				res, err := rbac.PurgeResourceGroup(ctx, scopes.ResourceGroupPurgerSpec{ID: id})
				if err != nil {
					return purged{}, err
				}
				return purged{res.Found, res.Permissions, res.ScopeAssociations, res.EntityAssociations,
					res.ScopeMemberships, res.BindingsInto, res.EntityMemberships, res.ScopeBindings, res.VirtualScopes}, nil
			},
			taken: scopes.ErrResourceGroupNameTaken,
			want:  purged{Permissions: 3, ScopeAssociations: 3, ScopeMemberships: 1, BindingsInto: 1, VirtualScopes: 1},
		},
		{
			scopeType: "container_registry", table: "container_registries", id: "id",
			create: func(ctx context.Context, rbac *scopes.Provider) (created, error) {
				res, err := rbac.CreateContainerRegistry(ctx, scopes.ContainerRegistryCreatorSpec{Name: "registry.example.com"})
				if err != nil {
					return created{}, err
				}
				return created{res.Row.ID, res.Roles}, nil
			},
			purge: func(ctx context.Context, rbac *scopes.Provider, id pgtype.UUID) (purged, error) {
				res, err := rbac.PurgeContainerRegistry(ctx, scopes.ContainerRegistryPurgerSpec{ID: id})
				if err != nil {
					return purged{}, err
				}
				return purged{res.Found, res.Permissions, res.ScopeAssociations, res.EntityAssociations,
					res.ScopeMemberships, res.BindingsInto, res.EntityMemberships, res.ScopeBindings, res.VirtualScopes}, nil
			},
			taken: scopes.ErrContainerRegistryNameTaken,
			want:  purged{Permissions: 7, ScopeAssociations: 6, ScopeMemberships: 1, BindingsInto: 1, VirtualScopes: 1},
		},
	}
}

// eachKind runs a test for every type of scope, each on a database of its own.
func eachKind(t *testing.T, test func(t *testing.T, pool *pgxpool.Pool, k kind)) {
	t.Helper()
	for _, k := range kinds() {
		t.Run(k.scopeType, func(t *testing.T) {
			t.Parallel()
			test(t, newDB(t), k)
		})
	}
}

func newDB(t *testing.T) *pgxpool.Pool {
	t.Helper()
	return pgtest.Pool(t, schemaSQL, seedSQL)
}

// mustCreate creates the scope of a kind.
func mustCreate(t *testing.T, db scope.DB, k kind) created {
	t.Helper()
	made, err := k.create(t.Context(), scopes.NewProvider(db))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func mustExec(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("preparing the test: %v", err)
	}
}

// rowsOf returns all rows of the database.
func rowsOf(t *testing.T, pool *pgxpool.Pool) map[string][]string {
	t.Helper()
	rows, err := faultdb.Snapshot(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
