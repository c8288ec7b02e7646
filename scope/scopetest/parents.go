package scopetest

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/specgen-dev/specgen/scope"
)

// family is a parent and what is to be made of it.
type family struct {
	parent    any
	before    tables // without the parent
	child     any
	found     bool
	grandpart any
}

// parentOutlivesChildren has a child created and its parent purged at the same
// time, in both orders, with the first of the two stopped behind each statement.
func (t *trial) parentOutlivesChildren() error {
	above, err := t.parentOf(t.parent)
	if err != nil {
		return err
	}
	var f family
	create := func(ctx context.Context, db scope.DB) (err error) {
		f.child, err = t.create(ctx, db, f.parent, t.name())
		return err
	}
	purge := func(ctx context.Context, db scope.DB) (err error) {
		f.found, err = t.parent.purge(ctx, db, f.parent)
		return err
	}
	again := func() error {
		f = family{grandpart: above}
		if f.before, err = t.dump(); err != nil {
			return err
		}
		if f.parent, err = t.parent.create(t.ctx, t.pool, above, t.name()); err != nil {
			return fmt.Errorf("making a parent, a %s: %w", t.parent.typ, err)
		}
		return nil
	}
	// What a parent alone leaves for good.
	if err := again(); err != nil {
		return err
	}
	purgeLength, err := t.length(purge)
	if err != nil {
		return fmt.Errorf("purging a %s that has no children: %w", t.parent.typ, err)
	}
	after, err := t.dump()
	if err != nil {
		return err
	}
	kept := counts(f.before, after)
	if err := again(); err != nil {
		return err
	}
	createLength, err := t.length(create)
	if err != nil {
		return err
	}
	for _, side := range []struct {
		what          string
		n             int
		holder, other operation
		createFirst   bool
	}{
		{"a child about to be committed, and the purge of its parent", createLength, create, purge, true},
		{"a purge of a parent about to be committed, and a new child", purgeLength, purge, create, false},
	} {
		var c contest
		for _, k := range t.points(side.n) {
			if err := again(); err != nil {
				return err
			}
			e, err := t.meet(k, side.holder, side.other)
			if err != nil {
				return err
			}
			created, purged := e.other, e.holder
			if side.createFirst {
				created, purged = e.holder, e.other
			}
			if err := t.judge(f, kept, created, purged); err != nil {
				return fmt.Errorf("%s, stopped behind statement %d: %w", side.what, k, err)
			}
			c.add(e)
		}
		if err := c.fought(t, side.what); err != nil {
			return err
		}
	}
	return nil
}

// judge compares what the two returned with what the tables hold.
func (t *trial) judge(f family, kept map[string]int, created, purged error) error {
	if created != nil && !errors.Is(created, scope.ErrParentNotFound) && !errors.Is(created, scope.ErrNotFound) && !errors.Is(created, scope.ErrConflict) {
		return fmt.Errorf("creating the child: %w", created)
	}
	if purged != nil && !errors.Is(purged, scope.ErrHasChildren) {
		return fmt.Errorf("purging the parent: %w", purged)
	}
	if purged != nil {
		if created != nil {
			return fmt.Errorf("the purge saw a child, and there was none: %w", errors.Join(purged, created))
		}
		if err := t.remove(f.child); err != nil {
			return err
		}
		found, err := t.parent.purge(t.ctx, t.pool, f.parent)
		if err != nil || !found {
			return fmt.Errorf("purging the parent afterwards: found %t, error %w", found, err)
		}
		return t.unchangedBut(f.before)
	}
	if !f.found {
		return errors.New("the purge did not find the parent")
	}
	after, err := t.dump()
	if err != nil {
		return err
	}
	if err := unchangedBut(t.keep, f.before, after); err != nil {
		return err
	}
	// The child that lost must not have left a role, or whatever else is kept.
	if got := counts(f.before, after); created != nil && !maps.Equal(got, kept) {
		return fmt.Errorf("rows kept: %s; of the parent alone: %s", tally(got), tally(kept))
	}
	return nil
}
