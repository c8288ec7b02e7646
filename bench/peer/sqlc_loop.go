package peer

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/gen/rbacdb"
	"github.com/specgen-dev/specgen/scope"
)

// sqlcLoop is what one writes first with the functions of sqlc: a call a row.
type sqlcLoop struct{ pool *pgxpool.Pool }

func openSQLCLoop(ctx context.Context, config *pgx.ConnConfig) (Peer, error) {
	pool, err := newPool(ctx, config)
	if err != nil {
		return nil, err
	}
	return &sqlcLoop{pool: pool}, nil
}

func (s *sqlcLoop) CreateProject(ctx context.Context, p Project) error {
	return s.CreateProjects(ctx, []Project{p})
}

func (s *sqlcLoop) CreateProjects(ctx context.Context, all []Project) error {
	return inTransaction(ctx, s.pool, func(tx pgx.Tx) error {
		q := rbacdb.New(tx)
		for _, p := range all {
			if err := createByRows(ctx, q, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func createByRows(ctx context.Context, q *rbacdb.Queries, p Project) error {
	h, err := beginProject(ctx, q, p)
	if err != nil {
		return err
	}
	for _, preset := range h.presets {
		role, err := q.CreateRole(ctx, rbacdb.CreateRoleParams{
			ID: newID(), Name: preset.Name, Source: "preset", Status: "active", AutoAssign: preset.AutoAssign,
		})
		if err != nil {
			return err
		}
		for _, entry := range h.entries[preset.ID] {
			err := q.CreatePermission(ctx, rbacdb.CreatePermissionParams{
				ID: newID(), RoleID: role.ID, ScopeType: "project", ScopeID: h.project.ID.String(),
				EntityType: entry.EntityType, Operation: entry.Operation,
			})
			if err != nil {
				return err
			}
		}
		err = q.CreateAssociation(ctx, rbacdb.CreateAssociationParams{
			ID: newID(), ScopeType: "project", ScopeID: h.project.ID.String(),
			EntityType: "role", EntityID: role.ID.String(), RelationType: "auto",
		})
		if err != nil {
			return err
		}
	}
	return q.CreateAssociation(ctx, rbacdb.CreateAssociationParams{
		ID: newID(), ScopeType: "domain", ScopeID: p.DomainID.String(),
		EntityType: "project", EntityID: h.project.ID.String(), RelationType: "auto",
	})
}

func (s *sqlcLoop) PurgeProject(ctx context.Context, id pgtype.UUID) error {
	return purge(ctx, s.pool, id)
}

func (s *sqlcLoop) Close() { s.pool.Close() }

// head is what both peers on sqlc begin a project with.
type head struct {
	project rbacdb.Project
	template
}

// template is what the roles of a project are made from.
type template struct {
	presets []rbacdb.RolePreset
	entries map[pgtype.UUID][]rbacdb.RolePermissionPreset // by preset
}

func beginProject(ctx context.Context, q *rbacdb.Queries, p Project) (h head, err error) {
	if _, err := q.LockDomain(ctx, p.DomainID); err != nil {
		return h, err
	}
	h.project, err = q.CreateProject(ctx, rbacdb.CreateProjectParams{
		ID: newID(), DomainID: p.DomainID, Name: p.Name, Description: p.Description,
	})
	if err != nil {
		return h, err
	}
	h.template, err = readTemplate(ctx, q)
	return h, err
}

func readTemplate(ctx context.Context, q *rbacdb.Queries) (t template, err error) {
	rows, err := q.ListRolePresetsWithEntries(ctx, "project")
	return templateOf(rows), err
}

func templateOf(rows []rbacdb.ListRolePresetsWithEntriesRow) (t template) {
	t.entries = map[pgtype.UUID][]rbacdb.RolePermissionPreset{}
	for _, r := range rows {
		if n := len(t.presets); n == 0 || t.presets[n-1].ID != r.ID { // they are in the order of the presets
			t.presets = append(t.presets, rbacdb.RolePreset{ID: r.ID, Name: r.Name, AutoAssign: r.AutoAssign})
		}
		if r.EntryID.Valid {
			t.entries[r.ID] = append(t.entries[r.ID], rbacdb.RolePermissionPreset{EntityType: *r.EntityType, Operation: *r.Operation})
		}
	}
	return t
}

// purge calls the functions of sqlc one after the other. There is nothing in it
// to loop over, or to group: both peers on sqlc purge like this.
func purge(ctx context.Context, pool *pgxpool.Pool, id pgtype.UUID) error {
	return inTransaction(ctx, pool, func(tx pgx.Tx) error {
		q := rbacdb.New(tx)
		if _, err := q.LockProjectForPurge(ctx, id); err != nil {
			return err
		}
		text := id.String()
		_, err := q.DeleteScopePermissions(ctx, rbacdb.DeleteScopePermissionsParams{ScopeType: "project", ScopeID: text})
		if err != nil {
			return err
		}
		_, err = q.DeleteScopeAssociations(ctx, rbacdb.DeleteScopeAssociationsParams{ScopeType: "project", ScopeID: text})
		if err != nil {
			return err
		}
		_, err = q.DeleteEntityAssociations(ctx, rbacdb.DeleteEntityAssociationsParams{EntityType: "project", EntityID: text})
		if err != nil {
			return err
		}
		_, err = q.DeleteProject(ctx, id)
		return err
	})
}

// newID draws ids of the kind that the generated code draws, so that the indexes
// have the same work.
func newID() pgtype.UUID { return pgtype.UUID{Bytes: scope.NewUUID(), Valid: true} }
