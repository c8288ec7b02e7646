package teams_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/teams/db"
	"example.com/teams/handwritten"
	"example.com/teams/scopes"
)

// rowsOf returns what belongs to a workspace, without ids and times.
func rowsOf(t *testing.T, pool *pgxpool.Pool, workspace pgtype.UUID) []string {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		SELECT concat_ws(' ', 'workspace', kind, settings, trial_ends_at::date, note) FROM workspaces WHERE id = $1 UNION ALL
		SELECT concat_ws(' ', 'role', name, auto_assign) FROM roles WHERE (scope_type, scope_id) = ('workspace', $1::text) UNION ALL
		SELECT concat_ws(' ', 'grant', r.name, object, action) FROM grants g JOIN roles r ON r.id = role_id WHERE scope_id = $1::text UNION ALL
		SELECT concat_ws(' ', 'member', r.name, user_id) FROM members m JOIN roles r ON r.id = role_id WHERE scope_id = $1::text UNION ALL
		SELECT concat_ws(' ', 'event', actor, action) FROM events WHERE (scope_type, scope_id) = ('workspace', $1::text)
		ORDER BY 1`, workspace)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func TestBothWriteTheSame(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	ctx, actor := loggedIn(t)
	owners := []pgtype.UUID{actor, newID()}

	before, err := handwritten.CreateWorkspace(ctx, pool, actor, seed, "by-hand", owners)
	if err != nil {
		t.Fatal(err)
	}
	after, err := newProvider(pool).CreateWorkspace(ctx, scopes.WorkspaceCreatorSpec{OrganisationID: seed, Slug: "generated", Owners: owners})
	if err != nil {
		t.Fatal(err)
	}
	want, got := rowsOf(t, pool, before.ID), rowsOf(t, pool, after.Row.ID)
	if !slices.Equal(want, got) {
		t.Errorf("by hand:\n%q\ngenerated:\n%q", want, got)
	}
	if len(want) != 9 {
		t.Errorf("there are %d rows", len(want))
	}
}

var errSlugTaken = errors.New("the slug is taken")

// createWorkspace has the signature that callers know.
func createWorkspace(ctx context.Context, p *scopes.Provider, org pgtype.UUID, slug string, owners []pgtype.UUID) (db.Workspace, error) {
	res, err := p.CreateWorkspace(ctx, scopes.WorkspaceCreatorSpec{OrganisationID: org, Slug: slug, Owners: owners})
	if errors.Is(err, scopes.ErrWorkspaceSlugTaken) {
		return db.Workspace{}, errSlugTaken // what they compare with
	}
	if err != nil {
		return db.Workspace{}, err
	}
	return res.Row, nil
}

func TestCallersStayAsTheyAre(t *testing.T) {
	t.Parallel()
	ctx, _ := loggedIn(t)
	p := newProvider(newPool(t))
	if w, err := createWorkspace(ctx, p, seed, "callers", nil); err != nil || w.Slug != "callers" {
		t.Fatalf("%+v, %v", w, err)
	}
	if _, err := createWorkspace(ctx, p, seed, "callers", nil); err != errSlugTaken {
		t.Errorf("the second gives %v", err)
	}
}
