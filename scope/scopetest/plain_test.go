package scopetest_test

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/gen/rbacdb"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/scopetest"
)

// plainProjects is what one writes by hand without a thought of others: one
// transaction at READ COMMITTED, which takes no lock and is not run again. It is
// right as long as nobody else is there.
func plainProjects() projectScope {
	s := projects(generated)
	s.Parent = plainDomains()
	s.Create = func(ctx context.Context, db scope.DB, d *rbac.DomainCreatorResult, name string) (*rbac.ProjectCreatorResult, error) {
		res := &rbac.ProjectCreatorResult{}
		return res, plainly(ctx, db, func(tx pgx.Tx) (err error) {
			res.Row, err = plainCreate(ctx, tx, d.Row.ID, name)
			return err
		})
	}
	s.Purge = func(ctx context.Context, db scope.DB, p *rbac.ProjectCreatorResult) (found bool, err error) {
		err = plainly(ctx, db, func(tx pgx.Tx) (err error) {
			found, err = plainPurge(ctx, tx, "project", "projects", p.Row.ID)
			return err
		})
		return found, err
	}
	s.PurgeAll = func(ctx context.Context, db scope.DB, all []*rbac.ProjectCreatorResult) error {
		return plainly(ctx, db, func(tx pgx.Tx) error {
			for _, p := range all {
				if _, err := plainPurge(ctx, tx, "project", "projects", p.Row.ID); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return s
}

// plainDomains looks for children, as one does, before it purges.
func plainDomains() domainScope {
	s := domains(generated)
	s.Purge = func(ctx context.Context, db scope.DB, d *rbac.DomainCreatorResult) (found bool, err error) {
		err = plainly(ctx, db, func(tx pgx.Tx) error {
			var children int
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM projects WHERE domain_id = $1`, d.Row.ID).Scan(&children); err != nil {
				return err
			}
			if children > 0 {
				return rbac.ErrDomainHasProjects
			}
			found, err = plainPurge(ctx, tx, "domain", "domains", d.Row.ID)
			return err
		})
		return found, err
	}
	return s
}

func plainly(ctx context.Context, db scope.DB, fn func(tx pgx.Tx) error) error {
	tx, err := db.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

func plainCreate(ctx context.Context, tx pgx.Tx, domain pgtype.UUID, name string) (rbacdb.Project, error) {
	q := rbacdb.New(tx)
	var found bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM domains WHERE id = $1)`, domain).Scan(&found); err != nil {
		return rbacdb.Project{}, err
	}
	if !found {
		return rbacdb.Project{}, scope.ErrParentNotFound
	}
	project, err := q.CreateProject(ctx, rbacdb.CreateProjectParams{ID: newID(), DomainID: domain, Name: name})
	if err != nil {
		return rbacdb.Project{}, plainError(err)
	}
	id := text(project.ID)
	presets, err := tx.Query(ctx, `SELECT id, name, auto_assign FROM role_presets WHERE scope_type = 'project' AND NOT deleted`)
	if err != nil {
		return rbacdb.Project{}, err
	}
	all, err := pgx.CollectRows(presets, pgx.RowToStructByName[struct {
		ID         pgtype.UUID
		Name       string
		AutoAssign bool
	}])
	if err != nil {
		return rbacdb.Project{}, err
	}
	for _, p := range all {
		role, err := q.CreateRole(ctx, rbacdb.CreateRoleParams{
			ID: newID(), Name: p.Name, Source: "preset", Status: "active", AutoAssign: p.AutoAssign,
		})
		if err != nil {
			return rbacdb.Project{}, err
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO permissions (id, role_id, scope_type, scope_id, entity_type, operation)
			SELECT gen_random_uuid(), $1, 'project', $2, entity_type, operation
			FROM role_permission_presets WHERE role_preset_id = $3`, role.ID, id, p.ID); err != nil {
			return rbacdb.Project{}, err
		}
		if err := q.CreateAssociation(ctx, rbacdb.CreateAssociationParams{
			ID: newID(), ScopeType: "project", ScopeID: id, EntityType: "role", EntityID: text(role.ID), RelationType: "auto",
		}); err != nil {
			return rbacdb.Project{}, err
		}
	}
	return project, q.CreateAssociation(ctx, rbacdb.CreateAssociationParams{
		ID: newID(), ScopeType: "domain", ScopeID: text(domain), EntityType: "project", EntityID: id, RelationType: "auto",
	})
}

func plainPurge(ctx context.Context, tx pgx.Tx, scopeType, table string, id pgtype.UUID) (found bool, err error) {
	q := rbacdb.New(tx)
	if _, err := q.DeleteScopePermissions(ctx, rbacdb.DeleteScopePermissionsParams{ScopeType: scopeType, ScopeID: text(id)}); err != nil {
		return false, err
	}
	if _, err := q.DeleteScopeAssociations(ctx, rbacdb.DeleteScopeAssociationsParams{ScopeType: scopeType, ScopeID: text(id)}); err != nil {
		return false, err
	}
	if _, err := q.DeleteEntityAssociations(ctx, rbacdb.DeleteEntityAssociationsParams{EntityType: scopeType, EntityID: text(id)}); err != nil {
		return false, err
	}
	tag, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE id = $1`, id)
	return tag.RowsAffected() > 0, err
}

// plainError gives the unique violation its name.
func plainError(err error) error {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && pgErr.ConstraintName == "projects_domain_id_name_key" {
		return rbac.ErrProjectNameTaken
	}
	return err
}

func newID() pgtype.UUID { return pgtype.UUID{Bytes: scope.NewUUID(), Valid: true} }

var _ scopetest.Subject = projectScope{}
