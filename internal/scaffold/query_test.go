package scaffold

import (
	"testing"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

func catalog(t *testing.T, ddl string) *schema.Catalog {
	t.Helper()
	var problems diag.List
	c := schema.Load([]schema.File{{Name: "schema.sql", Text: []byte(ddl)}}, &problems)
	if problems.Len() > 0 {
		t.Fatal(problems.Sorted())
	}
	return c
}

// TestPlain tells queries that take all the rows of a value from those that take
// some: a purge must not use the latter.
func TestPlain(t *testing.T) {
	t.Parallel()
	c := catalog(t, "CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE TABLE u (id int)")
	for _, x := range []struct {
		sql  string
		want bool
	}{
		{"DELETE FROM t WHERE a = $1", true},
		{"DELETE FROM t WHERE a = $1 -- all of them\nRETURNING *", true},
		{"delete from \"t\"\nwhere\n  t.a = $1::int and b = $2;", true},
		{"DELETE FROM t AS x WHERE (x.a = $1)", true},
		{"SELECT id FROM t WHERE a = $1 ORDER BY id FOR UPDATE", true},
		{"SELECT id FROM t WHERE id = $1 LIMIT 1 FOR UPDATE", true},
		{"DELETE FROM t WHERE a = $1 AND b < 'x'", false},
		{"DELETE FROM t WHERE a = $1 AND b = 'x'", false},
		{"DELETE FROM t WHERE a = $1 OR b = $2", false},
		{"DELETE FROM t WHERE a = $1 AND b IS NULL", false},
		{"DELETE FROM t USING u WHERE t.a = $1 AND u.id = t.id", false},
		{"DELETE FROM t WHERE a = $1 AND id IN (SELECT id FROM u)", false},
		{"DELETE FROM t", false},
		{"SELECT t.id FROM t JOIN u ON u.id = t.id WHERE t.a = $1 FOR UPDATE", false},
	} {
		facts, err := c.ParseQuery(x.sql)
		if err != nil {
			t.Fatalf("%s: %v", x.sql, err)
		}
		if got := (&query{&sqlcapi.Query{SQL: x.sql}, facts}).plain(); got != x.want {
			t.Errorf("plain(%q) = %t, want %t", x.sql, got, x.want)
		}
	}
}

func TestGeneratesAbove(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]bool{
		"      go: {package: db, out: ../db}":    true,
		"        out: \"../../internal/db\"":     true,
		`{"gen": {"go": {"out": "../db"}}}`:      true,
		"  - path: ../db":                        true,
		"    schema: ../schema\n    out: gen/db": false,
		"        layout: ../x":                   false,
	} {
		if got := generatesAbove.MatchString(config); got != want {
			t.Errorf("generatesAbove(%q) = %t, want %t", config, got, want)
		}
	}
}

func TestLiving(t *testing.T) {
	t.Parallel()
	c := catalog(t, `CREATE TABLE a (id int); CREATE TABLE b (deleted_at timestamptz); CREATE TABLE c (deleted bool NOT NULL);
		CREATE TABLE d ("deletedAt" timestamptz); CREATE TABLE e (deleted bool)`)
	want := map[string]string{"a": "", "b": " AND deleted_at IS NULL", "c": " AND NOT deleted", "d": ` AND "deletedAt" IS NULL`, "e": ""}
	for _, table := range c.Tables {
		if got := living(table); got != want[table.Name] {
			t.Errorf("living(%s) = %q, want %q", table.Name, got, want[table.Name])
		}
	}
}
