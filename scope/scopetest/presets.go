package scopetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
)

// edit is what an administrator does to a preset, in one transaction.
type edit struct {
	what string
	run  func(ctx context.Context, tx pgx.Tx, preset string) error // nil for an addition
}

// edits are those that the schema allows, in both orders where there are two.
func (t *trial) edits() []edit {
	p := t.presets
	update := func(ctx context.Context, tx pgx.Tx, id string) error {
		_, err := tx.Exec(ctx, p.Update, id, t.name(), "true")
		return err
	}
	replace := func(ctx context.Context, tx pgx.Tx, id string) error {
		if _, err := tx.Exec(ctx, p.DeleteEntries, id); err != nil {
			return err
		}
		return t.addEntries(ctx, tx, id, "second")
	}
	all := []edit{
		{what: "edited, the preset before its entries", run: func(ctx context.Context, tx pgx.Tx, id string) error {
			if err := update(ctx, tx, id); err != nil {
				return err
			}
			return replace(ctx, tx, id)
		}},
		{what: "edited, the entries before their preset", run: func(ctx context.Context, tx pgx.Tx, id string) error {
			if err := replace(ctx, tx, id); err != nil {
				return err
			}
			return update(ctx, tx, id)
		}},
		{what: "added"},
		{what: "deleted", run: func(ctx context.Context, tx pgx.Tx, id string) error {
			return t.deletePreset(ctx, tx, id)
		}},
	}
	if p.Archive == "" {
		return all
	}
	return append(all, edit{what: "archived", run: func(ctx context.Context, tx pgx.Tx, id string) error {
		_, err := tx.Exec(ctx, p.Archive, id)
		return err
	}})
}

// addPreset adds a preset with entries, and returns its id.
func (t *trial) addPreset(ctx context.Context, tx pgx.Tx) (id string, err error) {
	if err := tx.QueryRow(ctx, t.presets.Insert, t.typ, t.name(), "false").Scan(&id); err != nil {
		return "", fmt.Errorf("Presets.Insert: %w", err)
	}
	return id, t.addEntries(ctx, tx, id, "first")
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
	for _, e := range t.edits() {
		if err := t.presetChanges(parent, e); err != nil {
			return fmt.Errorf("a preset is %s: %w", e.what, err)
		}
	}
	return nil
}

func (t *trial) presetChanges(parent any, ed edit) error {
	var preset, name string
	var made any
	create := func(ctx context.Context, db scope.DB) (err error) {
		made, err = t.create(ctx, db, parent, name)
		return err
	}
	change := func(ctx context.Context, db scope.DB) error {
		return t.inTx(ctx, db, func(tx pgx.Tx) (err error) {
			if ed.run == nil {
				preset, err = t.addPreset(ctx, tx)
				return err
			}
			return ed.run(ctx, tx, preset)
		})
	}
	clean := func() error {
		if preset == "" {
			return nil
		}
		return t.inTx(t.ctx, t.pool, func(tx pgx.Tx) error { return t.deletePreset(t.ctx, tx, preset) })
	}
	again := func() (err error) {
		if err := clean(); err != nil {
			return err
		}
		name, preset = t.name(), ""
		if ed.run == nil {
			return nil
		}
		return t.inTx(t.ctx, t.pool, func(tx pgx.Tx) error { preset, err = t.addPreset(t.ctx, tx); return err })
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
	t.logf("a preset is %s: met %d times, and %d times one was seen waiting for the other's lock", ed.what, met.met, met.waited)
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
