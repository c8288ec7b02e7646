package scopetest

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// edit is what an administrator does to presets, in one transaction.
type edit struct {
	what  string
	begin func(ctx context.Context, tx pgx.Tx) ([]string, error)               // makes the presets that it is about; nil for none
	run   func(ctx context.Context, tx pgx.Tx, ids []string) ([]string, error) // returns those that it adds
}

// elsewhere is a type of scope that no scope has.
const elsewhere = "elsewhere"

// presetsOf makes presets with entries, one for each type.
func (t *trial) presetsOf(types ...string) func(ctx context.Context, tx pgx.Tx) ([]string, error) {
	return func(ctx context.Context, tx pgx.Tx) ([]string, error) {
		var ids []string
		for _, typ := range types {
			id, err := t.addPreset(ctx, tx, typ)
			if err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
		if !slices.Contains(types, elsewhere) {
			slices.Sort(ids) // in the order of a lock: what is tried here are no deadlocks
		}
		for i, id := range ids {
			if err := t.addEntries(ctx, tx, id, fmt.Sprintf("of%d", i)); err != nil {
				return nil, err
			}
		}
		return ids, nil
	}
}

// do makes an edit of statements that add no preset.
func do(statements ...func(ctx context.Context, tx pgx.Tx, ids []string) error) func(ctx context.Context, tx pgx.Tx, ids []string) ([]string, error) {
	return func(ctx context.Context, tx pgx.Tx, ids []string) ([]string, error) {
		for _, s := range statements {
			if err := s(ctx, tx, ids); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}
}

// editsOfOne are the edits of one preset that the schema allows, in both orders
// where there are two.
func (t *trial) editsOfOne() []edit {
	one := t.presetsOf(t.typ)
	rename, replace := t.rename(0, "true"), t.replace(0, "second")
	all := []edit{
		{"edited, the preset before its entries", one, do(rename, replace)},
		{"edited, the entries before their preset", one, do(replace, rename)},
		{"added", nil, t.adds()},
		{"deleted", one, do(t.deletes(0))},
	}
	if t.presets.Archive != "" {
		all = append(all, edit{"archived", one, do(t.exec(t.presets.Archive, 0))})
	}
	return all
}

// editsOfSeveral change several presets, each of which is whole after it: only all
// of them together show that a create saw one state.
func (t *trial) editsOfSeveral() []edit {
	p := t.presets
	one, two := t.presetsOf(t.typ), t.presetsOf(t.typ, t.typ)
	and := func(first func(context.Context, pgx.Tx, []string) error) func(context.Context, pgx.Tx, []string) ([]string, error) {
		return func(ctx context.Context, tx pgx.Tx, ids []string) ([]string, error) {
			if err := first(ctx, tx, ids); err != nil {
				return nil, err
			}
			return t.adds()(ctx, tx, ids)
		}
	}
	all := []edit{
		{"one deleted and another added", one, and(t.deletes(0))},
		{"the entries moved to a new preset", one, and(t.exec(p.DeleteEntries, 0))},
		{"the entries of two swapped", two, do(t.replace(0, "of1"), t.replace(1, "of0"))},
		{"two renamed", two, do(t.rename(0, "true"), t.rename(1, "true"))},
		{"all entries of two replaced", two, do(t.replace(0, "second"), t.replace(1, "second"))},
	}
	if p.Archive != "" {
		all = append(all, edit{"one archived and another added", one, and(t.exec(p.Archive, 0))})
	}
	if p.Archive != "" && p.Restore != "" {
		archived := func(ctx context.Context, tx pgx.Tx) ([]string, error) {
			ids, err := two(ctx, tx)
			if err == nil {
				err = t.exec(p.Archive, 1)(ctx, tx, ids)
			}
			return ids, err
		}
		all = append(all, edit{"one archived and another restored", archived, do(t.exec(p.Archive, 0), t.exec(p.Restore, 1))})
	}
	if p.Retype != "" {
		all = append(all, edit{"the types of two swapped", t.presetsOf(t.typ, elsewhere), do(t.retype(0, elsewhere), t.retype(1, t.typ))})
	}
	return all
}

// exec runs a statement whose one parameter is the id of a preset.
func (t *trial) exec(sql string, i int) func(ctx context.Context, tx pgx.Tx, ids []string) error {
	return func(ctx context.Context, tx pgx.Tx, ids []string) error {
		_, err := tx.Exec(ctx, sql, ids[i])
		return err
	}
}

func (t *trial) retype(i int, typ string) func(ctx context.Context, tx pgx.Tx, ids []string) error {
	return func(ctx context.Context, tx pgx.Tx, ids []string) error {
		_, err := tx.Exec(ctx, t.presets.Retype, ids[i], typ)
		return err
	}
}

func (t *trial) rename(i int, flag string) func(ctx context.Context, tx pgx.Tx, ids []string) error {
	return func(ctx context.Context, tx pgx.Tx, ids []string) error {
		_, err := tx.Exec(ctx, t.presets.Update, ids[i], t.name(), flag)
		return err
	}
}

func (t *trial) replace(i int, version string) func(ctx context.Context, tx pgx.Tx, ids []string) error {
	return func(ctx context.Context, tx pgx.Tx, ids []string) error {
		if _, err := tx.Exec(ctx, t.presets.DeleteEntries, ids[i]); err != nil {
			return err
		}
		return t.addEntries(ctx, tx, ids[i], version)
	}
}

func (t *trial) deletes(i int) func(ctx context.Context, tx pgx.Tx, ids []string) error {
	return func(ctx context.Context, tx pgx.Tx, ids []string) error { return t.deletePreset(ctx, tx, ids[i]) }
}

func (t *trial) adds() func(ctx context.Context, tx pgx.Tx, ids []string) ([]string, error) {
	return func(ctx context.Context, tx pgx.Tx, _ []string) ([]string, error) {
		id, err := t.addPreset(ctx, tx, t.typ)
		if err == nil {
			err = t.addEntries(ctx, tx, id, "added")
		}
		return []string{id}, err
	}
}
