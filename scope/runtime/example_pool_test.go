package runtime_test

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

// openExample opens a database with a table of notes.
func openExample() *pgxpool.Pool {
	return pgtest.ExamplePool("CREATE TABLE notes (id uuid PRIMARY KEY, text text NOT NULL UNIQUE)")
}
