package saas_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"example.com/saas/scopes"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/specgen-dev/specgen/scope"
)

// operation is a create or a purge, to be made to fail.
type operation struct {
	name  string
	setUp func(t *testing.T, f *fixture) func(ctx context.Context, p *scopes.Provider) error
}

var operations = []operation{
	{"create organisation", func(*testing.T, *fixture) func(context.Context, *scopes.Provider) error {
		return func(ctx context.Context, p *scopes.Provider) error {
			_, err := p.CreateOrganisation(ctx, scopes.OrganisationCreatorSpec{Name: "Acme", Owners: []pgtype.UUID{ada, bob}})
			return err
		}
	}},
	{"create workspace", func(t *testing.T, f *fixture) func(context.Context, *scopes.Provider) error {
		organisation := f.organisation(t, "Acme")
		return func(ctx context.Context, p *scopes.Provider) error {
			prepared, err := p.PrepareWorkspace(ctx, vision(organisation))
			if err != nil {
				return err
			}
			_, err = p.CreatePreparedWorkspace(ctx, prepared)
			return err
		}
	}},
	{"create environment", func(t *testing.T, f *fixture) func(context.Context, *scopes.Provider) error {
		workspace := f.workspace(t, f.organisation(t, "Acme"))
		return func(ctx context.Context, p *scopes.Provider) error {
			_, err := p.CreateEnvironment(ctx, scopes.EnvironmentCreatorSpec{ID: "vision-prod", WorkspaceID: workspace, Name: "Production"})
			return err
		}
	}},
	{"purge environment", func(t *testing.T, f *fixture) func(context.Context, *scopes.Provider) error {
		f.workspace(t, f.organisation(t, "Acme"))
		return func(ctx context.Context, p *scopes.Provider) error {
			_, err := p.PurgeEnvironment(ctx, scopes.EnvironmentPurgerSpec{ID: "vision-default"})
			return err
		}
	}},
	{"purge workspace", func(t *testing.T, f *fixture) func(context.Context, *scopes.Provider) error {
		workspace := f.workspace(t, f.organisation(t, "Acme"))
		f.exec(t, `INSERT INTO subscriptions (workspace_id, status) VALUES ($1, 'ended')`, workspace)
		return func(ctx context.Context, p *scopes.Provider) error {
			_, err := p.PurgeWorkspace(ctx, scopes.WorkspacePurgerSpec{ID: workspace})
			return err
		}
	}},
	{"purge organisation", func(t *testing.T, f *fixture) func(context.Context, *scopes.Provider) error {
		organisation := f.organisation(t, "Acme")
		return func(ctx context.Context, p *scopes.Provider) error {
			_, err := p.PurgeOrganisation(ctx, scopes.OrganisationPurgerSpec{ID: organisation})
			return err
		}
	}},
}

// Each statement of each operation fails in turn, BEGIN and COMMIT included, and
// the tables are as they were.
func TestEveryStatementFails(t *testing.T) {
	t.Parallel()
	for _, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			run := op.setUp(t, f)
			before := f.dump(t)
			f.steps()
			f.everyStatementFails(t, func(n int) error {
				f.fault.At(n)
				return run(f.ctx(t), f.Provider)
			}, func(int) { f.unchanged(t, before) })
			if after := f.dump(t); slices.Equal(before, after) {
				t.Error("without a fault it changed nothing")
			}
		})
	}
}

// The same in a transaction of the caller's: what the caller wrote is kept.
func TestEveryStatementFailsJoined(t *testing.T) {
	t.Parallel()
	for _, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			run := op.setUp(t, f)
			before := f.dump(t)
			f.steps()
			var tx pgx.Tx
			f.everyStatementFails(t, func(n int) (err error) {
				if tx, err = f.pool.Begin(t.Context()); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
				_, err = tx.Exec(t.Context(), `INSERT INTO audit_log (actor, action, scope_type, scope_id, at) VALUES ($1, 'call', '', '', now())`, actor)
				if err != nil {
					t.Fatal(err)
				}
				f.fault.At(n)
				return run(f.ctx(t), f.provider(tx))
			}, func(n int) {
				err := tx.Commit(t.Context())
				if n == 1 { // SAVEPOINT: there is nothing to go back to yet
					if !errors.Is(err, pgx.ErrTxCommitRollback) {
						t.Errorf("COMMIT after SAVEPOINT was refused: %v", err)
					}
					f.unchanged(t, before)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				equal(t, "the caller's row", f.column(t, `DELETE FROM audit_log WHERE action = 'call' RETURNING action`), "call")
				f.unchanged(t, before)
			})
		})
	}
}

// everyStatementFails calls attempt with 1, 2, and so on: attempt calls f.fault.At
// with it, then the operation. It calls check after each failure, ends when there
// is no such statement, and checks that every step has failed.
func (f *fixture) everyStatementFails(t *testing.T, attempt func(n int) error, check func(n int)) {
	t.Helper()
	const tooMany = 100
	var failed []string
	for n := 1; n < tooMany; n++ {
		err := attempt(n)
		hit := f.fault.Hit()
		f.fault.At(0)
		ran := f.steps()
		if !hit {
			if err != nil {
				t.Fatalf("without a fault: %v", err)
			}
			equal(t, "the steps that failed once", failed, ran...)
			return
		}
		e := wantError(t, err)
		if e.Committed || errors.Is(err, scope.ErrCommitUnknown) {
			t.Errorf("statement %d: %v", n, err)
		}
		if e.Step != "" { // else BEGIN, COMMIT, or what a savepoint takes
			failed = append(failed, ran[len(ran)-1])
		}
		check(n)
		equal(t, "published", f.published())
	}
	t.Fatalf("it takes %d statements or more", tooMany)
}
