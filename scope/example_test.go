package scope_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/scope"
)

// What an application needs of this package is mostly its errors. Package rbac is
// generated: see the reference RBAC of this module.
func Example() {
	ctx := context.Background()
	pool := openExample() // a *pgxpool.Pool
	scopes := rbac.NewProvider(pool)

	for range 2 {
		domain, err := scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
		switch {
		case err == nil:
			fmt.Println("created", domain.Row.Name)
		case errors.Is(err, scope.ErrAlreadyExists): // rbac.ErrDomainNameTaken says it of the name alone
			fmt.Println("there is one already")
		case errors.Is(err, scope.ErrCommitUnknown):
			fmt.Println("look whether it is there before trying again")
		case errors.Is(err, scope.ErrConflict):
			fmt.Println("try again")
		default:
			panic(err)
		}
	}
	// Output:
	// created acme
	// there is one already
}

// An Error says where a call failed. Its text is fit for logs; the server's own
// message, which may hold values of rows, is reached by errors.As.
func ExampleError() {
	ctx := context.Background()
	scopes := rbac.NewProvider(openExample())
	_, err := scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: ""})

	fmt.Println(err)
	var e *scope.Error
	if errors.As(err, &e) {
		fmt.Println(e.Op, e.Scope.Type, "|", e.Step, "|", e.Query, "|", e.Constraint, "|", e.SQLState, "|", e.Committed)
	}
	var server *pgconn.PgError
	fmt.Println("from the server:", errors.As(err, &server))
	// Output:
	// create domain: step row (query CreateDomain): invalid value (SQLSTATE 23514, table domains, constraint domains_name_check); check the values against the constraints of the table
	// create domain | row | CreateDomain | domains_name_check | 23514 | false
	// from the server: true
}

// An error of children says how many there are.
func ExampleHasChildrenError() {
	ctx := context.Background()
	scopes := rbac.NewProvider(openExample())
	domain, err := scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
	if err != nil {
		panic(err)
	}
	if _, err := scopes.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: domain.Row.ID, Name: "vision"}); err != nil {
		panic(err)
	}

	_, err = scopes.PurgeDomain(ctx, rbac.DomainPurgerSpec{ID: domain.Row.ID})
	var children *scope.HasChildrenError
	if errors.As(err, &children) {
		fmt.Println(children.Count, children.Type)
	}
	// Output:
	// 1 project
}

// An observer is told of every flush, step and retry: for traces and metrics.
func ExampleWithObserver() {
	ctx := context.Background()
	scopes := rbac.NewProvider(openExample(), scope.WithObserver(func(_ context.Context, e scope.Event) {
		if e.Kind == scope.FlushSent {
			fmt.Println(e.Op, e.Scope.Type, "flush", e.Flush, "of", e.Statements, "statements, failed:", e.Err != nil)
		}
	}))
	for range 2 {
		_, err := scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
		if err != nil && !errors.Is(err, rbac.ErrDomainNameTaken) {
			panic(err)
		}
	}
	// Output:
	// create domain flush 1 of 2 statements, failed: false
	// create domain flush 2 of 2 statements, failed: false
	// create domain flush 1 of 2 statements, failed: true
}

// Ids and times can be fixed, for tests.
func ExampleWithUUID() {
	ctx := context.Background()
	n := 0
	scopes := rbac.NewProvider(openExample(),
		scope.WithUUID(func() scope.UUID {
			n++
			return scope.MustParseUUID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
		}),
		scope.WithClock(func() time.Time { return time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC) }))
	domain, err := scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
	if err != nil {
		panic(err)
	}
	fmt.Println(scope.UUID(domain.Row.ID.Bytes))
	// Output:
	// 00000000-0000-4000-8000-000000000001
}

// Code that takes any scope takes its specification.
func ExampleCreatorSpec() {
	allow := func(spec scope.CreatorSpec) bool { return spec.CreatesScope() != "domain" }
	fmt.Println(allow(rbac.DomainCreatorSpec{Name: "acme"}), allow(rbac.ProjectCreatorSpec{Name: "vision"}))
	// Output:
	// false true
}
