package peer

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// limit is one statement for everything, written by hand: the server does all of
// the work, and one round trip carries it.
type limit struct{ pool *pgxpool.Pool }

// CreateSQL creates a project in one statement; its parameters are the project's
// id, the domain's id, the name and the description.
const CreateSQL = `
WITH domain AS (
    SELECT id FROM domains WHERE id = $2::uuid FOR KEY SHARE
), presets AS MATERIALIZED (
    SELECT gen_random_uuid() AS role_id, p.id, p.name, p.auto_assign
    FROM role_presets AS p WHERE p.scope_type = 'project' AND NOT p.deleted
), project AS (
    INSERT INTO projects (id, domain_id, name, description) SELECT $1::uuid, domain.id, $3, $4 FROM domain
    RETURNING id, domain_id, name, description, created_at
), made AS (
    INSERT INTO roles (id, name, source, status, auto_assign) SELECT role_id, name, 'preset', 'active', auto_assign FROM presets
    RETURNING id, name, source, status, auto_assign, created_at
), permitted AS (
    INSERT INTO permissions (id, role_id, scope_type, scope_id, entity_type, operation)
    SELECT gen_random_uuid(), presets.role_id, 'project', $1::uuid::text, e.entity_type, e.operation
    FROM presets JOIN role_permission_presets AS e ON e.role_preset_id = presets.id
), associated AS (
    INSERT INTO association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id, relation_type)
    SELECT gen_random_uuid(), 'project', $1::uuid::text, 'role', role_id::text, 'auto' FROM presets
    UNION ALL
    SELECT gen_random_uuid(), 'domain', id::text, 'project', $1::uuid::text, 'auto' FROM domain
)
SELECT project.id, project.domain_id, project.name, project.description, project.created_at,
    made.id, made.name, made.source, made.status, made.auto_assign, made.created_at
FROM project LEFT JOIN made ON true`

const purgeSQL = `
WITH project AS MATERIALIZED (
    SELECT id FROM projects WHERE id = $1::uuid FOR UPDATE
), permitted AS (
    DELETE FROM permissions WHERE scope_type = 'project' AND scope_id = $1::uuid::text
), below AS (
    DELETE FROM association_scopes_entities WHERE scope_type = 'project' AND scope_id = $1::uuid::text
), above AS (
    DELETE FROM association_scopes_entities WHERE entity_type = 'project' AND entity_id = $1::uuid::text
)
DELETE FROM projects USING project WHERE projects.id = project.id
RETURNING projects.id, projects.domain_id, projects.name, projects.description, projects.created_at`

func openLimit(ctx context.Context, config *pgx.ConnConfig) (Peer, error) {
	pool, err := newPool(ctx, config)
	if err != nil {
		return nil, err
	}
	return &limit{pool: pool}, nil
}

// madeProject is a row of projects.
type madeProject struct {
	id, domainID pgtype.UUID
	name         string
	description  *string
	createdAt    pgtype.Timestamptz
}

// madeRole is a row of roles.
type madeRole struct {
	id                   pgtype.UUID
	name, source, status string
	autoAssign           bool
	createdAt            pgtype.Timestamptz
}

func (l *limit) CreateProject(ctx context.Context, p Project) error {
	rows, err := l.pool.Query(ctx, CreateSQL, newID(), p.DomainID, p.Name, p.Description)
	if err != nil {
		return err
	}
	var project madeProject
	roles, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r madeRole, err error) {
		err = row.Scan(&project.id, &project.domainID, &project.name, &project.description, &project.createdAt,
			&r.id, &r.name, &r.source, &r.status, &r.autoAssign, &r.createdAt)
		return r, err
	})
	if err == nil && len(roles) == 0 {
		return pgx.ErrNoRows
	}
	return err
}

func (l *limit) PurgeProject(ctx context.Context, id pgtype.UUID) error {
	var p madeProject
	return l.pool.QueryRow(ctx, purgeSQL, id).Scan(&p.id, &p.domainID, &p.name, &p.description, &p.createdAt)
}

func (l *limit) Close() { l.pool.Close() }
