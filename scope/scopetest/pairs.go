package scopetest

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
)

func (t *trial) onePurgeFinds() error {
	parent, before, err := t.setUp()
	if err != nil {
		return err
	}
	made, err := t.make(parent)
	if err != nil {
		return err
	}
	n, err := t.length(func(ctx context.Context, db scope.DB) error { _, err := t.purge(ctx, db, made); return err })
	if err != nil {
		return err
	}
	var c contest
	for _, k := range t.points(n) {
		if made, err = t.make(parent); err != nil {
			return err
		}
		var found [2]bool
		purge := func(i int) operation {
			return func(ctx context.Context, db scope.DB) (err error) { found[i], err = t.purge(ctx, db, made); return err }
		}
		e, err := t.meet(k, purge(0), purge(1))
		if err != nil {
			return err
		}
		if err := errors.Join(e.holder, e.other); err != nil {
			return fmt.Errorf("one stopped behind statement %d: %w", k, err)
		}
		if found[0] == found[1] {
			return fmt.Errorf("one stopped behind statement %d: found by the one: %t, by the other: %t", k, found[0], found[1])
		}
		if err := t.unchangedBut(before); err != nil {
			return fmt.Errorf("one stopped behind statement %d: %w", k, err)
		}
		c.add(e)
	}
	return c.fought(t, "two purges")
}

func (t *trial) oppositePurgesEnd() error {
	parent, before, err := t.setUp()
	if err != nil {
		return err
	}
	pair := func() (made []any, err error) {
		for range 2 {
			one, err := t.make(parent)
			if err != nil {
				return nil, err
			}
			made = append(made, one)
		}
		return made, nil
	}
	made, err := pair()
	if err != nil {
		return err
	}
	n, err := t.length(func(ctx context.Context, db scope.DB) error { return t.purgeAll(ctx, db, made) })
	if err != nil {
		return err
	}
	var c contest
	// A deadlock takes the server a second to find, so few points are tried: behind
	// the first lock, and about where the second scope begins.
	for _, k := range []int{1, max(n/2, 1)} {
		if made, err = pair(); err != nil {
			return err
		}
		e, err := t.meet(k,
			func(ctx context.Context, db scope.DB) error { return t.purgeAll(ctx, db, []any{made[0], made[1]}) },
			func(ctx context.Context, db scope.DB) error { return t.purgeAll(ctx, db, []any{made[1], made[0]}) })
		if err != nil {
			return err
		}
		if err := errors.Join(e.holder, e.other); err != nil {
			return fmt.Errorf("one stopped behind statement %d: %w", k, err)
		}
		if err := t.unchangedBut(before); err != nil {
			return fmt.Errorf("one stopped behind statement %d: %w", k, err)
		}
		c.add(e)
	}
	return c.fought(t, "two purges of two scopes")
}

func (t *trial) oneCreateWins() error {
	parent, err := t.ancestor()
	if err != nil {
		return err
	}
	kept, err := t.kept(parent)
	if err != nil {
		return err
	}
	var first any
	n, err := t.length(func(ctx context.Context, db scope.DB) (err error) {
		first, err = t.create(ctx, db, parent, t.name())
		return err
	})
	if err != nil {
		return err
	}
	if err := t.remove(first); err != nil {
		return err
	}
	var c contest
	for _, k := range t.points(n) {
		before, err := t.dump()
		if err != nil {
			return err
		}
		name := t.name()
		var made [2]any
		create := func(i int) operation {
			return func(ctx context.Context, db scope.DB) (err error) {
				made[i], err = t.create(ctx, db, parent, name)
				return err
			}
		}
		e, err := t.meet(k, create(0), create(1))
		if err != nil {
			return err
		}
		winner, loserErr := made[0], e.other
		if e.holder != nil {
			winner, loserErr = made[1], e.holder
		}
		switch {
		case e.holder == nil && e.other == nil:
			return fmt.Errorf("one stopped behind statement %d: both creates of one name succeeded", k)
		case e.holder != nil && e.other != nil:
			return fmt.Errorf("one stopped behind statement %d: both creates of one name failed: %w", k, errors.Join(e.holder, e.other))
		case !errors.Is(loserErr, t.taken):
			return fmt.Errorf("one stopped behind statement %d: the loser's error is not %q: %w", k, t.taken, loserErr)
		}
		if err := t.remove(winner); err != nil {
			return err
		}
		after, err := t.dump()
		if err != nil {
			return err
		}
		if err := unchangedBut(t.keep, before, after); err != nil {
			return fmt.Errorf("one stopped behind statement %d: %w", k, err)
		}
		if got := counts(before, after); !maps.Equal(got, kept) {
			return fmt.Errorf("one stopped behind statement %d: rows kept: %s; of the winner alone: %s", k, tally(got), tally(kept))
		}
		c.add(e)
	}
	return c.fought(t, "two creates")
}

// mayRefuse reports whether err is how a purge says that something is in its way.
func mayRefuse(err error) bool {
	return errors.Is(err, scope.ErrHasChildren) || errors.Is(err, scope.ErrInUse) || errors.Is(err, scope.ErrConflict)
}

func (t *trial) membersGoToo() error {
	var made any
	add := func(ctx context.Context, db scope.DB) error {
		tx, err := db.Begin(ctx)
		if err != nil {
			return err
		}
		defer rollback(ctx, tx)
		if err := t.addMember(ctx, tx, made); err != nil {
			return err
		}
		return tx.Commit(ctx)
	}
	purge := func(ctx context.Context, db scope.DB) error { _, err := t.purge(ctx, db, made); return err }
	again := func() (before, created tables, err error) {
		parent, before, err := t.setUp()
		if err != nil {
			return nil, nil, err
		}
		if made, err = t.make(parent); err != nil {
			return nil, nil, err
		}
		created, err = t.dump()
		return before, created, err
	}
	// judge looks at the tables: the member went, or never came, or kept the scope.
	judge := func(before, created tables, added, purged error) error {
		switch {
		case purged == nil:
			return t.unchangedBut(before)
		case !mayRefuse(purged):
			return fmt.Errorf("the purge: %w", purged)
		case added != nil:
			return fmt.Errorf("the purge refused, and the member was not added: %w", errors.Join(purged, added))
		}
		after, err := t.dump()
		if err != nil {
			return err
		}
		for name, ch := range compare(created, after) {
			if len(ch.gone) > 0 {
				return fmt.Errorf("the purge refused, and removed rows all the same: %s", describe(map[string]change{name: {gone: ch.gone}}))
			}
		}
		return nil
	}

	var c contest
	for _, side := range []struct {
		what          string
		holder, other operation
		memberFirst   bool
	}{
		{"a member about to be committed, and a purge", add, purge, true},
		{"a purge about to be committed, and a member", purge, add, false},
	} {
		c = contest{}
		if _, _, err := again(); err != nil {
			return err
		}
		n, err := t.length(side.holder)
		if err != nil {
			return fmt.Errorf("%s: %w", side.what, err)
		}
		for _, k := range t.points(n) {
			before, created, err := again()
			if err != nil {
				return err
			}
			e, err := t.meet(k, side.holder, side.other)
			if err != nil {
				return err
			}
			added, purged := e.other, e.holder
			if side.memberFirst {
				added, purged = e.holder, e.other
			}
			if err := judge(before, created, added, purged); err != nil {
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

// rollback ends a transaction unless it has ended.
func rollback(ctx context.Context, tx pgx.Tx) { _ = tx.Rollback(context.WithoutCancel(ctx)) }
