package model

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/schema"
)

const groupTables = `
	CREATE TABLE presets (id uuid PRIMARY KEY, tenant int NOT NULL, slug text NOT NULL, code text UNIQUE, name text, UNIQUE (tenant, slug));
	CREATE TABLE entries (id uuid PRIMARY KEY, preset_id uuid NOT NULL REFERENCES presets, op text NOT NULL, note text);
	CREATE TABLE details (id uuid PRIMARY KEY, entry_id uuid NOT NULL REFERENCES entries, text text NOT NULL);
	CREATE TABLE late (id uuid NOT NULL UNIQUE DEFERRABLE, name text);
	CREATE TABLE part (id uuid NOT NULL, gone boolean NOT NULL, name text);
	CREATE UNIQUE INDEX ON part (id) WHERE NOT gone;
	CREATE UNIQUE INDEX ON part (lower(name));
	CREATE TABLE animals (id uuid PRIMARY KEY, name text);
	CREATE TABLE cats (lives int) INHERITS (animals);
	CREATE TABLE logs (id uuid, at date, text text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
	CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`

func groupQuery(t *testing.T, sql string) (*schema.Catalog, *schema.Query) {
	t.Helper()
	var problems diag.List
	c := schema.Load([]schema.File{{Name: "schema.sql", Text: []byte(groupTables)}}, &problems)
	if problems.Len() > 0 {
		t.Fatal(problems.Sorted())
	}
	q, err := c.ParseQuery(sql)
	if err != nil {
		t.Fatal(err)
	}
	return c, q
}

// TestSameInGroup: a column has one value in each group if it is one of `by`, or
// if these hold a key of the row that it comes from.
func TestSameInGroup(t *testing.T) {
	t.Parallel()
	const joined = "SELECT p.id, p.tenant, p.slug, p.code, p.name, e.id AS entry, e.preset_id, e.op FROM presets p LEFT JOIN entries e ON e.preset_id = p.id"
	const presets = "[id tenant slug code name]"
	tests := map[string]struct {
		sql  string
		by   []int
		want string
	}{
		"primary key":                 {joined, []int{0}, presets},
		"unique key of two":           {joined, []int{1, 2}, presets},
		"and more":                    {joined, []int{2, 7, 1}, "[id tenant slug code name op]"},
		"half of a key":               {joined, []int{1}, "[tenant]"},
		"unique, and may be NULL":     {joined, []int{3}, "[code]"},
		"no key":                      {joined, []int{4}, "[name]"},
		"the foreign key":             {joined, []int{6}, "[preset_id]"},
		"of the other table":          {joined, []int{5}, "[entry preset_id op]"},
		"deferrable":                  {"SELECT id, name FROM late", []int{0}, "[id]"},
		"unique in a part":            {"SELECT id, name FROM part", []int{0}, "[id]"},
		"of an expression":            {"SELECT name, id FROM part", []int{0}, "[name]"},
		"inherited":                   {"SELECT id, name FROM animals", []int{0}, "[id]"},
		"of the child":                {"SELECT id, name FROM cats", []int{0}, "[id]"},
		"partitioned":                 {"SELECT id, at, text FROM logs", []int{0, 1}, "[id at text]"},
		"another use of the table":    {"SELECT a.id, b.id AS other, b.name, a.name AS own FROM presets a JOIN presets b ON b.tenant = a.tenant", []int{0}, "[id own]"},
		"selected twice":              {"SELECT p.id, p.id AS again, e.op FROM presets p JOIN entries e ON true", []int{1}, "[id again]"},
		"an expression of the row":    {"SELECT id, upper(name) AS upper FROM presets", []int{0}, "[id]"},
		"by an expression":            {"SELECT upper(slug) AS slug, name FROM presets", []int{0}, "[slug]"},
		"in a subquery":               {"SELECT s.id, s.name, e.op FROM (SELECT * FROM presets) s JOIN entries e ON e.preset_id = s.id", []int{0}, "[id name]"},
		"one WITH query, used twice":  {"WITH w AS (SELECT * FROM presets) SELECT a.id, b.name FROM w a JOIN w b ON a.tenant = b.tenant", []int{0}, "[id]"},
		"both sides of a UNION":       {"SELECT id, name FROM presets UNION ALL SELECT id, op FROM entries", []int{0}, "[id]"},
		"grouping sets":               {"SELECT id, name FROM presets GROUP BY GROUPING SETS ((id, name), (id))", []int{0}, "[id]"},
		"key and column by USING":     {"SELECT id, p.name, e.op FROM presets p JOIN entries e USING (id)", []int{0}, "[id name]"},
		"the rows of an UPDATE":       {"UPDATE presets SET name = $1 RETURNING id, name, tenant", []int{0}, "[id name tenant]"},
		"a table that nobody created": {"SELECT id, name FROM nowhere", []int{0}, "[id]"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, q := groupQuery(t, tt.sql)
			var same []string
			for i, is := range sameInGroup(q.Returns, tt.by, c.Table) {
				if is {
					same = append(same, q.Returns[i].Name)
				}
			}
			if diff := cmp.Diff(tt.want, fmt.Sprint(same)); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAbsent: which rows of a group hold nothing, and by which column they are
// told; "" where each row holds something.
func TestAbsent(t *testing.T) {
	t.Parallel()
	const left = "FROM presets p LEFT JOIN entries e ON e.preset_id = p.id"
	tests := map[string]struct{ sql, mark, why string }{
		"inner":                     {"SELECT p.id, e.id AS entry FROM presets p JOIN entries e ON e.preset_id = p.id", "", ""},
		"left":                      {"SELECT p.id, e.note, e.op, e.id AS entry " + left, "op", ""},
		"right":                     {"SELECT p.id, e.id AS entry FROM entries e RIGHT JOIN presets p ON e.preset_id = p.id", "entry", ""},
		"no NOT NULL column":        {"SELECT p.id, e.note " + left, "", noMark},
		"no column of it":           {"SELECT p.id, p.name " + left, "", noMark},
		"an expression of it":       {"SELECT p.id, coalesce(e.op, '') AS op " + left, "", noMark},
		"an expression and a key":   {"SELECT p.id, coalesce(e.op, '') AS op, e.id AS entry " + left, "entry", ""},
		"an anti-join":              {"SELECT p.id, e.op FROM presets p JOIN entries e ON e.preset_id = p.id LEFT JOIN details d ON d.entry_id = e.id WHERE d.id IS NULL", "", ""},
		"a detail of each entry":    {"SELECT p.id, e.op, d.text FROM presets p JOIN entries e ON e.preset_id = p.id LEFT JOIN details d ON d.entry_id = e.id", "", ""},
		"one inside the other":      {"SELECT p.id, d.text, e.op FROM presets p LEFT JOIN (entries e LEFT JOIN details d ON d.entry_id = e.id) ON e.preset_id = p.id", "op", ""},
		"together":                  {"SELECT p.id, d.text, e.op FROM presets p LEFT JOIN (entries e JOIN details d ON d.entry_id = e.id) ON e.preset_id = p.id", "text", ""},
		"one beside the other":      {"SELECT p.id, d.text, e.op " + left + " LEFT JOIN details d ON d.entry_id = p.id", "", severalJoins},
		"of a subquery":             {"SELECT p.id, s.op FROM presets p LEFT JOIN (SELECT * FROM entries WHERE op <> '') s ON s.preset_id = p.id", "op", ""},
		"in a subquery":             {"SELECT s.id, s.op FROM (SELECT p.id, e.op " + left + ") s", "op", ""},
		"in a UNION":                {"SELECT p.id, e.op " + left + " UNION ALL SELECT id, slug FROM presets", "", noMark},
		"in a condition":            {"SELECT p.id, e.op FROM presets p JOIN entries e ON e.preset_id = p.id WHERE EXISTS (SELECT " + left + ")", "", ""},
		"in a subquery that counts": {"SELECT p.id, e.op, s.n FROM presets p JOIN entries e ON e.preset_id = p.id JOIN (SELECT p.id, count(*) AS n " + left + " GROUP BY p.id) s ON s.id = p.id", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, q := groupQuery(t, tt.sql)
			same := sameInGroup(q.Returns, []int{0}, c.Table)
			a, why := absent(q.Returns, same, q.OuterJoins, func(i int) bool {
				t := c.Table(q.Returns[i].Table)
				return t != nil && t.Column(q.Returns[i].Column).NotNull
			})
			mark := ""
			if a.joins != nil {
				mark = q.Returns[a.mark].Name
			}
			if mark != tt.mark || why != tt.why {
				t.Errorf("got %q, %q; want %q, %q", mark, why, tt.mark, tt.why)
			}
		})
	}
}
