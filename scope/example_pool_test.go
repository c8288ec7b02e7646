package scope_test

import (
	"flag"
	"os"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/schema"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// A flag is given to the tests of all packages that are named with it, and those
// of package runtime have this one.
var _ = flag.Duration("soak", 0, "how long TestSoak of package runtime works")

// openExample opens a database with the schema of the reference RBAC, and a preset
// for domains.
func openExample() *pgxpool.Pool {
	return pgtest.ExamplePool(append(pgtest.Texts(schema.Files), "INSERT INTO role_presets (id, scope_type, name) VALUES (gen_random_uuid(), 'domain', 'owner')")...)
}
