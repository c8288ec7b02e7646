package teams_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/teams/db"
	"example.com/teams/rules"
	"example.com/teams/scopes"
	"github.com/specgen-dev/specgen/scope"
)

// What the pages of docs/howto show, but for what has a file of its own.

type actorKey struct{}

// actorOf finds who asks; middleware put it there.
func actorOf(ctx context.Context) (pgtype.UUID, error) {
	actor, ok := ctx.Value(actorKey{}).(pgtype.UUID)
	if !ok {
		return actor, errors.New("nobody is logged in")
	}
	return actor, nil
}

func newProvider(db scope.DB, opts ...scope.Option) *scopes.Provider {
	return scopes.NewProvider(db, scopes.ContextValues{Actor: actorOf}, opts...)
}

// loggedIn is a context of somebody who asks.
func loggedIn(t *testing.T) (context.Context, pgtype.UUID) {
	actor := newID()
	return context.WithValue(t.Context(), actorKey{}, actor), actor
}

func newID() pgtype.UUID { return id(newUUID()) }

// seed is the organisation of seed.sql.
var seed = id(scope.MustParseUUID("00000000-0000-4000-8000-000000000001"))

func count(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFunctionThatRefuses(t *testing.T) {
	t.Parallel()
	ctx, _ := loggedIn(t)
	provider := newProvider(newPool(t))
	_, err := provider.CreateWorkspace(ctx, scopes.WorkspaceCreatorSpec{OrganisationID: seed, Slug: "admin"})
	if errors.Is(err, rules.ErrReserved) {
		fmt.Println("admin is reserved, and nothing was sent") // admin is reserved, and nothing was sent
	}
}

func TestAuditRow(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	ctx, actor := loggedIn(t)
	made, err := newProvider(pool).CreateOrganisation(ctx, scopes.OrganisationCreatorSpec{Name: "Audited"})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, pool, "SELECT count(*) FROM events WHERE actor = $1 AND action = 'create' AND scope_id = $2::uuid::text", actor, made.Row.ID); n != 1 {
		t.Errorf("there are %d events", n)
	}
	if _, err := newProvider(pool).CreateOrganisation(t.Context(), scopes.OrganisationCreatorSpec{Name: "Nobody's"}); err == nil {
		t.Error("nobody created an organisation")
	}
	if n := count(t, pool, "SELECT count(*) FROM organisations WHERE name = 'Nobody''s'"); n != 0 {
		t.Error("it is there")
	}
}

func pair(ctx context.Context, provider *scopes.Provider) error {
	err := provider.WriterOps(ctx, func(ctx context.Context, ops *scopes.WriterOps) error {
		org, err := ops.CreateOrganisation(ctx, scopes.OrganisationCreatorSpec{Name: "Pair"})
		if err != nil {
			return err
		}
		_, err = ops.PurgeOrganisation(ctx, scopes.OrganisationPurgerSpec{ID: org.Row.ID})
		return err
	})
	return err
}

func withATeamOfOurs(ctx context.Context, provider *scopes.Provider, name string) error {
	err := provider.WriterOps(ctx, func(ctx context.Context, ops *scopes.WriterOps) error {
		org, err := ops.CreateOrganisation(ctx, scopes.OrganisationCreatorSpec{Name: name})
		if err != nil {
			return err
		}
		_, err = db.New(ops.DB()).CreateTeam(ctx, db.CreateTeamParams{ID: newID(), OrganisationID: org.Row.ID, Name: "first"})
		return err
	})
	return err
}

func withATeam(ctx context.Context, pool *pgxpool.Pool, name string) error {
	tx, err := pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // does nothing after the commit

	provider := newProvider(tx)
	org, err := provider.CreateOrganisation(ctx, scopes.OrganisationCreatorSpec{Name: name})
	if err != nil {
		return err
	}
	_, err = db.New(tx).CreateTeam(ctx, db.CreateTeamParams{ID: newID(), OrganisationID: org.Row.ID, Name: "first"})
	if err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	return provider.AfterCommit(ctx) // runs what after_commit of the scopes queued
}

func preparedFirst(ctx context.Context, pool *pgxpool.Pool, spec scopes.WorkspaceCreatorSpec) error {
	prepared, err := newProvider(pool).PrepareWorkspace(ctx, spec) // runs before, draws the ids
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		_, err := newProvider(tx).CreatePreparedWorkspace(ctx, prepared)
		return err
	})
}

func TestYourOwnTransaction(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	ctx, _ := loggedIn(t)
	if err := errors.Join(pair(ctx, newProvider(pool)), withATeam(ctx, pool, "Ring"), withATeamOfOurs(ctx, newProvider(pool), "Circle")); err != nil {
		t.Fatal(err)
	}
	if n := count(t, pool, "SELECT count(*) FROM teams t JOIN organisations o ON o.id = t.organisation_id WHERE o.name = 'Ring'"); n != 1 {
		t.Errorf("there are %d teams", n)
	}
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) (err error) {
		provider := newProvider(tx)
		_, err = provider.CreateOrganisation(ctx, scopes.OrganisationCreatorSpec{Name: "Seed"})
		if errors.Is(err, scopes.ErrOrganisationNameTaken) {
			_, err = provider.CreateOrganisation(ctx, scopes.OrganisationCreatorSpec{Name: "Seed 2"})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	spec := scopes.WorkspaceCreatorSpec{OrganisationID: seed, Slug: "prepared"}
	if err := preparedFirst(ctx, pool, spec); err != nil {
		t.Fatal(err)
	}
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		_, err := newProvider(tx).CreateWorkspace(ctx, spec)
		return err
	})
	if !errors.Is(err, scope.ErrPrepareFirst) {
		t.Errorf("it was not prepared, and the error is %v", err)
	}
	err = pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		_, err := newProvider(tx).PurgeOrganisation(ctx, scopes.OrganisationPurgerSpec{ID: newID()})
		return err
	})
	if !errors.Is(err, scope.ErrIsolation) {
		t.Errorf("a purge at REPEATABLE READ gives %v", err)
	}
}

func behindAPooler(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	return pgxpool.NewWithConfig(ctx, config)
}

func TestEveryQueryExecMode(t *testing.T) {
	t.Parallel()
	pool, err := behindAPooler(t.Context(), os.Getenv("TEAMS_DATABASE_URL"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe,
		pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		config := pool.Config()
		config.ConnConfig.DefaultQueryExecMode = mode
		pool, err := pgxpool.NewWithConfig(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		ctx, actor := loggedIn(t)
		made, err := newProvider(pool).CreateWorkspace(ctx, scopes.WorkspaceCreatorSpec{
			OrganisationID: seed, Slug: fmt.Sprint("pooled-", int(mode)), Owners: []pgtype.UUID{actor},
		})
		if err != nil {
			t.Fatalf("%s: %v", mode, chain(err))
		}
		purged, err := newProvider(pool).PurgeWorkspace(ctx, scopes.WorkspacePurgerSpec{ID: made.Row.ID})
		if err != nil || !purged.Found || purged.Roles != 2 {
			t.Errorf("%s: purge: %v, %+v", mode, err, purged)
		}
		pool.Close()
	}
}
