package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// row is a row of a table: by column, as text.
type row struct {
	table string
	cells map[string]string
}

// known are ids that the scenario gives: they mean themselves.
const known = "aaaaaaaa-"

var (
	anID   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	aTime  = regexp.MustCompile(`^"20[2-9]\d-\d\d-\d\dT`)
	number = regexp.MustCompile(`^\d+$`)
)

// rows are a hash of all tables as one text that does not depend on the ids that were
// drawn, nor on the time: an id is shown as what the rows that hold it have in
// common, so that two runs that differ in ids alone give the same text.
func (w *world) rows(ctx context.Context) (string, error) {
	all, err := w.read(ctx)
	if err != nil {
		return "", err
	}
	names := map[string]string{} // of ids
	for range 4 {
		seen := map[string][]string{}
		for _, r := range all {
			text := r.text(names)
			for _, column := range slices.Sorted(maps.Keys(r.cells)) {
				for _, id := range ids(r.cells[column]) {
					seen[id] = append(seen[id], column+" "+text)
				}
			}
		}
		next := map[string]string{}
		for id, where := range seen {
			slices.Sort(where)
			sum := sha256.Sum256([]byte(strings.Join(where, "\n")))
			next[id] = hex.EncodeToString(sum[:4])
		}
		names = next
	}
	var lines []string
	for _, r := range all {
		lines = append(lines, r.text(names))
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:8]), nil
}

// ids are those in a cell.
func ids(cell string) []string {
	var out []string
	for _, id := range anID.FindAllString(cell, -1) {
		if !strings.HasPrefix(id, known) {
			out = append(out, id)
		}
	}
	return out
}

func (r row) text(names map[string]string) string {
	var b strings.Builder
	b.WriteString(r.table)
	for _, column := range slices.Sorted(maps.Keys(r.cells)) {
		cell := r.cells[column]
		for _, id := range ids(cell) {
			cell = strings.ReplaceAll(cell, id, "#"+names[id])
		}
		b.WriteString(" " + column + "=" + cell)
	}
	return b.String()
}

// serverMade are columns of ids that the server draws from a sequence: by name,
// the id's table. An id of a table that nothing refers to is not compared.
var serverMade = map[string]string{"role_id": "roles"}

// read reads the tables: of a mutant's, those columns that the original has.
func (w *world) read(ctx context.Context) ([]row, error) {
	var all []row
	batch := &pgx.Batch{}
	for _, t := range slices.Sorted(maps.Keys(w.columns)) {
		columns := w.columns[t]
		if w.request.Columns != nil {
			columns = w.request.Columns[t]
		}
		batch.Queue(`SELECT to_jsonb(t)::text FROM ` + t + ` AS t`).Query(func(rows pgx.Rows) error {
			texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
			for _, text := range texts {
				var cells map[string]json.RawMessage
				if err := json.Unmarshal([]byte(text), &cells); err != nil {
					return err
				}
				r := row{table: t, cells: map[string]string{}}
				for _, c := range columns {
					if cell, ok := cells[c]; ok {
						r.cells[c] = shown(t, c, string(cell))
					}
				}
				if columns != nil {
					all = append(all, r)
				}
			}
			return err
		})
	}
	return all, w.admin.SendBatch(ctx, batch).Close()
}

// look lists the columns of all tables.
func (w *world) look() error {
	rows, err := w.admin.Query(context.Background(), `
		SELECT c.relname, array_agg(a.attname ORDER BY a.attname) FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
		WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped GROUP BY 1`)
	if err != nil {
		return err
	}
	w.columns = map[string][]string{}
	var table string
	var columns []string
	_, err = pgx.ForEachRow(rows, []any{&table, &columns}, func() error {
		w.columns[table] = slices.Clone(columns)
		return nil
	})
	return err
}

// shown is a cell without what differs from run to run.
func shown(table, column, cell string) string {
	if aTime.MatchString(cell) {
		return "now"
	}
	if !number.MatchString(cell) {
		return cell
	}
	of := serverMade[column]
	if column == "id" {
		of = table
	}
	if of == "" || of == "organisations" || of == "workspaces" {
		return cell
	}
	if of != "roles" {
		return "an id"
	}
	n, _ := strconv.Atoi(cell)
	return fmt.Sprintf("%08x-0000-4000-8000-000000000000", n) // as if it were drawn
}
