package scopetest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// tables are all rows of a database: by table, as text, in an order that depends
// on the rows alone. A table outside of the search path is named with its schema.
type tables map[string][]string

// dump reads all tables but those of the system.
func dump(ctx context.Context, pool *pgxpool.Pool) (tables, error) {
	const list = `
		SELECT c.oid::regclass::text
		FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'`
	rows, err := pool.Query(ctx, list)
	if err != nil {
		return nil, fmt.Errorf("listing the tables: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("listing the tables: %w", err)
	}
	all := make(tables, len(names))
	batch := &pgx.Batch{}
	for _, name := range names {
		// A regclass is quoted where it must be.
		batch.Queue(`SELECT t::text COLLATE "C" FROM ` + name + ` AS t ORDER BY 1`).Query(func(rows pgx.Rows) (err error) {
			all[name], err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
	}
	if err := pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("reading all tables: %w", err)
	}
	return all, nil
}

// change is what happened to one table.
type change struct{ gone, added []string }

// compare returns what happened between two dumps, by table; a table without a
// change is not in it.
func compare(before, after tables) map[string]change {
	changes := map[string]change{}
	for name := range union(before, after) {
		c := change{gone: without(before[name], after[name]), added: without(after[name], before[name])}
		if len(c.gone)+len(c.added) > 0 {
			changes[name] = c
		}
	}
	return changes
}

func union(a, b tables) map[string]bool {
	names := map[string]bool{}
	for name := range a {
		names[name] = true
	}
	for name := range b {
		names[name] = true
	}
	return names
}

// without returns the rows of a, sorted, that are not among those of b, sorted.
// Of equal rows each counts.
func without(a, b []string) []string {
	var left []string
	for _, row := range a {
		for len(b) > 0 && b[0] < row {
			b = b[1:]
		}
		if len(b) > 0 && b[0] == row {
			b = b[1:]
			continue
		}
		left = append(left, row)
	}
	return left
}

// plus returns t with rows added.
func (t tables) plus(added map[string]change) tables {
	all := make(tables, len(t))
	for name, rows := range t {
		all[name] = slices.Sorted(slices.Values(slices.Concat(rows, added[name].added)))
	}
	return all
}

// unchanged returns an error that says what has changed.
func unchanged(before, after tables) error { return unchangedBut(nil, before, after) }

// unchangedBut returns an error unless the tables are as they were, but for rows
// that were added to those of keep.
func unchangedBut(keep []string, before, after tables) error {
	changes := compare(before, after)
	for _, name := range keep {
		if len(changes[name].gone) == 0 {
			delete(changes, name)
		}
	}
	if len(changes) == 0 {
		return nil
	}
	return fmt.Errorf("the tables are not as they were: %s", describe(changes))
}

// describe names the first changes and counts the others. Rows are shown: they
// are the test's own.
func describe(changes map[string]change) string {
	const shown = 6
	var text strings.Builder
	names := make([]string, 0, len(changes))
	for name := range changes {
		names = append(names, name)
	}
	slices.Sort(names)
	n := 0
	write := func(what, name string, rows []string) {
		for _, row := range rows {
			if n++; n <= shown {
				fmt.Fprintf(&text, "\n\t%s %s %s", what, name, row)
			}
		}
	}
	for _, name := range names {
		write("gone from", name, changes[name].gone)
		write("left in", name, changes[name].added)
	}
	if n > shown {
		fmt.Fprintf(&text, "\n\tand %d rows more", n-shown)
	}
	return text.String()
}

// counts is how many rows were added to each table, less those that are gone.
func counts(before, after tables) map[string]int {
	n := map[string]int{}
	for name := range union(before, after) {
		if d := len(after[name]) - len(before[name]); d != 0 {
			n[name] = d
		}
	}
	return n
}
