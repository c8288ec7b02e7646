package main

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/examples/backendai/scopes"
	"github.com/specgen-dev/specgen/scope"
)

// createThree creates a domain, and a project and a user inside it.
func createThree(ctx context.Context, ops *scopes.WriterOps) (scopeSet, error) {
	var made scopeSet
	domain, err := ops.CreateDomain(ctx, scopes.DomainCreatorSpec{Name: "research"})
	if err != nil {
		return made, err
	}
	made.domain.ID = domain.Row.ID
	project, err := ops.CreateProject(ctx, scopes.ProjectCreatorSpec{Name: "vision", DomainName: domain.Row.Name})
	if err != nil {
		return made, err
	}
	made.project.ID = project.Row.ID
	user, err := ops.CreateUser(ctx, scopes.UserCreatorSpec{
		Username: "ada", Email: "ada@example.com", DomainName: domain.Row.Name,
	})
	if err != nil {
		return made, err
	}
	made.user.ID = user.Row.Uuid
	return made, nil
}

// wantMade checks that what createThree creates is there.
func wantMade(t *testing.T, pool *pgxpool.Pool, made scopeSet) {
	t.Helper()
	for s, want := range map[scope.Context]counts{
		made.domain.PurgesScope():  {roles: 2, permissions: 76, associations: 2},
		made.project.PurgesScope(): {roles: 2, permissions: 90, associations: 3},
		made.user.PurgesScope():    {roles: 1, permissions: 79, associations: 2},
	} {
		if got, err := countMade(t.Context(), pool, s); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", s.Type, got, err, want)
		}
	}
}

func TestWriterOps(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	rbac := scopes.NewProvider(pool)
	var made scopeSet
	err := rbac.WriterOps(t.Context(), func(ctx context.Context, ops *scopes.WriterOps) (err error) {
		made, err = createThree(ctx, ops)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wantMade(t, pool, made)
	// And away again, in one transaction too: the domain's purge must see that its children are gone.
	err = rbac.WriterOps(t.Context(), func(ctx context.Context, ops *scopes.WriterOps) error {
		_, err1 := ops.PurgeProject(ctx, made.project)
		_, err2 := ops.PurgeUser(ctx, made.user)
		_, err3 := ops.PurgeDomain(ctx, made.domain)
		return errors.Join(err1, err2, err3)
	})
	if err != nil {
		t.Fatal(err)
	}
	purged := []scope.Context{made.domain.PurgesScope(), made.project.PurgesScope(), made.user.PurgesScope()}
	if got, err := countLeft(t.Context(), pool, purged); err != nil || got != (counts{roles: 5}) {
		t.Errorf("left %+v, %v, want 5 roles", got, err)
	}
}

func TestWriterOpsRollBack(t *testing.T) {
	t.Parallel()
	errOwn := errors.New("an error of the application")
	for _, tc := range []struct {
		name string
		last func(ctx context.Context, ops *scopes.WriterOps) error
		want error
	}{
		{"the function fails", func(context.Context, *scopes.WriterOps) error { return errOwn }, errOwn},
		{"an operation fails", func(ctx context.Context, ops *scopes.WriterOps) error {
			_, err := ops.CreateDomain(ctx, scopes.DomainCreatorSpec{Name: "default"})
			return err
		}, scopes.ErrDomainNameTaken},
		{"the server's error is dropped", func(ctx context.Context, ops *scopes.WriterOps) error {
			_, _ = ops.CreateDomain(ctx, scopes.DomainCreatorSpec{Name: "default"})
			return nil
		}, scopes.ErrDomainNameTaken},
		// No statement has failed, so the server would commit.
		{"an error of ours is dropped", func(ctx context.Context, ops *scopes.WriterOps) error {
			_, _ = ops.CreateProject(ctx, scopes.ProjectCreatorSpec{Name: "vision", DomainName: "nowhere"})
			return nil
		}, scope.ErrParentNotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pool := newDB(t)
			before := rowsOf(t, pool)
			err := scopes.NewProvider(pool).WriterOps(t.Context(), func(ctx context.Context, ops *scopes.WriterOps) error {
				if _, err := createThree(ctx, ops); err != nil {
					return err
				}
				return tc.last(ctx, ops)
			})
			if !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
			if diff := cmp.Diff(before, rowsOf(t, pool)); diff != "" {
				t.Errorf("rows (-before +after):\n%s", diff)
			}
		})
	}
}

func TestJoinedTransaction(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	before := rowsOf(t, pool)
	tx := begin(t, pool, pgx.TxOptions{})
	rbac := scopes.NewProvider(tx)
	var made scopeSet
	err := rbac.WriterOps(t.Context(), func(ctx context.Context, ops *scopes.WriterOps) (err error) {
		made, err = createThree(ctx, ops)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// A failure takes its own savepoint with it, and no more.
	if _, err := rbac.CreateDomain(t.Context(), scopes.DomainCreatorSpec{Name: "default"}); !errors.Is(err, scopes.ErrDomainNameTaken) {
		t.Errorf("error %v, want %v", err, scopes.ErrDomainNameTaken)
	}
	if _, err := rbac.PurgeDomain(t.Context(), made.domain); !errors.Is(err, scopes.ErrDomainHasProjects) {
		t.Errorf("error %v, want %v", err, scopes.ErrDomainHasProjects)
	}
	if diff := cmp.Diff(before, rowsOf(t, pool)); diff != "" {
		t.Errorf("rows are seen before the caller's COMMIT (-before +after):\n%s", diff)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantMade(t, pool, made)
	if err := rbac.AfterCommit(t.Context()); err != nil {
		t.Errorf("AfterCommit with nothing to do: %v", err)
	}
}

func TestJoinedTransactionRollsBack(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, pool *pgxpool.Pool, k kind) {
		before := rowsOf(t, pool)
		tx := begin(t, pool, pgx.TxOptions{})
		mustCreate(t, tx, k)
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, rowsOf(t, pool)); diff != "" {
			t.Errorf("rows (-before +after):\n%s", diff)
		}
	})
}

// TestPurgeNeedsReadCommitted is about a caller's transaction whose snapshot may be older than the last child.
func TestPurgeNeedsReadCommitted(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, pool *pgxpool.Pool, k kind) {
		made := mustCreate(t, pool, k)
		before := rowsOf(t, pool)
		for _, level := range []pgx.TxIsoLevel{pgx.RepeatableRead, pgx.Serializable} {
			tx := begin(t, pool, pgx.TxOptions{IsoLevel: level})
			_, err := k.purge(t.Context(), scopes.NewProvider(tx), made.id)
			var isolation *scope.IsolationError
			if !errors.Is(err, scope.ErrIsolation) || !errors.As(err, &isolation) || isolation.Level != string(level) {
				t.Errorf("%s: error %v, want %v", level, err, scope.ErrIsolation)
			}
			if err := tx.Commit(t.Context()); err != nil {
				t.Errorf("%s: the caller's transaction cannot be committed: %v", level, err)
			}
		}
		if diff := cmp.Diff(before, rowsOf(t, pool)); diff != "" {
			t.Errorf("rows (-before +after):\n%s", diff)
		}
		tx := begin(t, pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
		if got, err := k.purge(t.Context(), scopes.NewProvider(tx), made.id); err != nil || !got.Found {
			t.Errorf("read committed: %+v, %v", got, err)
		}
	})
}

// begin begins a transaction that is rolled back when the test ends, unless it has ended.
func begin(t *testing.T, pool *pgxpool.Pool, opts pgx.TxOptions) pgx.Tx {
	t.Helper()
	tx, err := pool.BeginTx(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	return tx
}
