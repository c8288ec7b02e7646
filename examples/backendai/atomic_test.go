package main

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/examples/backendai/scopes"
	"github.com/specgen-dev/specgen/internal/faultdb"
)

// TestCreateIsAtomic has every statement of every creation fail in turn.
func TestCreateIsAtomic(t *testing.T) {
	t.Parallel()
	eachFault(t, func(t *testing.T, pool *pgxpool.Pool, k kind, fault faultdb.Fault) {
		n := faultdb.EachStatement(t, pool, fault, func(ctx context.Context, db *faultdb.DB) error {
			_, err := k.create(ctx, scopes.NewProvider(db))
			return err
		})
		t.Logf("%d statements failed in turn", n)
	})
}

// TestPurgeIsAtomic has every statement of every purge fail in turn.
func TestPurgeIsAtomic(t *testing.T) {
	t.Parallel()
	eachFault(t, func(t *testing.T, pool *pgxpool.Pool, k kind, fault faultdb.Fault) {
		made := mustCreate(t, pool, k)
		var got purged
		n := faultdb.EachStatement(t, pool, fault, func(ctx context.Context, db *faultdb.DB) (err error) {
			got, err = k.purge(ctx, scopes.NewProvider(db), made.id)
			return err
		})
		t.Logf("%d statements failed in turn", n)
		want := k.want
		want.Found = true
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the purge without a fault (-want +got):\n%s", diff)
		}
	})
}

// TestWriterOpsAreAtomic has every statement of a transaction of several operations fail in turn.
func TestWriterOpsAreAtomic(t *testing.T) {
	t.Parallel()
	for _, fault := range faultdb.Faults() {
		t.Run(fault.String(), func(t *testing.T) {
			t.Parallel()
			faultdb.EachStatement(t, newDB(t), fault, func(ctx context.Context, db *faultdb.DB) error {
				var id pgtype.UUID
				return scopes.NewProvider(db).WriterOps(ctx, func(ctx context.Context, ops *scopes.WriterOps) error {
					made, err := ops.CreateResourceGroup(ctx, scopes.ResourceGroupCreatorSpec{Name: "gpu"})
					if err != nil {
						return err
					}
					id = made.Row.ID
					if _, err := ops.CreateResourceGroup(ctx, scopes.ResourceGroupCreatorSpec{Name: "cpu"}); err != nil {
						return err
					}
					_, err = ops.PurgeResourceGroup(ctx, scopes.ResourceGroupPurgerSpec{ID: id})
					return err
				})
			})
		})
	}
}

// eachFault runs a test for every type of scope and every kind of fault, each on a database of its own.
func eachFault(t *testing.T, test func(t *testing.T, pool *pgxpool.Pool, k kind, fault faultdb.Fault)) {
	t.Helper()
	for _, fault := range faultdb.Faults() {
		t.Run(fault.String(), func(t *testing.T) {
			t.Parallel()
			eachKind(t, func(t *testing.T, pool *pgxpool.Pool, k kind) { test(t, pool, k, fault) })
		})
	}
}
