package server_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"example.com/saas/saasfunc"
)

func TestCreateWorkspace(t *testing.T) {
	t.Parallel()
	s := newService(t)
	organisation := s.organisation(t, "Acme")
	var made struct {
		ID          int64
		Plan        string
		TrialEndsAt time.Time `json:"trial_ends_at"`
		Roles       []struct{ Name string }
		Environment struct{ ID string }
	}
	before := time.Now()
	s.do(t, actor, "POST", "/workspaces", workspaceBody(organisation, "vision"), 201, &made)

	if made.Plan != "trial" || len(made.Roles) != 3 || made.Environment.ID != "vision-default" {
		t.Errorf("the answer is %+v, want the plan trial, 3 roles and the environment vision-default", made)
	}
	const trial = 14 * 24 * time.Hour
	if got := made.TrialEndsAt.Sub(before).Round(time.Hour); got != trial {
		t.Errorf("the trial lasts %s, want %s", got, trial)
	}
	id := strconv.FormatInt(made.ID, 10)
	s.check(t, "workspace", `SELECT concat_ws(' ', slug, name, description, plan, settings -> 'quota' ->> 'cpu', settings -> 'quota' -> 'gpu') FROM workspaces WHERE id = $1`,
		[]any{made.ID}, "vision Vision Cameras trial 4 null")
	s.check(t, "roles", `SELECT name::text FROM roles WHERE scope_type = 'workspace' AND scope_id = $1`,
		[]any{id}, "owner", "editor", "viewer")
	s.check(t, "grants", `SELECT concat_ws(' ', r.name, g.scope_type, g.scope_id, g.object, g.action)
		FROM role_grants g JOIN roles r ON r.id = g.role_id WHERE r.scope_type = 'workspace' AND r.scope_id = $1`, []any{id},
		"owner workspace "+id+" * *",
		"editor workspace "+id+" environment *",
		"editor workspace "+id+" member read",
		"viewer workspace "+id+" environment read",
		"viewer workspace "+id+" member read",
		"owner environment vision-default deployment *",
		"editor environment vision-default deployment *")
	s.check(t, "members", `SELECT concat_ws(' ', m.user_id, r.name) FROM members m JOIN roles r ON r.id = m.role_id
		WHERE m.scope_type = 'workspace' AND m.scope_id = $1 AND r.scope_type = 'workspace' AND r.scope_id = $1`,
		[]any{id}, ada+" owner", bob+" owner")
	s.check(t, "environments", `SELECT concat_ws(' ', id, name, settings) FROM environments WHERE workspace_id = $1`,
		[]any{made.ID}, "vision-default Default {}")
	s.check(t, "audit", `SELECT concat_ws(' ', actor, action, scope_type, scope_id) FROM audit_log`, nil,
		actor+" create organisation "+strconv.FormatInt(organisation, 10),
		actor+" create workspace "+id,
		actor+" create environment vision-default")
	if got, want := s.published(), []saasfunc.WorkspaceEvent{{ID: made.ID, Slug: "vision"}}; !slices.Equal(got, want) {
		t.Errorf("published %v, want %v", got, want)
	}
}

func TestDuplicateSlug(t *testing.T) {
	t.Parallel()
	s := newService(t)
	organisation := s.organisation(t, "Acme")
	s.workspace(t, organisation, "vision")
	before := s.counts(t)

	s.refused(t, "POST", "/workspaces", workspaceBody(organisation, "vision"), 409, "workspace_slug_taken")

	if after := s.counts(t); !maps.Equal(before, after) {
		t.Errorf("the refused workspace left rows: %v, want %v", after, before)
	}
	if got := s.published(); len(got) != 1 {
		t.Errorf("published %v, want the first workspace alone", got)
	}

	other := s.organisation(t, "Umbrella")
	s.refused(t, "POST", "/workspaces", workspaceBody(other, "vision"), 409, "environment_id_taken")
	var made struct{ Environment *struct{ ID string } }
	s.do(t, actor, "POST", "/workspaces", fmt.Sprintf(
		`{"organisation_id": %d, "slug": "vision", "name": "Vision", "plan": "team", "owners": [%q], "default_environment": false}`, other, ada), 201, &made)
	if made.Environment != nil {
		t.Errorf("made the environment %q, want none", made.Environment.ID)
	}
}

func TestPurge(t *testing.T) {
	t.Parallel()
	s := newService(t)
	organisation := s.organisation(t, "Acme")
	workspace := s.workspace(t, organisation, "vision")
	s.do(t, actor, "POST", "/environments", fmt.Sprintf(`{"id": "vision-prod", "workspace_id": %d, "name": "Production"}`, workspace), 201, nil)
	organisationPath := fmt.Sprintf("/organisations/%d", organisation)
	workspacePath := fmt.Sprintf("/workspaces/%d", workspace)
	s.exec(t, `INSERT INTO subscriptions (workspace_id, status) VALUES ($1, 'active')`, workspace)
	before := s.counts(t)

	s.refused(t, "DELETE", organisationPath, "", 409, "has_children")
	s.refused(t, "DELETE", workspacePath, "", 409, "workspace_has_subscriptions")
	if after := s.counts(t); !maps.Equal(before, after) {
		t.Errorf("the refused purges changed rows: %v, want %v", after, before)
	}

	s.exec(t, `UPDATE subscriptions SET status = 'ended', ended_at = now() WHERE workspace_id = $1`, workspace)
	var purged struct{ Removed map[string]int64 }
	s.do(t, bob, "DELETE", workspacePath, "", 200, &purged)
	want := map[string]int64{"subscriptions": 1, "grants": 5, "members": 2, "roles": 3}
	if !maps.Equal(purged.Removed, want) {
		t.Errorf("removed %v, want %v", purged.Removed, want)
	}
	s.do(t, bob, "DELETE", organisationPath, "", 200, nil)
	if got, want := s.counts(t), map[string]int64{"audit_log": 8}; !maps.Equal(got, want) {
		t.Errorf("left are %v, want what specgen.yaml keeps: %v", got, want)
	}
	s.check(t, "audit of the purges", `SELECT concat_ws(' ', actor, scope_type) FROM audit_log WHERE action = 'purge'`, nil,
		bob+" organisation", bob+" workspace", bob+" environment", bob+" environment")
	s.refused(t, "DELETE", workspacePath, "", 404, "not_found")
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	s := newService(t)
	workspace := s.workspace(t, s.organisation(t, "Acme"), "vision")
	body := fmt.Sprintf(`{"id": "vision-prod", "workspace_id": %d, "name": "Production"}`, workspace)
	s.do(t, actor, "POST", "/environments", body, 201, nil)
	const grants = `SELECT concat_ws(' ', r.name, g.object, g.action) FROM role_grants g JOIN roles r ON r.id = g.role_id
		WHERE g.scope_type = 'environment' AND g.scope_id = 'vision-prod'`
	s.check(t, "grants", grants, nil, "owner deployment *", "editor deployment *")

	s.refused(t, "POST", "/environments", body, 409, "environment_id_taken")

	var purged struct{ Removed map[string]int64 }
	s.do(t, actor, "DELETE", "/environments/vision-prod", "", 200, &purged)
	if want := map[string]int64{"grants": 2}; !maps.Equal(purged.Removed, want) {
		t.Errorf("removed %v, want %v", purged.Removed, want)
	}
	s.check(t, "grants after the purge", grants, nil)
	s.check(t, "environments after the purge", `SELECT id FROM environments`, nil, "vision-default")
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	s := newService(t)
	organisation := s.organisation(t, "Acme")
	before := s.counts(t)
	workspace := func(organisation int64, slug, more string) string {
		return fmt.Sprintf(`{"organisation_id": %d, "slug": %q, "name": "Vision"%s}`, organisation, slug, more)
	}
	owner := fmt.Sprintf(`, "owners": [%q]`, ada)
	tests := []struct {
		name, path, body string
		status           int
		code             string
	}{
		{"taken name", "/organisations", `{"name": "Acme"` + owner + `}`, 409, "organisation_name_taken"},
		{"bad slug", "/workspaces", workspace(organisation, "Vision Lab", owner), 422, "bad_slug"},
		{"no owner", "/workspaces", workspace(organisation, "vision", ""), 422, "no_owner"},
		{"null owner", "/workspaces", workspace(organisation, "vision", `, "owners": [null]`), 422, "invalid"},
		{"owner twice", "/workspaces", workspace(organisation, "vision", fmt.Sprintf(`, "owners": [%q, %q]`, ada, ada)), 409, "owner_listed_twice"},
		{"unknown plan", "/workspaces", workspace(organisation, "vision", owner+`, "plan": "gold"`), 422, "invalid"},
		{"unknown organisation", "/workspaces", workspace(organisation+1, "vision", owner), 404, "organisation_not_found"},
		{"unknown field", "/workspaces", workspace(organisation, "vision", `, "colour": "red"`), 400, "bad_request"},
		{"two values", "/workspaces", workspace(organisation, "vision", owner) + "{}", 400, "bad_request"},
		{"unknown workspace", "/environments", `{"id": "prod", "workspace_id": 1, "name": "P"}`, 404, "workspace_not_found"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { // not parallel: the counts below come after them all
			s.refused(t, "POST", test.path, test.body, test.status, test.code)
		})
	}
	s.do(t, "nobody", "POST", "/workspaces", workspace(organisation, "vision", owner), 401, nil)
	if after := s.counts(t); !maps.Equal(before, after) {
		t.Errorf("bad requests left rows: %v, want %v", after, before)
	}

	id := s.workspace(t, organisation, "vision")
	s.refused(t, "POST", "/environments", fmt.Sprintf(`{"id": "Prod!", "workspace_id": %d, "name": "P"}`, id), 422, "bad_environment_id")
}

func TestPublisherFails(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.publishError = errors.New("the broker is down")
	id := s.workspace(t, s.organisation(t, "Acme"), "vision")
	s.check(t, "workspaces", `SELECT id::text FROM workspaces`, nil, strconv.FormatInt(id, 10))
}
