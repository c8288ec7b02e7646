package rbac_test

import (
	"io/fs"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/schema"
)

// openExample opens a database with the schema of the reference RBAC, and two
// presets for projects.
func openExample() *pgxpool.Pool {
	names, err := fs.Glob(schema.Files, "*.sql")
	if err != nil {
		panic(err)
	}
	var sql []string
	for _, name := range names {
		text, err := schema.Files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		sql = append(sql, string(text))
	}
	return pgtest.ExamplePool(append(sql, `
		INSERT INTO role_presets (id, scope_type, name, auto_assign)
		VALUES ('11111111-1111-4111-8111-111111111111', 'project', 'admin', false), ('22222222-2222-4222-8222-222222222222', 'project', 'member', true);
		INSERT INTO role_permission_presets (id, role_preset_id, entity_type, operation)
		SELECT gen_random_uuid(), p.id, 'document', operation
		FROM role_presets p, unnest(ARRAY['create', 'read', 'delete']) AS operation WHERE p.name = 'admin' OR operation = 'read'`)...)
}
