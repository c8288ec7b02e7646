package main

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/examples/backendai/scopes"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/scopetest"
)

// TestConformance runs the suite of package scopetest on three types of scope: one with a name as its primary key, one with
// a parent that is known by its name, and one whose purge takes roles from users.
func TestConformance(t *testing.T) {
	t.Parallel()
	for _, s := range []struct {
		name    string
		subject scopetest.Subject
	}{{"Backend.AI domain", domains()}, {"Backend.AI project", projects()}, {"Backend.AI user", users()}} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			config := newDB(t).Config()
			config.MaxConns = 8
			config.ConnConfig.RuntimeParams["deadlock_timeout"] = "50ms" // the suite makes deadlocks
			pool, err := pgxpool.NewWithConfig(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			// The seed's presets have up to 79 entries. A few show the same, in less time.
			mustExec(t, pool, `DELETE FROM role_permission_presets WHERE operation <> 'read' OR entity_type > 'artifact'`)
			scopetest.Run(t, pool, s.subject)
		})
	}
}

func text(id pgtype.UUID) string { return scope.UUID(id.Bytes).String() }

// presetSQL is how administrators edit presets. The name of a role is made from its preset's, or from a template.
func presetSQL() *scopetest.Presets {
	return &scopetest.Presets{
		Insert: `INSERT INTO role_presets (scope_type, name, auto_assign, role_name_template)
			VALUES ($1, $2::text, $3, '{{ scope.name }} ' || $2::text) RETURNING id::text`,
		Update:        `UPDATE role_presets SET role_name_template = '{{ scope.name }} ' || $2::text, auto_assign = $3 WHERE id = $1`,
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
				SELECT (r.name, r.auto_assign, NULL::smallint) UNION ALL
				SELECT (p.entity_type, p.operation, p.permission) FROM permissions AS p
				WHERE p.role_id = r.id AND p.scope_type = a.scope_type AND p.scope_id = a.scope_id
			) AS parts (part)
			WHERE a.scope_type = $1 AND a.scope_id = $2 AND a.entity_type = 'role'`,
	}
}

// otherType gives a scope of another type the same id and the same rights.
func otherType() []string {
	return []string{
		`INSERT INTO permissions (role_id, scope_type, scope_id, entity_type, operation, permission)
		 SELECT role_id, 'other', scope_id, entity_type, operation, permission FROM permissions WHERE scope_id = $1`,
		`INSERT INTO association_scopes_entities (scope_type, scope_id, entity_type, entity_id)
		 SELECT 'other', scope_id, entity_type, entity_id FROM association_scopes_entities WHERE scope_id = $1`,
		`INSERT INTO association_scopes_entities (scope_type, scope_id, entity_type, entity_id)
		 VALUES ('elsewhere', gen_random_uuid(), 'other', $1)`,
		`INSERT INTO virtual_scopes (scope_type, scope_id) VALUES ('other', $1), ('elsewhere', gen_random_uuid())`,
		`INSERT INTO entity_memberships (virtual_scope_id, entity_type, entity_id)
		 SELECT id, 'other', $1 FROM virtual_scopes WHERE scope_type IN ('other', 'elsewhere')`,
		`INSERT INTO scope_bindings (virtual_scope_id, scope_type, scope_id)
		 SELECT id, 'other', $1 FROM virtual_scopes WHERE scope_type IN ('other', 'elsewhere')`,
	}
}

// addEntity puts an entity into a scope and its node, with the scope's row held.
func addEntity(ctx context.Context, tx pgx.Tx, lock, scopeType string, id pgtype.UUID) error {
	if err := tx.QueryRow(ctx, lock, id).Scan(nil); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO association_scopes_entities (scope_type, scope_id, entity_type, entity_id)
		VALUES ($1, $2, 'vfolder', gen_random_uuid())`, scopeType, text(id)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO entity_memberships (virtual_scope_id, entity_type, entity_id)
		SELECT id, 'vfolder', gen_random_uuid() FROM virtual_scopes WHERE scope_type = $1 AND scope_id = $2`, scopeType, id)
	return err
}

// together runs one operation on each of several scopes in one transaction.
func together[T any](ctx context.Context, db scope.DB, all []T, one func(ctx context.Context, ops *scopes.WriterOps, made T) error) error {
	return scopes.NewProvider(db).WriterOps(ctx, func(ctx context.Context, ops *scopes.WriterOps) error {
		for _, made := range all {
			if err := one(ctx, ops, made); err != nil {
				return err
			}
		}
		return nil
	})
}

func domains() scopetest.Scope[scopetest.None, *scopes.DomainCreatorResult] {
	return scopetest.Scope[scopetest.None, *scopes.DomainCreatorResult]{
		Type: "domain", Table: "domains", Keep: []string{"roles"},
		Create: func(ctx context.Context, db scope.DB, _ scopetest.None, name string) (*scopes.DomainCreatorResult, error) {
			return scopes.NewProvider(db).CreateDomain(ctx, scopes.DomainCreatorSpec{Name: name})
		},
		Purge: func(ctx context.Context, db scope.DB, d *scopes.DomainCreatorResult) (bool, error) {
			res, err := scopes.NewProvider(db).PurgeDomain(ctx, scopes.DomainPurgerSpec{ID: d.Row.ID})
			return err == nil && res.Found, err
		},
		PurgeAll: func(ctx context.Context, db scope.DB, all []*scopes.DomainCreatorResult) error {
			return together(ctx, db, all, func(ctx context.Context, ops *scopes.WriterOps, d *scopes.DomainCreatorResult) error {
				_, err := ops.PurgeDomain(ctx, scopes.DomainPurgerSpec{ID: d.Row.ID})
				return err
			})
		},
		CreateMany: func(ctx context.Context, db scope.DB, _ scopetest.None, names []string) ([]*scopes.DomainCreatorResult, error) {
			var specs []scopes.DomainCreatorSpec
			for _, name := range names {
				specs = append(specs, scopes.DomainCreatorSpec{Name: name})
			}
			return scopes.NewProvider(db).CreateDomains(ctx, specs)
		},
		PurgeMany: func(ctx context.Context, db scope.DB, all []*scopes.DomainCreatorResult) (found []bool, err error) {
			var specs []scopes.DomainPurgerSpec
			for _, d := range all {
				specs = append(specs, scopes.DomainPurgerSpec{ID: d.Row.ID})
			}
			res, err := scopes.NewProvider(db).PurgeDomains(ctx, specs)
			for _, r := range res {
				found = append(found, r.Found)
			}
			return found, err
		},
		ID:    func(d *scopes.DomainCreatorResult) string { return text(d.Row.ID) },
		Taken: scopes.ErrDomainNameTaken,
		AddMember: func(ctx context.Context, tx pgx.Tx, d *scopes.DomainCreatorResult) error {
			return addEntity(ctx, tx, `SELECT name FROM domains WHERE id = $1 FOR KEY SHARE`, "domain", d.Row.ID)
		},
		OtherType:     otherType(),
		Presets:       presetSQL(),
		NotApplicable: map[scopetest.Invariant]string{scopetest.ParentOutlivesChildren: "a domain is a tenant: nothing is above it"},
	}
}

func projects() scopetest.Scope[*scopes.DomainCreatorResult, *scopes.ProjectCreatorResult] {
	return scopetest.Scope[*scopes.DomainCreatorResult, *scopes.ProjectCreatorResult]{
		Type: "project", Table: "groups", Keep: []string{"roles"}, Parent: domains(),
		Create: func(ctx context.Context, db scope.DB, d *scopes.DomainCreatorResult, name string) (*scopes.ProjectCreatorResult, error) {
			return scopes.NewProvider(db).CreateProject(ctx, scopes.ProjectCreatorSpec{Name: name, DomainName: d.Row.Name})
		},
		Purge: func(ctx context.Context, db scope.DB, p *scopes.ProjectCreatorResult) (bool, error) {
			res, err := scopes.NewProvider(db).PurgeProject(ctx, scopes.ProjectPurgerSpec{ID: p.Row.ID})
			return err == nil && res.Found, err
		},
		PurgeAll: func(ctx context.Context, db scope.DB, all []*scopes.ProjectCreatorResult) error {
			return together(ctx, db, all, func(ctx context.Context, ops *scopes.WriterOps, p *scopes.ProjectCreatorResult) error {
				_, err := ops.PurgeProject(ctx, scopes.ProjectPurgerSpec{ID: p.Row.ID})
				return err
			})
		},
		CreateMany: func(ctx context.Context, db scope.DB, d *scopes.DomainCreatorResult, names []string) ([]*scopes.ProjectCreatorResult, error) {
			var specs []scopes.ProjectCreatorSpec
			for _, name := range names {
				specs = append(specs, scopes.ProjectCreatorSpec{Name: name, DomainName: d.Row.Name})
			}
			return scopes.NewProvider(db).CreateProjects(ctx, specs)
		},
		PurgeMany: func(ctx context.Context, db scope.DB, all []*scopes.ProjectCreatorResult) (found []bool, err error) {
			var specs []scopes.ProjectPurgerSpec
			for _, p := range all {
				specs = append(specs, scopes.ProjectPurgerSpec{ID: p.Row.ID})
			}
			res, err := scopes.NewProvider(db).PurgeProjects(ctx, specs)
			for _, r := range res {
				found = append(found, r.Found)
			}
			return found, err
		},
		ID:    func(p *scopes.ProjectCreatorResult) string { return text(p.Row.ID) },
		Taken: scopes.ErrProjectNameTaken,
		// A member makes the purge refuse. The row is locked by the foreign key alone.
		AddMember: func(ctx context.Context, tx pgx.Tx, p *scopes.ProjectCreatorResult) error {
			_, err := tx.Exec(ctx, `INSERT INTO association_groups_users (group_id, user_id) SELECT $1, uuid FROM users WHERE username = 'user'`, p.Row.ID)
			return err
		},
		OtherType: otherType(),
		Presets:   presetSQL(),
	}
}

func users() scopetest.Scope[*scopes.DomainCreatorResult, *scopes.UserCreatorResult] {
	return scopetest.Scope[*scopes.DomainCreatorResult, *scopes.UserCreatorResult]{
		Type: "user", Table: "users", Keep: []string{"roles"}, Parent: domains(),
		Create: func(ctx context.Context, db scope.DB, d *scopes.DomainCreatorResult, name string) (*scopes.UserCreatorResult, error) {
			return scopes.NewProvider(db).CreateUser(ctx, scopes.UserCreatorSpec{
				Username: name, Email: name + "@example.com", DomainName: d.Row.Name,
			})
		},
		Purge: func(ctx context.Context, db scope.DB, u *scopes.UserCreatorResult) (bool, error) {
			res, err := scopes.NewProvider(db).PurgeUser(ctx, scopes.UserPurgerSpec{ID: u.Row.Uuid})
			return err == nil && res.Found, err
		},
		PurgeAll: func(ctx context.Context, db scope.DB, all []*scopes.UserCreatorResult) error {
			return together(ctx, db, all, func(ctx context.Context, ops *scopes.WriterOps, u *scopes.UserCreatorResult) error {
				_, err := ops.PurgeUser(ctx, scopes.UserPurgerSpec{ID: u.Row.Uuid})
				return err
			})
		},
		CreateMany: func(ctx context.Context, db scope.DB, d *scopes.DomainCreatorResult, names []string) ([]*scopes.UserCreatorResult, error) {
			var specs []scopes.UserCreatorSpec
			for _, name := range names {
				specs = append(specs, scopes.UserCreatorSpec{
					Username: name, Email: name + "@example.com", DomainName: d.Row.Name,
				})
			}
			return scopes.NewProvider(db).CreateUsers(ctx, specs)
		},
		PurgeMany: func(ctx context.Context, db scope.DB, all []*scopes.UserCreatorResult) (found []bool, err error) {
			var specs []scopes.UserPurgerSpec
			for _, u := range all {
				specs = append(specs, scopes.UserPurgerSpec{ID: u.Row.Uuid})
			}
			res, err := scopes.NewProvider(db).PurgeUsers(ctx, specs)
			for _, r := range res {
				found = append(found, r.Found)
			}
			return found, err
		},
		ID:    func(u *scopes.UserCreatorResult) string { return text(u.Row.Uuid) },
		Taken: scopes.ErrUsernameTaken,
		AddMember: func(ctx context.Context, tx pgx.Tx, u *scopes.UserCreatorResult) error {
			return addEntity(ctx, tx, `SELECT username FROM users WHERE uuid = $1 FOR KEY SHARE`, "user", u.Row.Uuid)
		},
		OtherType: otherType(),
		Presets:   presetSQL(),
	}
}
