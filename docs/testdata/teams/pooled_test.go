//go:build pgbouncer

package teams_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/teams/scopes"
)

// TestBehindAPooler works from more goroutines than the pooler has connections
// of the server. TEAMS_POOLER_PREPARES says that it follows prepared statements.
func TestBehindAPooler(t *testing.T) {
	t.Parallel()
	modes := []pgx.QueryExecMode{pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol}
	if os.Getenv("TEAMS_POOLER_PREPARES") != "" {
		modes = append(modes, pgx.QueryExecModeCacheStatement)
	}
	for _, mode := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			config, err := pgxpool.ParseConfig(os.Getenv("TEAMS_POOLER_URL"))
			if err != nil {
				t.Fatal(err)
			}
			config.ConnConfig.DefaultQueryExecMode = mode
			config.MaxConns = 10
			pool, err := pgxpool.NewWithConfig(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			done := make(chan error)
			for i := range 10 {
				go func() { done <- createAndPurgeSome(t, pool, fmt.Sprintf("%d-%d", mode, i)) }()
			}
			for range 10 {
				if err := <-done; err != nil {
					t.Error(chain(err))
				}
			}
		})
	}
}

func createAndPurgeSome(t *testing.T, pool *pgxpool.Pool, slug string) error {
	ctx, actor := loggedIn(t)
	for i := range 20 {
		made, err := newProvider(pool).CreateWorkspace(ctx, scopes.WorkspaceCreatorSpec{
			OrganisationID: seed, Slug: fmt.Sprintf("pooled-%s-%d", slug, i), Owners: []pgtype.UUID{actor},
		})
		if err != nil {
			return err
		}
		purged, err := newProvider(pool).PurgeWorkspace(ctx, scopes.WorkspacePurgerSpec{ID: made.Row.ID})
		if err != nil {
			return err
		}
		if !purged.Found || purged.Members != 1 || purged.Grants != 3 {
			return fmt.Errorf("%s: %+v", slug, purged)
		}
		if err := withATeamOfOurs(ctx, newProvider(pool), fmt.Sprintf("pooled %s %d", slug, i)); err != nil {
			return err
		}
	}
	return nil
}
