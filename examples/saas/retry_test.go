package saas_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"example.com/saas/saasfunc"
	"example.com/saas/scopes"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/specgen-dev/specgen/scope"
)

// conflictOnce makes the first audit row of a workspace fail as a serialization
// failure does. A sequence is not rolled back, so the second one is written.
const conflictOnce = `
	CREATE SEQUENCE conflicts;
	CREATE FUNCTION conflict_once() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		IF nextval('conflicts') = 1 THEN
			RAISE EXCEPTION 'a conflict' USING ERRCODE = 'serialization_failure';
		END IF;
		RETURN NEW;
	END $$;
	CREATE TRIGGER conflict_once BEFORE INSERT ON audit_log
		FOR EACH ROW WHEN (NEW.scope_type = 'workspace') EXECUTE FUNCTION conflict_once()`

// A retry is the whole transaction again, at the time of the call: nothing of the
// first attempt is left, and what follows the commit happens once.
func TestRetry(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	organisation := f.organisation(t, "Acme")
	f.exec(t, conflictOnce)
	f.steps()
	now := noon
	later := scope.WithClock(func() time.Time {
		defer func() { now = now.Add(time.Hour) }()
		return now
	})
	res, err := f.provider(f.pool, later).CreateWorkspace(f.ctx(t), vision(organisation))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "published", f.published(), saasfunc.WorkspaceEvent{ID: res.Row.ID, Slug: "vision"})
	if len(res.Roles) != 3 || !res.Row.TrialEndsAt.Time.Equal(noon.Add(14*24*time.Hour)) {
		t.Errorf("the result is %+v, want 3 roles, and a trial from noon", res)
	}
	equal(t, "workspaces", f.column(t, `SELECT slug FROM workspaces`), "vision")
	equal(t, "roles", f.column(t, `SELECT name::text FROM roles WHERE scope_type = 'workspace' ORDER BY id`), "owner", "editor", "viewer")
	if steps := f.steps(); !slices.Contains(steps[1:], steps[0]) {
		t.Errorf("the steps are %v, want the first of them twice", steps)
	}
}

// The function given to WriterOps runs again, and its operations get the times
// that they got before.
func TestWriterOpsRetries(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(t, conflictOnce)
	runs := 0
	p := f.provider(f.pool, scope.WithClock(func() time.Time { return noon.Add(time.Duration(runs) * time.Hour) }))
	err := p.WriterOps(f.ctx(t), func(ctx context.Context, ops *scopes.WriterOps) error {
		runs++
		o, err := ops.CreateOrganisation(ctx, scopes.OrganisationCreatorSpec{Name: "Acme", Owners: []pgtype.UUID{ada}})
		if err != nil {
			return err
		}
		_, err = ops.PurgeOrganisation(ctx, scopes.OrganisationPurgerSpec{ID: o.Row.ID})
		if err != nil {
			return err
		}
		_, err = ops.PurgeWorkspace(ctx, scopes.WorkspacePurgerSpec{ID: 0})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if runs != 2 {
		t.Errorf("it ran %d times, want 2", runs)
	}
	first := "2026-05-04 13:00:00" // of the first run
	equal(t, "times", f.column(t, `SELECT (at AT TIME ZONE 'UTC')::text FROM audit_log`), first, first, first)
}
