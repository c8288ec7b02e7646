package scopetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
)

// FailEach calls run with a DB on which the first statement fails, then with one
// on which the second does, and so on; COMMIT counts as the last one. It ends
// when run succeeds because it issues no statement more, and returns how many
// failed; the database then holds what run wrote.
//
// It returns an error when run reports success in spite of a failure, or when
// anything in the database has changed by one. The DB begins transactions like a
// pool, and issues the statements of a batch one by one.
func FailEach(ctx context.Context, pool *pgxpool.Pool, fault Fault, run func(ctx context.Context, db scope.DB) error) (int, error) {
	before, err := dump(ctx, pool)
	if err != nil {
		return 0, err
	}
	for k := 1; ; k++ {
		s := &stage{pool: pool, fault: fault, at: k}
		runErr := run(ctx, s)
		sql, hit := s.struck()
		switch {
		case !hit && runErr != nil:
			return k - 1, fmt.Errorf("without a failure: %w", runErr)
		case !hit && k == 1:
			return 0, errors.New("no statement was issued on the DB that was given")
		case !hit:
			return k - 1, nil
		}
		after, err := dump(ctx, pool)
		if err != nil {
			return k, err
		}
		if err := unchanged(before, after); err != nil {
			return k, fmt.Errorf("statement %d, %v: %w\n%s", k, fault, err, sql)
		}
		if runErr == nil {
			return k, fmt.Errorf("statement %d, %v: it was reported as a success\n%s", k, fault, sql)
		}
	}
}

func (t *trial) createIsAtomic() error {
	parent, err := t.ancestor()
	if err != nil {
		return err
	}
	for _, fault := range []Fault{Refused, Lost} {
		name := t.name()
		n, err := FailEach(t.ctx, t.pool, fault, func(ctx context.Context, db scope.DB) error {
			_, err := t.create(ctx, db, parent, name)
			return err
		})
		if err != nil {
			return err
		}
		t.logf("%d statements, each %v in turn", n, fault)
	}
	return nil
}

func (t *trial) purgeIsAtomic() error {
	parent, err := t.ancestor()
	if err != nil {
		return err
	}
	for _, fault := range []Fault{Refused, Lost} {
		made, err := t.make(parent)
		if err != nil {
			return err
		}
		n, err := FailEach(t.ctx, t.pool, fault, func(ctx context.Context, db scope.DB) error {
			_, err := t.purge(ctx, db, made)
			return err
		})
		if err != nil {
			return err
		}
		t.logf("%d statements, each %v in turn", n, fault)
	}
	return nil
}
