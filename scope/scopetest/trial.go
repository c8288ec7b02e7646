package scopetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
)

// trial is one invariant on one subject.
type trial struct {
	*subject
	ctx    context.Context
	pool   *pgxpool.Pool
	prefix string // of names
	named  atomic.Int64
	log    []string
}

func (t *trial) logf(format string, args ...any) { t.log = append(t.log, fmt.Sprintf(format, args...)) }

// name returns a name that nothing has. It may be called from several goroutines.
func (t *trial) name() string {
	return fmt.Sprintf("%s-%d", t.prefix, t.named.Add(1))
}

func (t *trial) dump() (tables, error) { return dump(t.ctx, t.pool) }

// ancestor makes a fresh parent, with parents of its own; nil when the subject
// has none.
func (t *trial) ancestor() (any, error) { return t.parentOf(t.subject) }

func (t *trial) parentOf(s *subject) (any, error) {
	if s.parent == nil {
		return nil, nil
	}
	above, err := t.parentOf(s.parent)
	if err != nil {
		return nil, err
	}
	made, err := s.parent.create(t.ctx, t.pool, above, t.name())
	if err != nil {
		return nil, fmt.Errorf("making a parent, a %s: %w", s.parent.typ, err)
	}
	return made, nil
}

// make creates one scope where nothing is in the way.
func (t *trial) make(parent any) (any, error) {
	made, err := t.create(t.ctx, t.pool, parent, t.name())
	if err != nil {
		return nil, fmt.Errorf("creating a %s without anything in the way: %w", t.typ, err)
	}
	return made, nil
}

// remove purges one scope that is there, where nothing is in the way.
func (t *trial) remove(made any) error {
	found, err := t.purge(t.ctx, t.pool, made)
	if err != nil {
		return fmt.Errorf("purging a %s without anything in the way: %w", t.typ, err)
	}
	if !found {
		return fmt.Errorf("purging a %s that is there: it was not found", t.typ)
	}
	return nil
}

// setUp makes a parent, and returns the tables as they are then.
func (t *trial) setUp() (parent any, before tables, err error) {
	if parent, err = t.ancestor(); err != nil {
		return nil, nil, err
	}
	before, err = t.dump()
	return parent, before, err
}

// unchangedBut compares with the tables of before, apart from what is kept.
func (t *trial) unchangedBut(before tables) error {
	after, err := t.dump()
	if err != nil {
		return err
	}
	return unchangedBut(t.keep, before, after)
}

// unchanged compares with the tables of before.
func (t *trial) unchanged(before tables) error {
	after, err := t.dump()
	if err != nil {
		return err
	}
	return unchanged(before, after)
}

// kept is how many rows each table gains by one create and one purge.
func (t *trial) kept(parent any) (map[string]int, error) {
	before, err := t.dump()
	if err != nil {
		return nil, err
	}
	made, err := t.make(parent)
	if err != nil {
		return nil, err
	}
	if err := t.remove(made); err != nil {
		return nil, err
	}
	after, err := t.dump()
	return counts(before, after), err
}

// length is how many statements an operation takes, COMMIT left out. The
// operation is carried out.
func (t *trial) length(run func(ctx context.Context, db scope.DB) error) (int, error) {
	s := &stage{pool: t.pool}
	if err := run(t.ctx, s); err != nil {
		return 0, err
	}
	n := s.statements() - 1
	if n < 1 {
		return 0, errors.New("the operation issues no statement on the DB that it is given")
	}
	return n, nil
}

// points are the statements behind which to stop: all, or, of many, the first and
// the last. What matters most comes first: locks, and what is read for the rest.
func (t *trial) points(n int) []int {
	var all []int
	for k := 1; k <= n; k++ {
		if k < t.most || k == n {
			all = append(all, k)
		}
	}
	return all
}
