package scopetest

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
)

func (t *trial) callerRollsBack() error {
	parent, err := t.ancestor()
	if err != nil {
		return err
	}
	there, err := t.make(parent)
	if err != nil {
		return err
	}
	before, err := t.dump()
	if err != nil {
		return err
	}
	tx, err := t.pool.BeginTx(t.ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		return err
	}
	defer rollback(t.ctx, tx)
	made, err := t.create(t.ctx, tx, parent, t.name())
	if err != nil {
		return fmt.Errorf("creating in a caller's transaction: %w", err)
	}
	if err := t.unchanged(before); err != nil {
		return fmt.Errorf("before the caller's COMMIT: %w", err)
	}
	for _, m := range []any{made, there} {
		if found, err := t.purge(t.ctx, tx, m); err != nil || !found {
			return fmt.Errorf("purging in a caller's transaction: found %t, error %w", found, err)
		}
	}
	if _, err := t.create(t.ctx, tx, parent, t.name()); err != nil {
		return fmt.Errorf("creating in a caller's transaction: %w", err)
	}
	if err := t.unchanged(before); err != nil {
		return fmt.Errorf("before the caller's COMMIT: %w", err)
	}
	if err := tx.Rollback(t.ctx); err != nil {
		return err
	}
	return t.unchanged(before)
}

// callerGoesOn fails a create and a purge within a caller's transaction, between
// two creates that succeed.
func (t *trial) callerGoesOn() error {
	parent, err := t.ancestor()
	if err != nil {
		return err
	}
	kept, err := t.kept(parent)
	if err != nil {
		return err
	}
	for name := range kept {
		kept[name] *= 3 // of the two that succeed, and of the one that is purged in vain
	}
	for _, inner := range []struct {
		what string
		run  func(ctx context.Context, tx pgx.Tx, there any) error
	}{
		{"a create", func(ctx context.Context, tx pgx.Tx, _ any) error {
			_, err := t.create(ctx, tx, parent, t.name())
			return err
		}},
		{"a purge", func(ctx context.Context, tx pgx.Tx, there any) error {
			_, err := t.purge(ctx, tx, there)
			return err
		}},
	} {
		tried := 0
		for k := 1; k <= t.most; k++ {
			hit, err := t.failWithin(k, parent, kept, inner.run)
			if err != nil {
				return fmt.Errorf("%s that fails at statement %d: %w", inner.what, k, err)
			}
			if !hit {
				break
			}
			tried++
		}
		if tried == 0 {
			return fmt.Errorf("%s issues no statement in the transaction that it is given", inner.what)
		}
		t.logf("%s failed within a transaction at %d statements", inner.what, tried)
	}
	return nil
}

// failWithin fails the k-th statement of run. It reports whether run has so many.
func (t *trial) failWithin(k int, parent any, kept map[string]int, run func(context.Context, pgx.Tx, any) error) (hit bool, err error) {
	before, err := t.dump()
	if err != nil {
		return false, err
	}
	there, err := t.make(parent)
	if err != nil {
		return false, err
	}
	outer, err := t.pool.BeginTx(t.ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		return false, err
	}
	defer rollback(t.ctx, outer)
	first, err := t.create(t.ctx, outer, parent, t.name())
	if err != nil {
		return false, fmt.Errorf("the create before: %w", err)
	}
	s := &stage{pool: t.pool, fault: Refused, at: k}
	runErr := run(t.ctx, s.tx(outer), there)
	if _, hit = s.struck(); !hit {
		return false, runErr
	}
	if runErr == nil {
		return true, errors.New("it was reported as a success")
	}
	second, err := t.create(t.ctx, outer, parent, t.name())
	if err != nil {
		return true, fmt.Errorf("the create after: %w", err)
	}
	if err := outer.Commit(t.ctx); err != nil {
		return true, fmt.Errorf("the caller's COMMIT: %w", err)
	}
	for _, made := range []any{first, second, there} {
		if err := t.remove(made); err != nil {
			return true, err
		}
	}
	after, err := t.dump()
	if err != nil {
		return true, err
	}
	if err := unchangedBut(t.keep, before, after); err != nil {
		return true, err
	}
	if got := counts(before, after); !maps.Equal(got, kept) {
		return true, fmt.Errorf("rows kept: %s; of what succeeded alone: %s", tally(got), tally(kept))
	}
	return true, nil
}

var _ scope.DB = (*stage)(nil)
