package saas_test

import (
	"errors"
	"testing"

	"example.com/saas/scopes"
	"github.com/jackc/pgx/v5"
	"github.com/specgen-dev/specgen/scope"
)

// The environments go first, each as it would alone, in the order of their keys.
func TestPurgeCascades(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	organisation := f.organisation(t, "Acme")
	kept := f.dump(t)
	workspace := f.workspace(t, organisation)
	if _, err := f.CreateEnvironment(f.ctx(t), scopes.EnvironmentCreatorSpec{ID: "a-first", WorkspaceID: workspace, Name: "First"}); err != nil {
		t.Fatal(err)
	}
	f.exec(t, `INSERT INTO subscriptions (workspace_id, status) VALUES ($1, 'ended')`, workspace)
	f.steps()
	res, err := f.PurgeWorkspace(f.ctx(t), scopes.WorkspacePurgerSpec{ID: workspace})
	if err != nil {
		t.Fatal(err)
	}
	environment := []string{"2 environment.lock", "2 environment.grants", "2 environment.audit.create_audit_entry", "2 environment.row"}
	want := []string{"1 lock", "1 refuse.count_live_subscriptions", "1 children.environment"}
	want = append(append(want, environment...), environment...)
	want = append(want, "2 subscriptions", "2 remove_access.grants", "2 remove_access.members", "2 remove_access.roles", "2 audit.create_audit_entry", "2 row")
	equal(t, "steps", f.steps(), want...)

	if !res.Found || res.Row.Slug != "vision" || res.Subscriptions != 1 || res.Grants != 5 || res.Members != 2 || res.Roles != 3 {
		t.Errorf("the result is %+v", res)
	}
	var ids []string
	for _, e := range res.Environments {
		ids = append(ids, e.Row.ID)
		if !e.Found || e.Grants != 2 {
			t.Errorf("the result of %s is %+v", e.Row.ID, e)
		}
	}
	equal(t, "environments", ids, "a-first", "vision-default")

	equal(t, "purges in the audit log", f.column(t, `DELETE FROM audit_log WHERE scope_type <> 'organisation' AND action = 'purge' RETURNING scope_type`),
		"environment", "environment", "workspace")
	f.exec(t, `DELETE FROM audit_log WHERE scope_type <> 'organisation'`)
	f.unchanged(t, kept)
}

func TestPurgeRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	organisation := f.organisation(t, "Acme")
	workspace := f.workspace(t, organisation)
	f.exec(t, `INSERT INTO subscriptions (workspace_id, status) VALUES ($1, 'past_due'), ($1, 'ended')`, workspace)
	before := f.dump(t)

	_, err := f.PurgeOrganisation(f.ctx(t), scopes.OrganisationPurgerSpec{ID: organisation})
	e := wantError(t, err, scope.ErrHasChildren)
	var children *scope.HasChildrenError
	if !errors.As(err, &children) || children.Type != "workspace" || children.Count != 1 || e.Step != "children.workspace" {
		t.Errorf("the error is %+v, want one about 1 workspace", e)
	}
	_, err = f.PurgeWorkspace(f.ctx(t), scopes.WorkspacePurgerSpec{ID: workspace})
	if e := wantError(t, err, scopes.ErrWorkspaceHasSubscriptions, scope.ErrInUse); e.Step != "refuse.count_live_subscriptions" {
		t.Errorf("the error is %+v", e)
	}
	f.unchanged(t, before)
}

// What is left of an environment whose row is gone stays: its id is made of names,
// so that another environment of it may come meanwhile.
func TestPurgeResidue(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.workspace(t, f.organisation(t, "Acme"))
	f.exec(t, `DELETE FROM environments WHERE id = 'vision-default'`)
	before := f.dump(t)
	res, err := f.PurgeEnvironment(f.ctx(t), scopes.EnvironmentPurgerSpec{ID: "vision-default"})
	if err != nil {
		t.Fatal(err)
	}
	if res.Found || res.Row.ID != "" {
		t.Errorf("the result is %+v, want no row", res)
	}
	f.unchanged(t, before)
}

// A snapshot older than the locks would miss a child: section 13.2.2 of the
// PostgreSQL manual.
func TestPurgeNeedsReadCommitted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	organisation := f.organisation(t, "Acme")
	before := f.dump(t)
	f.steps()
	tx := f.begin(t, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	_, err := f.provider(tx).PurgeOrganisation(f.ctx(t), scopes.OrganisationPurgerSpec{ID: organisation})
	wantError(t, err, scope.ErrIsolation)
	equal(t, "steps", f.steps(), "1 isolation")
	if err := tx.Commit(t.Context()); err != nil {
		t.Error(err)
	}
	f.unchanged(t, before)
}
