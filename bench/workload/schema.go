package workload

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/specgen-dev/specgen/schema"
)

// Schema is the DDL of the reference RBAC, in order. The tables are not vacuumed
// behind our back: that would slow down whoever has the turn.
func Schema() ([]string, error) {
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
	var quiet strings.Builder
	for _, table := range []string{"projects", "roles", "permissions", "association_scopes_entities"} {
		fmt.Fprintf(&quiet, "ALTER TABLE %s SET (autovacuum_enabled = false);\n", table)
	}
	return append(ddl, quiet.String()), nil
}
