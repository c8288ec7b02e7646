// The program creates a domain, a project and a user with the generated
// coordinators, and purges them again. Give it a PostgreSQL database that it may
// write to, an empty one:
//
//	DATABASE_URL=postgres://localhost/example go run .
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/schema"
)

func main() {
	if err := run(context.Background(), os.Getenv("DATABASE_URL"), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, url string, out io.Writer) error {
	if url == "" {
		return errors.New("DATABASE_URL is not set: name a database, such as postgres://localhost/example")
	}
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := prepare(ctx, pool); err != nil {
		return err
	}

	scopes := rbac.NewProvider(pool)
	domain, err := scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
	if errors.Is(err, rbac.ErrDomainNameTaken) {
		return errors.New("the database has a domain acme already: start with an empty one")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "domain %s, with %d roles\n", domain.Row.Name, len(domain.Roles))

	// Both of these, or neither.
	var project *rbac.ProjectCreatorResult
	var user *rbac.UserCreatorResult
	err = scopes.WriterOps(ctx, func(ctx context.Context, ops *rbac.WriterOps) error {
		var err error
		project, err = ops.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: domain.Row.ID, Name: "vision"})
		if err != nil {
			return err
		}
		user, err = ops.CreateUser(ctx, rbac.UserCreatorSpec{DomainID: domain.Row.ID, Email: "ada@example.com"})
		return err
	})
	if err != nil {
		return err
	}
	for _, role := range project.Roles {
		fmt.Fprintf(out, "project %s has the role %s\n", project.Row.Name, role.Name)
	}

	_, err = scopes.PurgeDomain(ctx, rbac.DomainPurgerSpec{ID: domain.Row.ID})
	if !errors.Is(err, rbac.ErrDomainHasProjects) {
		return fmt.Errorf("the purge of a domain that has a project was not refused: %w", err)
	}
	fmt.Fprintln(out, "the domain cannot be purged: it has a project")

	purged, err := scopes.PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: project.Row.ID})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "purged the project, and %d permissions with it\n", purged.Permissions)
	if _, err := scopes.PurgeUser(ctx, rbac.UserPurgerSpec{ID: user.Row.ID}); err != nil {
		return err
	}
	if _, err := scopes.PurgeDomain(ctx, rbac.DomainPurgerSpec{ID: domain.Row.ID}); err != nil {
		return err
	}
	fmt.Fprintln(out, "purged the user and the domain")
	return nil
}

// prepare loads the schema, and a preset of a role for every type of scope,
// into a database that has neither.
func prepare(ctx context.Context, pool *pgxpool.Pool) error {
	var there bool
	if err := pool.QueryRow(ctx, "SELECT to_regclass('domains') IS NOT NULL").Scan(&there); err != nil || there {
		return err
	}
	names, err := fs.Glob(schema.Files, "*.sql") // in the order of their names
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := schema.Files.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := pool.Exec(ctx, string(text)); err != nil {
			return fmt.Errorf("loading %s: %w", name, err)
		}
	}
	_, err = pool.Exec(ctx, presets)
	return err
}

const presets = `
WITH preset AS (
	INSERT INTO role_presets (id, scope_type, name, auto_assign)
	SELECT gen_random_uuid(), t, 'owner', true FROM unnest(ARRAY['domain', 'project', 'user']) AS t
	RETURNING id
)
INSERT INTO role_permission_presets (id, role_preset_id, entity_type, operation)
SELECT gen_random_uuid(), preset.id, 'member', o FROM preset, unnest(ARRAY['create', 'read']) AS o`
