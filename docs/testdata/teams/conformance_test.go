package teams_test

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/teams/scopes"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/scopetest"
)

// ask returns a Provider on db, and a context in which somebody asks.
func ask(ctx context.Context, db scope.DB) (context.Context, *scopes.Provider) {
	return context.WithValue(ctx, actorKey{}, seed), newProvider(db)
}

func organisations() scopetest.Scope[scopetest.None, *scopes.OrganisationCreatorResult] {
	return scopetest.Scope[scopetest.None, *scopes.OrganisationCreatorResult]{
		Type: "organisation", Table: "organisations", Keep: []string{"events"},
		Create: func(ctx context.Context, db scope.DB, _ scopetest.None, name string) (*scopes.OrganisationCreatorResult, error) {
			ctx, p := ask(ctx, db)
			return p.CreateOrganisation(ctx, scopes.OrganisationCreatorSpec{Name: name})
		},
		Purge: func(ctx context.Context, db scope.DB, o *scopes.OrganisationCreatorResult) (bool, error) {
			ctx, p := ask(ctx, db)
			res, err := p.PurgeOrganisation(ctx, scopes.OrganisationPurgerSpec{ID: o.Row.ID})
			return err == nil && res.Found, err
		},
		PurgeAll: func(ctx context.Context, db scope.DB, all []*scopes.OrganisationCreatorResult) error {
			ctx, p := ask(ctx, db)
			return p.WriterOps(ctx, func(ctx context.Context, ops *scopes.WriterOps) error {
				for _, o := range all {
					if _, err := ops.PurgeOrganisation(ctx, scopes.OrganisationPurgerSpec{ID: o.Row.ID}); err != nil {
						return err
					}
				}
				return nil
			})
		},
		ID:    func(o *scopes.OrganisationCreatorResult) string { return scope.UUID(o.Row.ID.Bytes).String() },
		Taken: scopes.ErrOrganisationNameTaken,
		// What the application adds to an organisation: the foreign key holds its row.
		AddMember: func(ctx context.Context, tx pgx.Tx, o *scopes.OrganisationCreatorResult) error {
			_, err := tx.Exec(ctx, "INSERT INTO teams (id, organisation_id, name) VALUES (gen_random_uuid(), $1, 'added')", o.Row.ID)
			return err
		},
		NotApplicable: map[scopetest.Invariant]string{
			scopetest.OtherTypeStays:         "nothing is deleted by type and id",
			scopetest.ResidueIsCleaned:       "without its row, nothing is left of an organisation",
			scopetest.PresetsAreWhole:        "an organisation copies no presets",
			scopetest.ParentOutlivesChildren: "nothing is above an organisation",
			scopetest.InBulk:                 "the application makes one at a time",
		},
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	config, err := pgxpool.ParseConfig(os.Getenv("TEAMS_CONFORMANCE_URL")) // a database in which nobody else writes
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 8
	config.ConnConfig.RuntimeParams["deadlock_timeout"] = "50ms" // the suite makes deadlocks; a superuser may set it
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	scopetest.Run(t, pool, organisations())
}

func TestEveryStatementFails(t *testing.T) {
	t.Parallel()
	pool, err := pgxpool.New(t.Context(), os.Getenv("TEAMS_FAULTS_URL")) // another one
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	failed, err := scopetest.FailEach(t.Context(), pool, scopetest.Refused, func(ctx context.Context, db scope.DB) error {
		ctx, provider := ask(ctx, db)
		_, err := provider.CreateWorkspace(ctx, scopes.WorkspaceCreatorSpec{OrganisationID: seed, Slug: "faults", Owners: []pgtype.UUID{seed}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if failed < 9 {
		t.Errorf("%d statements failed", failed)
	}
}
