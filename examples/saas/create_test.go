package saas_test

import (
	"errors"
	"testing"
	"time"

	"example.com/saas/internal/saasdb"
	"example.com/saas/saasfunc"
	"example.com/saas/scopes"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/specgen-dev/specgen/scope"
)

var (
	_ scope.CreatorSpec = scopes.WorkspaceCreatorSpec{}
	_ scope.PurgerSpec  = scopes.WorkspacePurgerSpec{}
)

// What needs an id that the server makes waits for it, and nothing else does.
func TestCreateWorkspaceSteps(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	organisation := f.organisation(t, "Acme")
	f.steps()
	res, err := f.CreateWorkspace(f.ctx(t), vision(organisation))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "steps", f.steps(),
		"1 parents.organisation",
		"1 row",
		"2 access.role", "2 access.role", "2 access.role",
		"2 audit.create_audit_entry",
		"2 environment.parents.workspace",
		"2 environment.row",
		"2 environment.workspace_roles", "2 environment.workspace_roles", // read again: it locks
		"2 environment.audit.create_audit_entry",
		"3 access.create_role_grant", "3 access.create_role_grant", "3 access.create_role_grant", "3 access.create_role_grant", "3 access.create_role_grant",
		"3 access.create_member", "3 access.create_member",
		"3 environment.create_role_grant", "3 environment.create_role_grant")
	if res.Row.Plan != saasdb.WorkspacePlanTrial || !res.Row.TrialEndsAt.Time.Equal(noon.Add(14*24*time.Hour)) {
		t.Errorf("the row is %+v, want the plan trial until two weeks after noon", res.Row)
	}
	var roles []saasdb.MemberRole
	for _, role := range res.Roles {
		roles = append(roles, role.Name)
	}
	equal(t, "roles", roles, saasdb.MemberRoleOwner, saasdb.MemberRoleEditor, saasdb.MemberRoleViewer)
	equal(t, "environments", f.column(t, `SELECT id FROM environments`), res.Environment.Row.ID)
	equal(t, "times", f.column(t, `SELECT DISTINCT (at AT TIME ZONE 'UTC')::text FROM (
		SELECT at FROM audit_log UNION ALL SELECT joined_at FROM members) AS x`), noon.Format(time.DateTime))
	equal(t, "published", f.published(), saasfunc.WorkspaceEvent{ID: res.Row.ID, Slug: "vision"})
}

// Without the nested scope none of its statements is sent.
func TestCreateWorkspaceAlone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	spec := vision(f.organisation(t, "Acme"))
	spec.Owners, spec.DefaultEnvironment, spec.Plan = nil, scope.Ptr(false), scope.Ptr(saasdb.WorkspacePlanTeam)
	f.steps()
	res, err := f.CreateWorkspace(f.ctx(t), spec)
	if err != nil {
		t.Fatal(err)
	}
	if res.Environment != nil || res.Row.Plan != saasdb.WorkspacePlanTeam {
		t.Errorf("the result is %+v, want the plan team and no environment", res)
	}
	equal(t, "steps", f.steps(), "1 parents.organisation", "1 row",
		"2 access.role", "2 access.role", "2 access.role", "2 audit.create_audit_entry",
		"3 access.create_role_grant", "3 access.create_role_grant", "3 access.create_role_grant", "3 access.create_role_grant", "3 access.create_role_grant")
}

// A call leaves the specification that it was given as it was.
func TestCreateKeepsSpec(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	spec := vision(f.organisation(t, "Acme"))
	if _, err := f.CreateWorkspace(f.ctx(t), spec); err != nil {
		t.Fatal(err)
	}
	if spec.Plan != nil || spec.DefaultEnvironment != nil {
		t.Errorf("the specification is %+v, want its defaults left out", spec)
	}
}

func TestCreateErrors(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	acme, umbrella := f.organisation(t, "Acme"), f.organisation(t, "Umbrella")
	f.workspace(t, acme)
	before := f.dump(t)
	twice, nobody := vision(umbrella), vision(acme+umbrella)
	twice.Owners = []pgtype.UUID{ada, ada}
	for _, test := range []struct {
		name       string
		spec       scopes.WorkspaceCreatorSpec
		own, is    error
		step       string
		constraint string
	}{
		{"in the scope's row", vision(acme), scopes.ErrWorkspaceSlugTaken, scope.ErrAlreadyExists, "row", "workspaces_slug_key"},
		{"in a block's step", twice, scopes.ErrOwnerListedTwice, scope.ErrAlreadyExists, "access.create_member", "members_user_key"},
		{"in a parent's lock", nobody, scopes.ErrOrganisationNotFound, scope.ErrParentNotFound, "parents.organisation", ""},
		{"in a nested scope", vision(umbrella), scopes.ErrEnvironmentIDTaken, scope.ErrAlreadyExists, "environment.row", "environments_pkey"},
	} {
		if test.name == "in a block's step" {
			test.spec.DefaultEnvironment = scope.Ptr(false) // its id is taken too
		}
		res, err := f.CreateWorkspace(f.ctx(t), test.spec)
		e := wantError(t, err, test.own, test.is)
		if res != nil || e.Op != scope.OpCreate || e.Scope.Type != "workspace" || e.Step != test.step || e.Constraint != test.constraint || e.Committed {
			t.Errorf("%s: the result is %v, the error %+v", test.name, res, e)
		}
	}
	f.unchanged(t, before)
	equal(t, "published", f.published())
}

// A bad slug is found before anything is sent.
func TestBeforeFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	spec := vision(1)
	spec.Slug = "Vision Lab"
	_, err := f.CreateWorkspace(f.ctx(t), spec)
	e := wantError(t, err, scope.ErrInvalid)
	var slug *saasfunc.SlugError
	if !errors.As(err, &slug) || slug.Slug != spec.Slug {
		t.Errorf("the error %v is no SlugError for %q", err, spec.Slug)
	}
	if e.Op != scope.OpPrepare || e.Step != "before.CheckSlug" {
		t.Errorf("the error is %+v", e)
	}
	equal(t, "steps", f.steps())
}

// The rows are there, and so is the result.
func TestAfterCommitFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	organisation := f.organisation(t, "Acme")
	f.broken = errors.New("the broker is down")
	res, err := f.CreateWorkspace(f.ctx(t), vision(organisation))
	e := wantError(t, err, f.broken)
	if !e.Committed || e.Step != "after_commit.WorkspaceCreated" {
		t.Errorf("the error is %+v, want one that came after the commit", e)
	}
	if res == nil || res.Row.Slug != "vision" {
		t.Errorf("the result is %+v, want the workspace", res)
	}
	equal(t, "workspaces", f.column(t, `SELECT slug FROM workspaces`), "vision")
}

// Every audited operation asks who the actor is, before anything is sent.
func TestActor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	before := f.dump(t)
	for name, call := range map[string]func(p *scopes.Provider) error{
		"create": func(p *scopes.Provider) error {
			_, err := p.CreateOrganisation(t.Context(), scopes.OrganisationCreatorSpec{Name: "Acme"})
			return err
		},
		"purge": func(p *scopes.Provider) error {
			_, err := p.PurgeOrganisation(t.Context(), scopes.OrganisationPurgerSpec{ID: 1})
			return err
		},
	} {
		if e := wantError(t, call(f.Provider), errNobody); e.Step != "context.actor" {
			t.Errorf("%s: the error is %+v", name, e)
		}
		if e := wantError(t, call(scopes.NewProvider(f.pool, scopes.ContextValues{}))); e.Step != "context.actor" {
			t.Errorf("%s without a function: the error is %+v", name, e)
		}
	}
	equal(t, "steps", f.steps())
	f.unchanged(t, before)
	f.organisation(t, "Acme")
	equal(t, "audit", f.column(t, `SELECT actor::text FROM audit_log`), actor.String())
}
