package peer

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/bench/bulkdb"
	"github.com/specgen-dev/specgen/gen/rbacdb"
)

// sqlcBulk is what an expert writes with the functions of sqlc: one statement a
// table, which takes arrays.
type sqlcBulk struct{ pool *pgxpool.Pool }

func openSQLCBulk(ctx context.Context, config *pgx.ConnConfig) (Peer, error) {
	pool, err := newPool(ctx, config)
	if err != nil {
		return nil, err
	}
	return &sqlcBulk{pool: pool}, nil
}

func (s *sqlcBulk) CreateProject(ctx context.Context, p Project) error {
	return inTransaction(ctx, s.pool, func(tx pgx.Tx) error {
		h, err := beginProject(ctx, rbacdb.New(tx), p)
		if err != nil {
			return err
		}
		projectID := h.project.ID.String()
		var roles bulkdb.CreateRolesParams
		permissions := bulkdb.CreatePermissionsParams{ScopeType: "project", ScopeID: projectID}
		var associations bulkdb.CreateAssociationsParams
		associate := func(scopeType, scopeID, entityType, entityID string) {
			associations.Ids = append(associations.Ids, newID())
			associations.ScopeTypes = append(associations.ScopeTypes, scopeType)
			associations.ScopeIds = append(associations.ScopeIds, scopeID)
			associations.EntityTypes = append(associations.EntityTypes, entityType)
			associations.EntityIds = append(associations.EntityIds, entityID)
		}
		for _, preset := range h.presets {
			roleID := newID()
			roles.Ids = append(roles.Ids, roleID)
			roles.Names = append(roles.Names, preset.Name)
			roles.AutoAssigns = append(roles.AutoAssigns, preset.AutoAssign)
			for _, entry := range h.entries[preset.ID] {
				permissions.Ids = append(permissions.Ids, newID())
				permissions.RoleIds = append(permissions.RoleIds, roleID)
				permissions.EntityTypes = append(permissions.EntityTypes, entry.EntityType)
				permissions.Operations = append(permissions.Operations, entry.Operation)
			}
			associate("project", projectID, "role", roleID.String())
		}
		associate("domain", p.DomainID.String(), "project", projectID)

		q := bulkdb.New(tx)
		if _, err := q.CreateRoles(ctx, roles); err != nil {
			return err
		}
		if err := q.CreatePermissions(ctx, permissions); err != nil {
			return err
		}
		return q.CreateAssociations(ctx, associations)
	})
}

func (s *sqlcBulk) PurgeProject(ctx context.Context, id pgtype.UUID) error {
	return purge(ctx, s.pool, id)
}

func (s *sqlcBulk) Close() { s.pool.Close() }
