package scopetest_test

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/scopetest"
)

// provider makes the coordinators of the reference RBAC, or broken ones.
type provider func(db scope.DB) *rbac.Provider

func generated(db scope.DB) *rbac.Provider { return rbac.NewProvider(db) }

type (
	domainScope  = scopetest.Scope[scopetest.None, *rbac.DomainCreatorResult]
	projectScope = scopetest.Scope[*rbac.DomainCreatorResult, *rbac.ProjectCreatorResult]
	userScope    = scopetest.Scope[*rbac.DomainCreatorResult, *rbac.UserCreatorResult]
)

func text(id pgtype.UUID) string { return scope.UUID(id.Bytes).String() }

// otherType gives the scope's rights to a scope of another type with the same id.
func otherType() []string {
	return []string{
		`INSERT INTO permissions (id, role_id, scope_type, scope_id, entity_type, operation)
		 SELECT gen_random_uuid(), role_id, 'other', scope_id, entity_type, operation FROM permissions WHERE scope_id = $1`,
		`INSERT INTO association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id, relation_type)
		 SELECT gen_random_uuid(), 'other', scope_id, entity_type, entity_id, relation_type
		 FROM association_scopes_entities WHERE scope_id = $1`,
		`INSERT INTO association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id, relation_type)
		 VALUES (gen_random_uuid(), 'elsewhere', gen_random_uuid(), 'other', $1, 'ref')`,
	}
}

func presets() *scopetest.Presets {
	return &scopetest.Presets{
		Insert:        `INSERT INTO role_presets (scope_type, name, auto_assign) VALUES ($1, $2, $3) RETURNING id::text`,
		Update:        `UPDATE role_presets SET name = $2, auto_assign = $3 WHERE id = $1`,
		Archive:       `UPDATE role_presets SET deleted = true WHERE id = $1`,
		Restore:       `UPDATE role_presets SET deleted = false WHERE id = $1`,
		Retype:        `UPDATE role_presets SET scope_type = $2 WHERE id = $1`,
		Delete:        `DELETE FROM role_presets WHERE id = $1`,
		InsertEntry:   `INSERT INTO role_permission_presets (role_preset_id, entity_type, operation) VALUES ($1, $2, $3)`,
		DeleteEntries: `DELETE FROM role_permission_presets WHERE role_preset_id = $1`,
		Roles: `SELECT r.id::text, part::text
			FROM association_scopes_entities AS a
			JOIN roles AS r ON r.id::text = a.entity_id
			CROSS JOIN LATERAL (
				SELECT (r.name, r.auto_assign) UNION ALL
				SELECT (p.entity_type, p.operation) FROM permissions AS p
				WHERE p.role_id = r.id AND p.scope_type = a.scope_type AND p.scope_id = a.scope_id
			) AS parts (part)
			WHERE a.scope_type = $1 AND a.scope_id = $2 AND a.entity_type = 'role'`,
	}
}

// addMember shares an entity into a scope, as the application does: it holds the
// scope's row meanwhile.
func addMember(ctx context.Context, tx pgx.Tx, table, scopeType string, id pgtype.UUID) error {
	if err := tx.QueryRow(ctx, `SELECT id FROM `+table+` WHERE id = $1 FOR KEY SHARE`, id).Scan(nil); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id, relation_type)
		VALUES (gen_random_uuid(), $1, $2, 'document', gen_random_uuid(), 'ref')`, scopeType, text(id))
	return err
}

func domains(on provider) domainScope {
	return domainScope{
		Type: "domain", Table: "domains", Keep: []string{"roles"},
		Create: func(ctx context.Context, db scope.DB, _ scopetest.None, name string) (*rbac.DomainCreatorResult, error) {
			return on(db).CreateDomain(ctx, rbac.DomainCreatorSpec{Name: name})
		},
		Purge: func(ctx context.Context, db scope.DB, d *rbac.DomainCreatorResult) (bool, error) {
			res, err := on(db).PurgeDomain(ctx, rbac.DomainPurgerSpec{ID: d.Row.ID})
			return err == nil && res.Found, err
		},
		PurgeAll: func(ctx context.Context, db scope.DB, all []*rbac.DomainCreatorResult) error {
			return on(db).WriterOps(ctx, func(ctx context.Context, ops *rbac.WriterOps) error {
				for _, d := range all {
					if _, err := ops.PurgeDomain(ctx, rbac.DomainPurgerSpec{ID: d.Row.ID}); err != nil {
						return err
					}
				}
				return nil
			})
		},
		CreateMany: func(ctx context.Context, db scope.DB, _ scopetest.None, names []string) ([]*rbac.DomainCreatorResult, error) {
			var specs []rbac.DomainCreatorSpec
			for _, name := range names {
				specs = append(specs, rbac.DomainCreatorSpec{Name: name})
			}
			return on(db).CreateDomains(ctx, specs)
		},
		PurgeMany: func(ctx context.Context, db scope.DB, all []*rbac.DomainCreatorResult) (found []bool, err error) {
			var specs []rbac.DomainPurgerSpec
			for _, d := range all {
				specs = append(specs, rbac.DomainPurgerSpec{ID: d.Row.ID})
			}
			res, err := on(db).PurgeDomains(ctx, specs)
			for _, r := range res {
				found = append(found, r.Found)
			}
			return found, err
		},
		ID:        func(d *rbac.DomainCreatorResult) string { return text(d.Row.ID) },
		Taken:     rbac.ErrDomainNameTaken,
		Presets:   presets(),
		OtherType: otherType(),
		AddMember: func(ctx context.Context, tx pgx.Tx, d *rbac.DomainCreatorResult) error {
			return addMember(ctx, tx, "domains", "domain", d.Row.ID)
		},
		NotApplicable: map[scopetest.Invariant]string{
			scopetest.ParentOutlivesChildren: "a domain is the outermost scope",
		},
	}
}

func projects(on provider) projectScope {
	return projectScope{
		Type: "project", Table: "projects", Keep: []string{"roles"},
		Create: func(ctx context.Context, db scope.DB, d *rbac.DomainCreatorResult, name string) (*rbac.ProjectCreatorResult, error) {
			return on(db).CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: d.Row.ID, Name: name})
		},
		CreateIn: func(ctx context.Context, db scope.DB, d *rbac.DomainCreatorResult, name string) (made *rbac.ProjectCreatorResult, err error) {
			err = on(db).WriterOps(ctx, func(ctx context.Context, ops *rbac.WriterOps) error {
				made, err = ops.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: d.Row.ID, Name: name})
				return err
			})
			return made, err
		},
		Purge: func(ctx context.Context, db scope.DB, p *rbac.ProjectCreatorResult) (bool, error) {
			res, err := on(db).PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: p.Row.ID})
			return err == nil && res.Found, err
		},
		PurgeAll: func(ctx context.Context, db scope.DB, all []*rbac.ProjectCreatorResult) error {
			return on(db).WriterOps(ctx, func(ctx context.Context, ops *rbac.WriterOps) error {
				for _, p := range all {
					if _, err := ops.PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: p.Row.ID}); err != nil {
						return err
					}
				}
				return nil
			})
		},
		CreateMany: func(ctx context.Context, db scope.DB, d *rbac.DomainCreatorResult, names []string) ([]*rbac.ProjectCreatorResult, error) {
			var specs []rbac.ProjectCreatorSpec
			for _, name := range names {
				specs = append(specs, rbac.ProjectCreatorSpec{DomainID: d.Row.ID, Name: name})
			}
			return on(db).CreateProjects(ctx, specs)
		},
		PurgeMany: func(ctx context.Context, db scope.DB, all []*rbac.ProjectCreatorResult) (found []bool, err error) {
			var specs []rbac.ProjectPurgerSpec
			for _, p := range all {
				specs = append(specs, rbac.ProjectPurgerSpec{ID: p.Row.ID})
			}
			res, err := on(db).PurgeProjects(ctx, specs)
			for _, r := range res {
				found = append(found, r.Found)
			}
			return found, err
		},
		ID:        func(p *rbac.ProjectCreatorResult) string { return text(p.Row.ID) },
		Parent:    domains(on),
		Taken:     rbac.ErrProjectNameTaken,
		Presets:   presets(),
		OtherType: otherType(),
		AddMember: func(ctx context.Context, tx pgx.Tx, p *rbac.ProjectCreatorResult) error {
			return addMember(ctx, tx, "projects", "project", p.Row.ID)
		},
	}
}

func users(on provider) userScope {
	return userScope{
		Type: "user", Table: "users", Keep: []string{"roles"},
		Create: func(ctx context.Context, db scope.DB, d *rbac.DomainCreatorResult, name string) (*rbac.UserCreatorResult, error) {
			return on(db).CreateUser(ctx, rbac.UserCreatorSpec{DomainID: d.Row.ID, Email: name})
		},
		Purge: func(ctx context.Context, db scope.DB, u *rbac.UserCreatorResult) (bool, error) {
			res, err := on(db).PurgeUser(ctx, rbac.UserPurgerSpec{ID: u.Row.ID})
			return err == nil && res.Found, err
		},
		PurgeAll: func(ctx context.Context, db scope.DB, all []*rbac.UserCreatorResult) error {
			return on(db).WriterOps(ctx, func(ctx context.Context, ops *rbac.WriterOps) error {
				for _, u := range all {
					if _, err := ops.PurgeUser(ctx, rbac.UserPurgerSpec{ID: u.Row.ID}); err != nil {
						return err
					}
				}
				return nil
			})
		},
		CreateMany: func(ctx context.Context, db scope.DB, d *rbac.DomainCreatorResult, names []string) ([]*rbac.UserCreatorResult, error) {
			var specs []rbac.UserCreatorSpec
			for _, name := range names {
				specs = append(specs, rbac.UserCreatorSpec{DomainID: d.Row.ID, Email: name})
			}
			return on(db).CreateUsers(ctx, specs)
		},
		PurgeMany: func(ctx context.Context, db scope.DB, all []*rbac.UserCreatorResult) (found []bool, err error) {
			var specs []rbac.UserPurgerSpec
			for _, u := range all {
				specs = append(specs, rbac.UserPurgerSpec{ID: u.Row.ID})
			}
			res, err := on(db).PurgeUsers(ctx, specs)
			for _, r := range res {
				found = append(found, r.Found)
			}
			return found, err
		},
		ID:        func(u *rbac.UserCreatorResult) string { return text(u.Row.ID) },
		Parent:    domains(on),
		Taken:     rbac.ErrUserEmailTaken,
		Presets:   presets(),
		OtherType: otherType(),
		AddMember: func(ctx context.Context, tx pgx.Tx, u *rbac.UserCreatorResult) error {
			return addMember(ctx, tx, "users", "user", u.Row.ID)
		},
	}
}
