package scopetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

func (t *trial) purgeIsComplete() error {
	parent, before, err := t.setUp()
	if err != nil {
		return err
	}
	made, err := t.make(parent)
	if err != nil {
		return err
	}
	between, err := t.dump()
	if err != nil {
		return err
	}
	if err := t.remove(made); err != nil {
		return err
	}
	if err := t.unchangedBut(before); err != nil {
		return err
	}
	t.logf("rows created and purged: %s", tally(counts(before, between)))
	return nil
}

// tally writes numbers of rows.
func tally(n map[string]int) string {
	var parts []string
	for name, rows := range n {
		parts = append(parts, fmt.Sprintf("%s %d", name, rows))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func (t *trial) otherTypeStays() error {
	parent, before, err := t.setUp()
	if err != nil {
		return err
	}
	made, err := t.make(parent)
	if err != nil {
		return err
	}
	created, err := t.dump()
	if err != nil {
		return err
	}
	for _, sql := range t.otherType {
		tag, err := t.pool.Exec(t.ctx, sql, t.id(made))
		if err != nil {
			return fmt.Errorf("OtherType: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("OtherType: the statement wrote no row: %s", sql)
		}
	}
	both, err := t.dump()
	if err != nil {
		return err
	}
	others := compare(created, both)
	if err := t.remove(made); err != nil {
		return err
	}
	after, err := t.dump()
	if err != nil {
		return err
	}
	want := before.plus(others)
	// Rows of others that lie in kept tables must be there too, so they are compared as well.
	if err := unchangedBut(t.keep, want, after); err != nil {
		return err
	}
	t.logf("rows of another type that stay: %s", tally(counts(created, both)))
	return nil
}

var errNoResidue = errors.New("nothing that the purge removed can be put back without the scope's row, so that there is no residue to clean: " +
	"say so in NotApplicable")

// residueIsCleaned puts back what a purge removed, apart from the scope's row, as
// a purge that forgets a table leaves it. Rows that a foreign key ties to the
// scope's row cannot be there without it.
func (t *trial) residueIsCleaned() error {
	parent, before, err := t.setUp()
	if err != nil {
		return err
	}
	made, err := t.make(parent)
	if err != nil {
		return err
	}
	created, err := t.dump()
	if err != nil {
		return err
	}
	if err := t.remove(made); err != nil {
		return err
	}
	purged, err := t.dump()
	if err != nil {
		return err
	}
	removed := map[string][]string{}
	for name, c := range compare(created, purged) {
		removed[name] = c.gone
	}
	own, err := t.canonicalTable()
	if err != nil {
		return err
	}
	if len(removed[own]) == 0 {
		return fmt.Errorf("the purge removed no row of Table %q: is it the table of the scope's row?", t.table)
	}
	delete(removed, own)
	n, err := t.putBack(removed)
	if err != nil {
		return err
	}
	if n == 0 {
		return errNoResidue
	}
	left, err := t.dump()
	if err != nil {
		return err
	}
	found, err := t.purge(t.ctx, t.pool, made)
	if err != nil {
		return fmt.Errorf("purging a scope of which only residue is left: %w", err)
	}
	if found {
		return errors.New("a purge said that it found a scope whose row was gone")
	}
	if t.keepsResidue {
		t.logf("%d rows of residue were kept: they may be those of a scope that is there", n)
		return t.unchangedBut(left)
	}
	if err := t.unchangedBut(before); err != nil {
		return err
	}
	t.logf("%d rows of residue were cleaned", n)
	return nil
}

// canonicalTable is the scope's table as a dump names it.
func (t *trial) canonicalTable() (string, error) {
	var name string
	if err := t.pool.QueryRow(t.ctx, `SELECT $1::regclass::text`, t.table).Scan(&name); err != nil {
		return "", fmt.Errorf("looking for Table %q: %w", t.table, err)
	}
	return name, nil
}

// putBack inserts rows that were there, and returns how many it could: again and
// again, since one may refer to another. Rows of nested scopes stay away.
func (t *trial) putBack(rows map[string][]string) (total int, err error) {
	for {
		inserted := 0
		for name, left := range rows {
			columns, err := t.writableColumns(name)
			if err != nil {
				return total, err
			}
			sql := fmt.Sprintf(`
				INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM (SELECT ($1::text::%s).*) AS r
				WHERE NOT EXISTS (SELECT FROM jsonb_each_text(to_jsonb(r)) AS c WHERE c.value = ANY ($2::text[]))`,
				name, columns, columns, name)
			rows[name] = slices.DeleteFunc(slices.Clone(left), func(row string) bool {
				tag, err := t.pool.Exec(t.ctx, sql, row, t.nested)
				inserted += int(tag.RowsAffected())
				return err == nil
			})
		}
		if total += inserted; inserted == 0 {
			return total, t.ctx.Err()
		}
	}
}

// writableColumns lists the columns of a table that are not generated.
func (t *trial) writableColumns(name string) (string, error) {
	const query = `
		SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
		WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`
	var columns string
	if err := t.pool.QueryRow(t.ctx, query, name).Scan(&columns); err != nil {
		return "", fmt.Errorf("listing the columns of %s: %w", name, err)
	}
	return columns, nil
}
