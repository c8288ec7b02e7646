package saas_test

import (
	"context"
	"errors"
	"testing"

	"example.com/saas/saasfunc"
	"example.com/saas/scopes"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/specgen-dev/specgen/scope"
)

// begin begins a caller's transaction.
func (f *fixture) begin(t *testing.T, options pgx.TxOptions) pgx.Tx {
	t.Helper()
	tx, err := f.pool.BeginTx(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) }) // t.Context has ended by then
	return tx
}

// In a caller's transaction, what is to happen before it and after it is the
// caller's to place.
func TestJoined(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	organisation := f.organisation(t, "Acme")
	before := f.dump(t)

	for _, commit := range []bool{false, true} {
		prepared, err := f.PrepareWorkspace(f.ctx(t), vision(organisation))
		if err != nil {
			t.Fatal(err)
		}
		tx := f.begin(t, pgx.TxOptions{})
		joined := f.provider(tx)
		if _, err := joined.CreateWorkspace(f.ctx(t), vision(organisation)); !errors.Is(err, scope.ErrPrepareFirst) {
			t.Errorf("not prepared: %v", err)
		}
		res, err := joined.CreatePreparedWorkspace(f.ctx(t), prepared)
		if err != nil {
			t.Fatal(err)
		}
		f.unchanged(t, before) // as others see it
		equal(t, "published before COMMIT", f.published())
		if !commit {
			if err := tx.Rollback(t.Context()); err != nil {
				t.Fatal(err)
			}
			f.unchanged(t, before)
			continue
		}
		if err := errors.Join(tx.Commit(t.Context()), joined.AfterCommit(f.ctx(t)), joined.AfterCommit(f.ctx(t))); err != nil {
			t.Fatal(err)
		}
		equal(t, "published", f.published(), saasfunc.WorkspaceEvent{ID: res.Row.ID, Slug: "vision"})
		equal(t, "workspaces", f.column(t, `SELECT slug FROM workspaces`), "vision")
	}
}

// A caller's transaction outlives what fails in it.
func TestJoinedFailure(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	tx := f.begin(t, pgx.TxOptions{})
	joined := f.provider(tx)
	for _, name := range []string{"Acme", "Umbrella"} {
		if _, err := joined.CreateOrganisation(f.ctx(t), scopes.OrganisationCreatorSpec{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := joined.CreateOrganisation(f.ctx(t), scopes.OrganisationCreatorSpec{Name: "Acme"})
	wantError(t, err, scopes.ErrOrganisationNameTaken)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, "organisations", f.column(t, `SELECT name FROM organisations ORDER BY id`), "Acme", "Umbrella")
	equal(t, "audit", f.column(t, `SELECT action FROM audit_log`), "create", "create")
}

// setUp makes an organisation with a workspace in ops, and returns their ids.
func setUp(ctx context.Context, ops *scopes.WriterOps, p *scopes.Provider) (organisation, workspace int64, err error) {
	o, err := ops.CreateOrganisation(ctx, scopes.OrganisationCreatorSpec{Name: "Acme", Owners: []pgtype.UUID{ada}})
	if err != nil {
		return 0, 0, err
	}
	prepared, err := p.PrepareWorkspace(ctx, vision(o.Row.ID))
	if err != nil {
		return 0, 0, err
	}
	w, err := ops.CreatePreparedWorkspace(ctx, prepared)
	if err != nil {
		return 0, 0, err
	}
	return o.Row.ID, w.Row.ID, nil
}

func TestWriterOps(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var workspace int64
	err := f.WriterOps(f.ctx(t), func(ctx context.Context, ops *scopes.WriterOps) (err error) {
		if _, workspace, err = setUp(ctx, ops, f.Provider); err != nil {
			return err
		}
		purged, err := ops.PurgeEnvironment(ctx, scopes.EnvironmentPurgerSpec{ID: "vision-default"})
		if err == nil && !purged.Found {
			t.Error("an operation does not see what the one before it made")
		}
		equal(t, "published before COMMIT", f.published())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "workspaces", f.column(t, `SELECT slug FROM workspaces`), "vision")
	equal(t, "environments", f.column(t, `SELECT id FROM environments`))
	equal(t, "published", f.published(), saasfunc.WorkspaceEvent{ID: workspace, Slug: "vision"})
}

// All or nothing, also when the error of an operation is dropped.
func TestWriterOpsFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	before := f.dump(t)
	errOwn := errors.New("the caller thinks better of it")
	for name, test := range map[string]struct {
		end  func(ctx context.Context, ops *scopes.WriterOps, organisation int64) error
		want error
	}{
		"the caller's error": {func(context.Context, *scopes.WriterOps, int64) error { return errOwn }, errOwn},
		"an operation's": {func(ctx context.Context, ops *scopes.WriterOps, id int64) error {
			_, err := ops.PurgeOrganisation(ctx, scopes.OrganisationPurgerSpec{ID: id})
			return err
		}, scope.ErrHasChildren},
		"a dropped one": {func(ctx context.Context, ops *scopes.WriterOps, id int64) error {
			_, _ = ops.PurgeOrganisation(ctx, scopes.OrganisationPurgerSpec{ID: id})
			return nil
		}, scope.ErrHasChildren},
	} {
		err := f.WriterOps(f.ctx(t), func(ctx context.Context, ops *scopes.WriterOps) error {
			organisation, _, err := setUp(ctx, ops, f.Provider)
			if err != nil {
				return err
			}
			return test.end(ctx, ops, organisation)
		})
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		f.unchanged(t, before)
		equal(t, "published", f.published())
	}
}
