// Quickstart shows what specgen does on the reference RBAC of this module: it
// generates the coordinators in memory and compares them with the committed
// ones, prints a plan, and creates and purges scopes on a throwaway PostgreSQL.
//
//	go run ./examples/quickstart
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/pglocal"
	"github.com/specgen-dev/specgen/internal/plan"
	"github.com/specgen-dev/specgen/schema"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		stop()
		os.Exit(1)
	}
}

// run is the whole demonstration; each part prints how long it took.
func run(ctx context.Context, out io.Writer) error {
	part := newClock(out)
	if err := generate(out); err != nil {
		return err
	}
	part("generate the coordinators, compare, print a plan")

	server, err := pglocal.Start(ctx)
	if err != nil {
		return fmt.Errorf("starting PostgreSQL: %w", err)
	}
	defer func() { _ = server.Stop() }() // the throwaway server goes with the process in any case
	pool, err := database(ctx, server)
	if err != nil {
		return err
	}
	defer pool.Close()
	part("start PostgreSQL, load the schema and two presets a scope type")

	scopes := rbac.NewProvider(pool)
	domain, project, err := create(ctx, scopes)
	if err != nil {
		return err
	}
	part("create a domain, and a project in it")
	if err := show(ctx, out, pool, "after create"); err != nil {
		return err
	}

	if _, err := scopes.PurgeDomain(ctx, rbac.DomainPurgerSpec{ID: domain.Row.ID}); !errors.Is(err, rbac.ErrDomainHasProjects) {
		return fmt.Errorf("a domain with a project was not refused: %w", err)
	}
	fmt.Fprintln(out, "\npurge of the domain refused: it has a project")
	if err := purge(ctx, out, scopes, domain, project); err != nil {
		return err
	}
	part("purge the project, then the domain")
	return show(ctx, out, pool, "after purge")
}

// generate makes the package of the module's own specgen.yaml in memory.
func generate(out io.Writer) error {
	path, err := specification()
	if err != nil {
		return err
	}
	g, err := driver.Generate(path)
	if err != nil {
		return err
	}
	if g.Problems.HasErrors() {
		return fmt.Errorf("specgen.yaml has problems: run `go run ./cmd/specgen check`")
	}
	changes, err := g.Changes()
	if err != nil {
		return err
	}
	if len(changes) > 0 {
		return fmt.Errorf("%s is not what specgen.yaml generates: run `go generate ./...`", changes[0].Name)
	}
	fmt.Fprintf(out, "%d files generated in memory; the committed ones in %s are the same\n\n", len(g.Files), g.Dir)
	text, err := plan.Explain(g.Plan, "project")
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, text+"\n")
	return err
}

// specification finds the module's specgen.yaml, from wherever in the module
// this is run.
func specification() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "specgen.yaml")
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("run this inside a checkout of specgen")
		}
	}
}

// presets are two role templates for each of the scope types that are made here.
const presets = `
INSERT INTO role_presets (id, scope_type, name, auto_assign)
SELECT gen_random_uuid(), scope_type, name, name = 'member'
FROM unnest(ARRAY['domain', 'project']) AS scope_type, unnest(ARRAY['admin', 'member']) AS name;
INSERT INTO role_permission_presets (id, role_preset_id, entity_type, operation)
SELECT gen_random_uuid(), p.id, entity_type, operation
FROM role_presets AS p, unnest(ARRAY['document', 'model']) AS entity_type, unnest(ARRAY['create', 'read', 'update', 'delete']) AS operation
WHERE p.name = 'admin' OR operation = 'read';`

// database makes a database with the reference schema and the presets.
func database(ctx context.Context, server *pglocal.Server) (*pgxpool.Pool, error) {
	names, err := fs.Glob(schema.Files, "*.sql")
	if err != nil {
		return nil, err
	}
	var ddl []string
	for _, name := range names {
		text, err := schema.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		ddl = append(ddl, string(text))
	}
	url, err := server.Create(ctx, "quickstart", append(ddl, presets)...)
	if err != nil {
		return nil, err
	}
	return pgxpool.New(ctx, url)
}

// create makes both scopes, each in a transaction of its own.
func create(ctx context.Context, scopes *rbac.Provider) (*rbac.DomainCreatorResult, *rbac.ProjectCreatorResult, error) {
	domain, err := scopes.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
	if err != nil {
		return nil, nil, err
	}
	project, err := scopes.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: domain.Row.ID, Name: "vision"})
	return domain, project, err
}

func purge(ctx context.Context, out io.Writer, scopes *rbac.Provider, domain *rbac.DomainCreatorResult, project *rbac.ProjectCreatorResult) error {
	p, err := scopes.PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: project.Row.ID})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "purged project %s: %d permissions, %d associations\n", p.Row.Name, p.Permissions, p.ScopeAssociations+p.EntityAssociations)
	d, err := scopes.PurgeDomain(ctx, rbac.DomainPurgerSpec{ID: domain.Row.ID})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "purged domain %s: %d permissions, %d associations\n", d.Row.Name, d.Permissions, d.ScopeAssociations+d.EntityAssociations)
	return nil
}

// show prints how many rows of each table there are.
func show(ctx context.Context, out io.Writer, pool *pgxpool.Pool, title string) error {
	rows, err := pool.Query(ctx, `
SELECT 'domains', count(*) FROM domains UNION ALL
SELECT 'projects', count(*) FROM projects UNION ALL
SELECT 'roles', count(*) FROM roles UNION ALL
SELECT 'permissions', count(*) FROM permissions UNION ALL
SELECT 'associations', count(*) FROM association_scopes_entities`)
	if err != nil {
		return err
	}
	defer rows.Close()
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\n%s\trows\t\n", title)
	for rows.Next() {
		var table string
		var n int64
		if err := rows.Scan(&table, &n); err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%d\t\n", table, n)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return w.Flush()
}

// newClock returns a function that prints the time since it was last called.
func newClock(out io.Writer) func(part string) {
	last := time.Now()
	return func(part string) {
		fmt.Fprintf(out, "[%6.3f s] %s\n", time.Since(last).Seconds(), part)
		last = time.Now()
	}
}
