package scopetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
)

// InBulk is not tried by itself: it stands for all invariants once more, on the
// bulk functions.
const InBulk Invariant = "all of it again in bulk"

// inBulk makes a subject of which each scope is two, made and purged by the bulk
// functions. What is asked about one of them is asked about the first; a member is
// added to the second.
func (s Scope[Parent, Made]) inBulk(one subject) *subject {
	two := one
	two.most = 6 // it costs twice as much, and its order is that of one
	two.create = func(ctx context.Context, db scope.DB, parent any, name string) (any, error) {
		below, _ := parent.(Parent)
		made, err := s.CreateMany(ctx, db, below, []string{name, name + "b"})
		if err == nil && len(made) != 2 {
			err = fmt.Errorf("CreateMany returned %d scopes, want 2", len(made))
		}
		return made, err
	}
	two.createIn = nil
	two.purge = func(ctx context.Context, db scope.DB, made any) (bool, error) {
		return s.purgeMany(ctx, db, made.([]Made))
	}
	two.purgeAll = func(ctx context.Context, db scope.DB, made []any) error {
		var all []Made
		for _, m := range made {
			all = append(all, m.([]Made)...)
		}
		_, err := s.purgeMany(ctx, db, all)
		return err
	}
	two.id = func(made any) string { return s.ID(made.([]Made)[0]) }
	if s.AddMember != nil {
		two.addMember = func(ctx context.Context, tx pgx.Tx, made any) error { return s.AddMember(ctx, tx, made.([]Made)[1]) }
	}
	return &two
}

// purgeMany wants all of the scopes found, or none.
func (s Scope[Parent, Made]) purgeMany(ctx context.Context, db scope.DB, made []Made) (bool, error) {
	found, err := s.PurgeMany(ctx, db, made)
	if err != nil {
		return false, err
	}
	if len(found) != len(made) {
		return false, fmt.Errorf("PurgeMany returned %d results, want %d", len(found), len(made))
	}
	for _, f := range found {
		if f != found[0] {
			return false, errors.New("PurgeMany found some of the scopes, which were made together")
		}
	}
	return found[0], nil
}
