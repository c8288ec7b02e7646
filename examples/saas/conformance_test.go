package saas_test

import (
	"context"
	"strconv"
	"testing"

	"example.com/saas/internal/testpg"
	"example.com/saas/scopes"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/scopetest"
)

// The roles are part of the product, not of the database.
const noPresets = "the built-in roles are in the specification: there is no preset to edit"

// TestConformance runs the suite of package scopetest on every type of scope.
func TestConformance(t *testing.T) {
	t.Parallel()
	for _, s := range []struct {
		name    string
		subject scopetest.Subject
	}{{"saas organisation", organisations()}, {"saas workspace", workspaces()}, {"saas environment", environments()}} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			pool := testpg.Open(t, "schema", func(config *pgxpool.Config) {
				config.MaxConns = 8
				config.ConnConfig.RuntimeParams["deadlock_timeout"] = "50ms" // the suite makes deadlocks
			})
			scopetest.Run(t, pool, s.subject)
		})
	}
}

// ask returns a Provider on db, and ctx as the actor's.
func ask(ctx context.Context, db scope.DB) (context.Context, *scopes.Provider) {
	return context.WithValue(ctx, actorKey{}, actor), scopes.NewProvider(db, scopes.ContextValues{Actor: actorFrom})
}

// together runs one operation on each of several scopes in one transaction.
func together[T any](ctx context.Context, db scope.DB, all []T, one func(ctx context.Context, ops *scopes.WriterOps, made T) error) error {
	ctx, p := ask(ctx, db)
	return p.WriterOps(ctx, func(ctx context.Context, ops *scopes.WriterOps) error {
		for _, made := range all {
			if err := one(ctx, ops, made); err != nil {
				return err
			}
		}
		return nil
	})
}

// addMember adds a member to a scope as the application does: it holds the
// scope's row, and gives the member the role of a viewer.
func addMember(ctx context.Context, tx pgx.Tx, table, scopeType string, id int64) error {
	if err := tx.QueryRow(ctx, `SELECT id FROM `+table+` WHERE id = $1 FOR KEY SHARE`, id).Scan(nil); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO members (scope_type, scope_id, user_id, role_id, joined_at)
		SELECT scope_type, scope_id, gen_random_uuid(), id, now()
		FROM roles WHERE scope_type = $1 AND scope_id = $2 AND name = 'viewer'`, scopeType, strconv.FormatInt(id, 10))
	return err
}

// otherType are an environment's roles, grants and members, and its id is that of
// the scope under test.
func otherType() []string {
	return []string{
		`INSERT INTO roles (scope_type, scope_id, name) VALUES ('other', $1, 'owner')`,
		`INSERT INTO role_grants (role_id, scope_type, scope_id, object, action)
		 SELECT id, scope_type, scope_id, '*', '*' FROM roles WHERE scope_type = 'other' AND scope_id = $1`,
		`INSERT INTO members (scope_type, scope_id, user_id, role_id, joined_at)
		 SELECT scope_type, scope_id, gen_random_uuid(), id, now() FROM roles WHERE scope_type = 'other' AND scope_id = $1`,
	}
}

func organisations() scopetest.Scope[scopetest.None, *scopes.OrganisationCreatorResult] {
	return scopetest.Scope[scopetest.None, *scopes.OrganisationCreatorResult]{
		Type: "organisation", Table: "organisations", Keep: []string{"audit_log"},
		Create: func(ctx context.Context, db scope.DB, _ scopetest.None, name string) (*scopes.OrganisationCreatorResult, error) {
			ctx, p := ask(ctx, db)
			return p.CreateOrganisation(ctx, scopes.OrganisationCreatorSpec{Name: name, Owners: []pgtype.UUID{ada}})
		},
		Purge: func(ctx context.Context, db scope.DB, o *scopes.OrganisationCreatorResult) (bool, error) {
			ctx, p := ask(ctx, db)
			res, err := p.PurgeOrganisation(ctx, scopes.OrganisationPurgerSpec{ID: o.Row.ID})
			return err == nil && res.Found, err
		},
		PurgeAll: func(ctx context.Context, db scope.DB, all []*scopes.OrganisationCreatorResult) error {
			return together(ctx, db, all, func(ctx context.Context, ops *scopes.WriterOps, o *scopes.OrganisationCreatorResult) error {
				_, err := ops.PurgeOrganisation(ctx, scopes.OrganisationPurgerSpec{ID: o.Row.ID})
				return err
			})
		},
		CreateMany: func(ctx context.Context, db scope.DB, _ scopetest.None, names []string) ([]*scopes.OrganisationCreatorResult, error) {
			ctx, p := ask(ctx, db)
			var specs []scopes.OrganisationCreatorSpec
			for _, name := range names {
				specs = append(specs, scopes.OrganisationCreatorSpec{Name: name, Owners: []pgtype.UUID{ada}})
			}
			return p.CreateOrganisations(ctx, specs)
		},
		PurgeMany: func(ctx context.Context, db scope.DB, all []*scopes.OrganisationCreatorResult) (found []bool, err error) {
			ctx, p := ask(ctx, db)
			var specs []scopes.OrganisationPurgerSpec
			for _, o := range all {
				specs = append(specs, scopes.OrganisationPurgerSpec{ID: o.Row.ID})
			}
			res, err := p.PurgeOrganisations(ctx, specs)
			for _, r := range res {
				found = append(found, r.Found)
			}
			return found, err
		},
		ID:    func(o *scopes.OrganisationCreatorResult) string { return strconv.FormatInt(o.Row.ID, 10) },
		Taken: scopes.ErrOrganisationNameTaken,
		AddMember: func(ctx context.Context, tx pgx.Tx, o *scopes.OrganisationCreatorResult) error {
			return addMember(ctx, tx, "organisations", "organisation", o.Row.ID)
		},
		OtherType: otherType(),
		NotApplicable: map[scopetest.Invariant]string{
			scopetest.PresetsAreWhole:        noPresets,
			scopetest.ParentOutlivesChildren: "an organisation is a customer: nothing is above it",
		},
	}
}

func workspaces() scopetest.Scope[*scopes.OrganisationCreatorResult, *scopes.WorkspaceCreatorResult] {
	return scopetest.Scope[*scopes.OrganisationCreatorResult, *scopes.WorkspaceCreatorResult]{
		Type: "workspace", Table: "workspaces", Keep: []string{"audit_log"}, Parent: organisations(),
		Nested: []string{"environment"}, // it is made with one
		Create: func(ctx context.Context, db scope.DB, o *scopes.OrganisationCreatorResult, name string) (*scopes.WorkspaceCreatorResult, error) {
			ctx, p := ask(ctx, db)
			prepared, err := p.PrepareWorkspace(ctx, scopes.WorkspaceCreatorSpec{
				OrganisationID: o.Row.ID, Slug: name, Name: name, Owners: []pgtype.UUID{ada, bob},
			})
			if err != nil {
				return nil, err
			}
			return p.CreatePreparedWorkspace(ctx, prepared)
		},
		Purge: func(ctx context.Context, db scope.DB, w *scopes.WorkspaceCreatorResult) (bool, error) {
			ctx, p := ask(ctx, db)
			res, err := p.PurgeWorkspace(ctx, scopes.WorkspacePurgerSpec{ID: w.Row.ID})
			return err == nil && res.Found, err
		},
		PurgeAll: func(ctx context.Context, db scope.DB, all []*scopes.WorkspaceCreatorResult) error {
			return together(ctx, db, all, func(ctx context.Context, ops *scopes.WriterOps, w *scopes.WorkspaceCreatorResult) error {
				_, err := ops.PurgeWorkspace(ctx, scopes.WorkspacePurgerSpec{ID: w.Row.ID})
				return err
			})
		},
		CreateMany: func(ctx context.Context, db scope.DB, o *scopes.OrganisationCreatorResult, names []string) ([]*scopes.WorkspaceCreatorResult, error) {
			ctx, p := ask(ctx, db)
			var specs []scopes.WorkspaceCreatorSpec
			for _, name := range names {
				specs = append(specs, scopes.WorkspaceCreatorSpec{
					OrganisationID: o.Row.ID, Slug: name, Name: name, Owners: []pgtype.UUID{ada, bob},
				})
			}
			prepared, err := p.PrepareWorkspaces(ctx, specs)
			if err != nil {
				return nil, err
			}
			return p.CreatePreparedWorkspaces(ctx, prepared)
		},
		PurgeMany: func(ctx context.Context, db scope.DB, all []*scopes.WorkspaceCreatorResult) (found []bool, err error) {
			ctx, p := ask(ctx, db)
			var specs []scopes.WorkspacePurgerSpec
			for _, w := range all {
				specs = append(specs, scopes.WorkspacePurgerSpec{ID: w.Row.ID})
			}
			res, err := p.PurgeWorkspaces(ctx, specs)
			for _, r := range res {
				found = append(found, r.Found)
			}
			return found, err
		},
		ID:    func(w *scopes.WorkspaceCreatorResult) string { return strconv.FormatInt(w.Row.ID, 10) },
		Taken: scopes.ErrWorkspaceSlugTaken,
		// A subscription makes the purge refuse. The row is locked by the foreign key alone.
		AddMember: func(ctx context.Context, tx pgx.Tx, w *scopes.WorkspaceCreatorResult) error {
			_, err := tx.Exec(ctx, `INSERT INTO subscriptions (workspace_id, status) VALUES ($1, 'active')`, w.Row.ID)
			return err
		},
		OtherType:     otherType(),
		NotApplicable: map[scopetest.Invariant]string{scopetest.PresetsAreWhole: noPresets},
	}
}

func environments() scopetest.Scope[*scopes.WorkspaceCreatorResult, *scopes.EnvironmentCreatorResult] {
	return scopetest.Scope[*scopes.WorkspaceCreatorResult, *scopes.EnvironmentCreatorResult]{
		Type: "environment", Table: "environments", Keep: []string{"audit_log"}, Parent: workspaces(),
		Create: func(ctx context.Context, db scope.DB, w *scopes.WorkspaceCreatorResult, name string) (*scopes.EnvironmentCreatorResult, error) {
			ctx, p := ask(ctx, db)
			return p.CreateEnvironment(ctx, scopes.EnvironmentCreatorSpec{ID: name, WorkspaceID: w.Row.ID, Name: name})
		},
		Purge: func(ctx context.Context, db scope.DB, e *scopes.EnvironmentCreatorResult) (bool, error) {
			ctx, p := ask(ctx, db)
			res, err := p.PurgeEnvironment(ctx, scopes.EnvironmentPurgerSpec{ID: e.Row.ID})
			return err == nil && res.Found, err
		},
		PurgeAll: func(ctx context.Context, db scope.DB, all []*scopes.EnvironmentCreatorResult) error {
			return together(ctx, db, all, func(ctx context.Context, ops *scopes.WriterOps, e *scopes.EnvironmentCreatorResult) error {
				_, err := ops.PurgeEnvironment(ctx, scopes.EnvironmentPurgerSpec{ID: e.Row.ID})
				return err
			})
		},
		CreateMany: func(ctx context.Context, db scope.DB, w *scopes.WorkspaceCreatorResult, names []string) ([]*scopes.EnvironmentCreatorResult, error) {
			ctx, p := ask(ctx, db)
			var specs []scopes.EnvironmentCreatorSpec
			for _, name := range names {
				specs = append(specs, scopes.EnvironmentCreatorSpec{ID: name, WorkspaceID: w.Row.ID, Name: name})
			}
			return p.CreateEnvironments(ctx, specs)
		},
		PurgeMany: func(ctx context.Context, db scope.DB, all []*scopes.EnvironmentCreatorResult) (found []bool, err error) {
			ctx, p := ask(ctx, db)
			var specs []scopes.EnvironmentPurgerSpec
			for _, e := range all {
				specs = append(specs, scopes.EnvironmentPurgerSpec{ID: e.Row.ID})
			}
			res, err := p.PurgeEnvironments(ctx, specs)
			for _, r := range res {
				found = append(found, r.Found)
			}
			return found, err
		},
		ID:    func(e *scopes.EnvironmentCreatorResult) string { return e.Row.ID },
		Taken: scopes.ErrEnvironmentIDTaken,
		// Another team's role is let in.
		AddMember: func(ctx context.Context, tx pgx.Tx, e *scopes.EnvironmentCreatorResult) error {
			if err := tx.QueryRow(ctx, `SELECT id FROM environments WHERE id = $1 FOR KEY SHARE`, e.Row.ID).Scan(nil); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `
				INSERT INTO role_grants (role_id, scope_type, scope_id, object, action)
				SELECT id, 'environment', $1, 'log', 'read' FROM roles WHERE scope_type = 'workspace' AND scope_id = $2`,
				e.Row.ID, strconv.FormatInt(e.Row.WorkspaceID, 10))
			return err
		},
		OtherType:     otherType(),
		KeepsResidue:  true, // another environment of the id may come meanwhile
		NotApplicable: map[scopetest.Invariant]string{scopetest.PresetsAreWhole: noPresets},
	}
}
