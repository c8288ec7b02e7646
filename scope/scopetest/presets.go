package scopetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
)

// addPreset adds a preset of a type, and returns its id.
func (t *trial) addPreset(ctx context.Context, tx pgx.Tx, typ string) (id string, err error) {
	if err := tx.QueryRow(ctx, t.presets.Insert, typ, t.name(), "false").Scan(&id); err != nil {
		return "", fmt.Errorf("Presets.Insert: %w", err)
	}
	return id, nil
}

// deletePreset deletes a preset, if it is there, with its entries.
func (t *trial) deletePreset(ctx context.Context, tx pgx.Tx, id string) error {
	if _, err := tx.Exec(ctx, t.presets.DeleteEntries, id); err != nil {
		return fmt.Errorf("Presets.DeleteEntries: %w", err)
	}
	if _, err := tx.Exec(ctx, t.presets.Delete, id); err != nil {
		return fmt.Errorf("Presets.Delete: %w", err)
	}
	return nil
}

// addEntries adds entries that no other version of the preset has.
func (t *trial) addEntries(ctx context.Context, tx pgx.Tx, id, version string) error {
	operations := t.presets.Operations
	if len(operations) == 0 {
		operations = []string{"create", "read", "update"}
	}
	for i, operation := range operations {
		if _, err := tx.Exec(ctx, t.presets.InsertEntry, id, fmt.Sprintf("%s_%d", version, i), operation); err != nil {
			return fmt.Errorf("Presets.InsertEntry: %w", err)
		}
	}
	return nil
}

// presetsAreWhole creates a scope while a preset changes, with the one of the two
// stopped behind each of its statements. What the scope gets is compared with what
// scopes get that are created before and after.
func (t *trial) presetsAreWhole() error {
	parent, err := t.ancestor()
	if err != nil {
		return err
	}
	ways := t.ways()
	for _, e := range t.editsOfOne() {
		if err := t.presetChanges(parent, e, ways[0]); err != nil {
			return fmt.Errorf("a preset is %s: %w", e.what, err)
		}
	}
	for _, e := range t.editsOfSeveral() {
		for _, w := range ways {
			if err := t.presetChanges(parent, e, w); err != nil {
				return fmt.Errorf("%s, %s: %w", e.what, w.name, err)
			}
		}
	}
	return nil
}

// way is a way to call a creator.
type way struct {
	name   string
	create func(ctx context.Context, db scope.DB, parent any, name string) (any, error)
}

// ways are those that there are: by itself, in a caller's transaction, and in one of
// several operations. The bulk functions are tried as subjects of their own.
func (t *trial) ways() []way {
	all := []way{{"created by itself", t.create}, {"created in a caller's transaction", t.createJoined}}
	if t.createIn != nil {
		all = append(all, way{"created by WriterOps", t.createIn})
	}
	return all
}

// createJoined creates a scope in a transaction of the caller's, which runs it
// again after an ErrConflict.
func (t *trial) createJoined(ctx context.Context, db scope.DB, parent any, name string) (made any, err error) {
	for range 3 {
		err = t.inTx(ctx, db, func(tx pgx.Tx) (err error) {
			made, err = t.create(ctx, tx, parent, name)
			return err
		})
		if !errors.Is(err, scope.ErrConflict) {
			break
		}
	}
	return made, err
}

func (t *trial) presetChanges(parent any, ed edit, w way) error {
	var name string
	var presets []string
	var made any
	create := func(ctx context.Context, db scope.DB) (err error) {
		made, err = w.create(ctx, db, parent, name)
		return err
	}
	change := func(ctx context.Context, db scope.DB) (err error) {
		var more []string
		for range 3 { // several rows are locked in no order: it may be the one that a deadlock ends
			err = t.inTx(ctx, db, func(tx pgx.Tx) (err error) {
				more, err = ed.run(ctx, tx, presets)
				return err
			})
			if pgErr := (*pgconn.PgError)(nil); !errors.As(err, &pgErr) || pgErr.Code != "40P01" {
				break
			}
		}
		if err == nil {
			presets = append(presets, more...)
		}
		return err
	}
	clean := func() error {
		return t.inTx(t.ctx, t.pool, func(tx pgx.Tx) error {
			for _, id := range presets {
				if err := t.deletePreset(t.ctx, tx, id); err != nil {
					return err
				}
			}
			return nil
		})
	}
	again := func() (err error) {
		if err := clean(); err != nil {
			return err
		}
		name, presets = t.name(), nil
		if ed.begin == nil {
			return nil
		}
		return t.inTx(t.ctx, t.pool, func(tx pgx.Tx) error { presets, err = ed.begin(t.ctx, tx); return err })
	}
	var met contest
	for _, side := range []struct {
		holder, other operation
		first         string
	}{{create, change, "creation"}, {change, create, "change"}} {
		if err := again(); err != nil {
			return err
		}
		n, err := t.length(side.holder)
		if err != nil {
			return err
		}
		for _, k := range t.points(n) {
			if err := again(); err != nil {
				return err
			}
			before, err := t.rolesNow(parent)
			if err != nil {
				return err
			}
			e, err := t.meet(k, side.holder, side.other)
			if err == nil {
				err = errors.Join(e.holder, e.other)
			}
			if err != nil {
				return fmt.Errorf("the %s stopped behind statement %d: %w", side.first, k, err)
			}
			got, err := t.roles(made, name)
			if err != nil {
				return err
			}
			after, err := t.rolesNow(parent)
			if err != nil {
				return err
			}
			if slices.Equal(before, after) {
				return errors.New("the roles of a scope are the same before and after: does Presets.Roles show all of a role?")
			}
			if !slices.Equal(got, before) && !slices.Equal(got, after) {
				return fmt.Errorf("the %s stopped behind statement %d: the scope has roles that no version of the presets gives:\n\tgot    %s\n\tbefore %s\n\tafter  %s",
					side.first, k, foreign(got, before, after), foreign(before, got), foreign(after, got))
			}
			if err := t.remove(made); err != nil {
				return err
			}
			met.add(e)
		}
	}
	if err := clean(); err != nil {
		return err
	}
	// Nobody need wait: a creator with a snapshot of its own locks nothing. That one
	// of the two was stopped while the other ran is what proves that they met.
	t.logf("%s, %s: met %d times, and %d times one was seen waiting for the other's lock", ed.what, w.name, met.met, met.waited)
	return nil
}

// foreign are the roles that are not in any of the others.
func foreign(roles []string, others ...[]string) string {
	left := slices.DeleteFunc(slices.Clone(roles), func(r string) bool {
		return slices.ContainsFunc(others, func(o []string) bool { return slices.Contains(o, r) })
	})
	return strings.Join(left, "; ")
}

// rolesNow are the roles that a scope gets while nothing changes.
func (t *trial) rolesNow(parent any) ([]string, error) {
	name := t.name()
	made, err := t.create(t.ctx, t.pool, parent, name)
	if err != nil {
		return nil, err
	}
	roles, err := t.roles(made, name)
	if err != nil {
		return nil, err
	}
	return roles, t.remove(made)
}

// roles are the roles of a scope, each in one text, sorted. The scope's name is
// replaced: it may be in theirs.
func (t *trial) roles(made any, name string) ([]string, error) {
	rows, err := t.pool.Query(t.ctx, t.presets.Roles, t.typ, t.id(made))
	if err != nil {
		return nil, fmt.Errorf("Presets.Roles: %w", err)
	}
	parts := map[string][]string{}
	var role, part string
	if _, err := pgx.ForEachRow(rows, []any{&role, &part}, func() error {
		parts[role] = append(parts[role], strings.ReplaceAll(part, name, "<name>"))
		return nil
	}); err != nil {
		return nil, fmt.Errorf("Presets.Roles: %w", err)
	}
	var all []string
	for _, p := range parts {
		slices.Sort(p)
		all = append(all, strings.Join(p, " "))
	}
	slices.Sort(all)
	return all, nil
}

// inTx runs fn in a transaction of db.
func (t *trial) inTx(ctx context.Context, db scope.DB, fn func(tx pgx.Tx) error) error {
	tx, err := db.Begin(ctx)
	if err != nil {
		return err
	}
	defer rollback(ctx, tx)
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit(ctx)
}
