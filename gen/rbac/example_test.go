package rbac_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/gen/rbacdb"
	"github.com/specgen-dev/specgen/scope"
)

// A domain and a project are created, each with what belongs to it, and purged.
func Example() {
	ctx := context.Background()
	pool := openExample() // a *pgxpool.Pool
	scopes := rbac.NewProvider(pool)

	domain, err := scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
	if err != nil {
		panic(err)
	}
	project, err := scopes.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: domain.Row.ID, Name: "vision"})
	if err != nil {
		panic(err)
	}
	for _, role := range project.Roles { // one for each preset of projects
		fmt.Println("role", role.Name)
	}

	_, err = scopes.PurgeDomain(ctx, rbac.DomainPurgerSpec{ID: domain.Row.ID})
	if errors.Is(err, rbac.ErrDomainHasProjects) {
		fmt.Println("the domain has a project")
	}

	purged, err := scopes.PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: project.Row.ID})
	if err != nil {
		panic(err)
	}
	fmt.Println("purged", purged.Row.Name, "with", purged.Permissions, "permissions")
	// Output:
	// role admin
	// role member
	// the domain has a project
	// purged vision with 4 permissions
}

// An error says what it means, by the specification's own errors and by those of
// package scope. Unless it is scope.ErrCommitUnknown, or a *scope.Error whose
// Committed is true, nothing was written.
func ExampleProvider_CreateProject() {
	ctx := context.Background()
	scopes := rbac.NewProvider(openExample())
	domain, err := scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
	if err != nil {
		panic(err)
	}

	for _, name := range []string{"vision", "vision", ""} {
		_, err := scopes.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: domain.Row.ID, Name: name})
		switch {
		case errors.Is(err, rbac.ErrProjectNameTaken):
			fmt.Println("choose another name")
		case errors.Is(err, scope.ErrParentNotFound):
			fmt.Println("the domain is gone")
		case errors.Is(err, scope.ErrInvalid):
			fmt.Println("this is no name")
		case err != nil:
			panic(err)
		default:
			fmt.Println("created", name)
		}
	}
	// Output:
	// created vision
	// choose another name
	// this is no name
}

// Both are created, or neither.
func ExampleProvider_WriterOps() {
	ctx := context.Background()
	scopes := rbac.NewProvider(openExample())

	err := scopes.WriterOps(ctx, func(ctx context.Context, ops *rbac.WriterOps) error {
		domain, err := ops.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
		if err != nil {
			return err
		}
		_, err = ops.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: domain.Row.ID, Name: ""})
		return err
	})
	fmt.Println("invalid:", errors.Is(err, scope.ErrInvalid))

	_, err = scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"}) // the name is free: nothing was written
	fmt.Println("then:", err)
	// Output:
	// invalid: true
	// then: <nil>
}

// Queries of the application's own run in the transaction of WriterOps, in order with
// its operations. An error of one rolls everything back.
func ExampleWriterOps_DB() {
	ctx := context.Background()
	scopes := rbac.NewProvider(openExample())

	create := func(name, kind string) error {
		return scopes.WriterOps(ctx, func(ctx context.Context, ops *rbac.WriterOps) error {
			domain, err := ops.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: name})
			if err != nil {
				return err
			}
			id := pgtype.UUID{Bytes: scope.NewUUID(), Valid: true}
			return rbacdb.New(ops.DB()).CreateAssociation(ctx, rbacdb.CreateAssociationParams{ // any query of yours
				ID: id, ScopeType: "domain", ScopeID: domain.Row.ID.String(), EntityType: "document", EntityID: "1", RelationType: kind,
			})
		})
	}
	fmt.Println("auto:", create("acme", "auto"))
	fmt.Println("nonsense:", create("other", "nonsense") != nil)

	_, err := scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "other"}) // the name is free: nothing was written
	fmt.Println("then:", err)
	// Output:
	// auto: <nil>
	// nonsense: true
	// then: <nil>
}

// A Provider on a pgx.Tx joins that transaction: what the coordinator writes and
// what the application's own queries write is committed together.
func ExampleNewProvider_yourOwnTransaction() {
	ctx := context.Background()
	pool := openExample() // a *pgxpool.Pool

	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		domain, err := rbac.NewProvider(tx).CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
		if err != nil {
			return err
		}
		_, err = rbacdb.New(tx).LockDomain(ctx, domain.Row.ID) // any query of yours
		return err
	})
	fmt.Println(err)
	// Output:
	// <nil>
}

// All projects are created, or none; the error names the item.
func ExampleProvider_CreateProjects() {
	ctx := context.Background()
	scopes := rbac.NewProvider(openExample())
	domain, err := scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
	if err != nil {
		panic(err)
	}

	_, err = scopes.CreateProjects(ctx, []rbac.ProjectCreatorSpec{
		{DomainID: domain.Row.ID, Name: "vision"},
		{DomainID: domain.Row.ID, Name: "speech"},
		{DomainID: domain.Row.ID, Name: "vision"},
	})
	var item *scope.ItemError
	if errors.As(err, &item) {
		fmt.Println("item", item.Index, "is taken:", errors.Is(err, rbac.ErrProjectNameTaken))
	}
	// Output:
	// item 2 is taken: true
}

// Those that can be created are; the error has an item for each of the others.
func ExampleProvider_each() {
	ctx := context.Background()
	scopes := rbac.NewProvider(openExample())
	domain, err := scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
	if err != nil {
		panic(err)
	}

	made, err := scope.Each(ctx, scopes, []rbac.ProjectCreatorSpec{
		{DomainID: domain.Row.ID, Name: "vision"},
		{DomainID: domain.Row.ID, Name: "vision"},
		{DomainID: domain.Row.ID, Name: "speech"},
	}, scopes.CreateProject, scopes.CreateProjects)
	var failed *scope.ItemsError
	if errors.As(err, &failed) {
		for _, item := range failed.Items {
			fmt.Println("item", item.Index, "failed; its result is nil:", made[item.Index] == nil)
		}
	}
	fmt.Println("created", made[0].Row.Name, "and", made[2].Row.Name)
	// Output:
	// item 1 failed; its result is nil: true
	// created vision and speech
}

// A project that is not there is no error, so that a purge may be repeated.
func ExampleProvider_PurgeProject() {
	ctx := context.Background()
	scopes := rbac.NewProvider(openExample())
	domain, err := scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
	if err != nil {
		panic(err)
	}
	project, err := scopes.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: domain.Row.ID, Name: "vision"})
	if err != nil {
		panic(err)
	}

	for range 2 {
		res, err := scopes.PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: project.Row.ID})
		if err != nil {
			panic(err)
		}
		fmt.Println(res.Found, res.Permissions)
	}
	// Output:
	// true 4
	// false 0
}
