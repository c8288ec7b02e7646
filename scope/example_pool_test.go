package scope_test

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/schema"
)

// openExample opens a database with the schema of the reference RBAC, a preset
// for domains, and a table of notes.
func openExample() *pgxpool.Pool {
	return pgtest.ExamplePool(append(pgtest.Texts(schema.Files), "INSERT INTO role_presets (id, scope_type, name) VALUES (gen_random_uuid(), 'domain', 'owner')",
		"CREATE TABLE notes (id uuid PRIMARY KEY, text text NOT NULL UNIQUE)")...)
}
