package rbac_test

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/schema"
)

// openExample opens a database with the schema of the reference RBAC, and two
// presets for projects.
func openExample() *pgxpool.Pool {
	return pgtest.ExamplePool(append(pgtest.Texts(schema.Files), `
		INSERT INTO role_presets (id, scope_type, name, auto_assign)
		VALUES ('11111111-1111-4111-8111-111111111111', 'project', 'admin', false), ('22222222-2222-4222-8222-222222222222', 'project', 'member', true);
		INSERT INTO role_permission_presets (id, role_preset_id, entity_type, operation)
		SELECT gen_random_uuid(), p.id, 'document', operation
		FROM role_presets p, unnest(ARRAY['create', 'read', 'delete']) AS operation WHERE p.name = 'admin' OR operation = 'read'`)...)
}
