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
// table, which takes arrays. Several projects are made one after the other.
type sqlcBulk struct{ pool *pgxpool.Pool }

func openSQLCBulk(ctx context.Context, config *pgx.ConnConfig) (Peer, error) {
	pool, err := newPool(ctx, config)
	if err != nil {
		return nil, err
	}
	return &sqlcBulk{pool: pool}, nil
}

func (s *sqlcBulk) CreateProject(ctx context.Context, p Project) error {
	return s.CreateProjects(ctx, []Project{p})
}

func (s *sqlcBulk) CreateProjects(ctx context.Context, all []Project) error {
	return inTransaction(ctx, s.pool, func(tx pgx.Tx) error {
		for _, p := range all {
			h, err := beginProject(ctx, rbacdb.New(tx), p)
			if err != nil {
				return err
			}
			var c columns
			c.add(h.template, h.project.ID, p.DomainID)
			if err := c.insert(ctx, bulkdb.New(tx)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *sqlcBulk) PurgeProject(ctx context.Context, id pgtype.UUID) error {
	return purge(ctx, s.pool, id)
}

func (s *sqlcBulk) Close() { s.pool.Close() }

// columns are the rows of projects, gathered column by column.
type columns struct {
	roles        bulkdb.CreateRolesParams
	permissions  bulkdb.CreatePermissionsParams
	associations bulkdb.CreateAssociationsParams
}

// add gathers the rows of one project.
func (c *columns) add(t template, project, domain pgtype.UUID) {
	projectID := project.String()
	for _, preset := range t.presets {
		roleID := newID()
		c.roles.Ids = append(c.roles.Ids, roleID)
		c.roles.Names = append(c.roles.Names, preset.Name)
		c.roles.AutoAssigns = append(c.roles.AutoAssigns, preset.AutoAssign)
		for _, entry := range t.entries[preset.ID] {
			c.permissions.Ids = append(c.permissions.Ids, newID())
			c.permissions.RoleIds = append(c.permissions.RoleIds, roleID)
			c.permissions.ScopeIds = append(c.permissions.ScopeIds, projectID)
			c.permissions.EntityTypes = append(c.permissions.EntityTypes, entry.EntityType)
			c.permissions.Operations = append(c.permissions.Operations, entry.Operation)
		}
		c.associate("project", projectID, "role", roleID.String())
	}
	c.associate("domain", domain.String(), "project", projectID)
}

func (c *columns) associate(scopeType, scopeID, entityType, entityID string) {
	c.associations.Ids = append(c.associations.Ids, newID())
	c.associations.ScopeTypes = append(c.associations.ScopeTypes, scopeType)
	c.associations.ScopeIds = append(c.associations.ScopeIds, scopeID)
	c.associations.EntityTypes = append(c.associations.EntityTypes, entityType)
	c.associations.EntityIds = append(c.associations.EntityIds, entityID)
}

func (c *columns) insert(ctx context.Context, q *bulkdb.Queries) error {
	if _, err := q.CreateRoles(ctx, c.roles); err != nil {
		return err
	}
	c.permissions.ScopeType = "project"
	if err := q.CreatePermissions(ctx, c.permissions); err != nil {
		return err
	}
	return q.CreateAssociations(ctx, c.associations)
}
