package scopetest_test

import (
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/schema"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/scopetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// A flag is given to the tests of all packages that are named with it, and those
// of the package above have this one.
var _ = flag.Duration("soak", 0, "how long TestSoak of package scope works")

// seed are presets of every type of scope: two with entries, one without.
const seed = `
	INSERT INTO role_presets (scope_type, name, auto_assign)
	SELECT t, n, n = 'member' FROM unnest('{domain,project,user}'::text[]) AS t, unnest('{admin,member,guest}'::text[]) AS n;
	INSERT INTO role_permission_presets (role_preset_id, entity_type, operation)
	SELECT id, e, 'read' FROM role_presets, unnest('{document,folder}'::text[]) AS e WHERE name <> 'guest'`

// withoutForeignKeys drops every foreign key: without them PostgreSQL's triggers
// lock nothing, and refuse nothing.
const withoutForeignKeys = `
	DO $$ DECLARE c record; BEGIN
		FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype = 'f' LOOP
			EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname);
		END LOOP;
	END $$`

// newPool returns a pool on a database with the reference RBAC, where deadlocks
// are found at once: some invariants make them.
func newPool(t *testing.T, more ...string) *pgxpool.Pool {
	t.Helper()
	config := pgtest.Pool(t, slices.Concat(pgtest.Texts(schema.Files), []string{seed}, more)...).Config()
	config.ConnConfig.RuntimeParams["deadlock_timeout"] = "50ms"
	config.MaxConns = 8
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, s := range []struct {
		name    string
		subject scopetest.Subject
		more    []string
	}{
		{"quickstart domain", domains(generated), nil},
		{"quickstart project", projects(generated), nil},
		{"quickstart user", users(generated), nil},
		{"quickstart project without foreign keys", projects(generated), []string{withoutForeignKeys}},
		{"quickstart project from a snapshot", oneByOne(snapshotProjects()), []string{withoutForeignKeys}},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			scopetest.Run(t, newPool(t, s.more...), s.subject)
		})
	}
}

// snapshotProjects are created at REPEATABLE READ, which they are fit for.
func snapshotProjects() projectScope {
	s := projects(generated)
	s.Create = projects(func(db scope.DB) *rbac.Provider {
		return rbac.NewProvider(db, scope.WithIsolation(pgx.RepeatableRead))
	}).Create
	return s
}
