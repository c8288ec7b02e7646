package schema

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/specgen-dev/specgen/internal/diag"
)

// FuzzLoad looks for texts that make Load panic, or hang, or point outside of
// the text.
func FuzzLoad(f *testing.F) {
	text, err := os.ReadFile("testdata/backendai.sql")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	for _, name := range driverCases(f, "schema.sql") {
		f.Add(name)
	}
	for _, seed := range []string{
		queryTables,
		"CREATE TABLE t (LIKE t, FOREIGN KEY (a) REFERENCES t); ALTER TABLE t INHERIT t; ALTER TABLE t RENAME TO t;",
		"CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p DEFAULT; ALTER TABLE c ATTACH PARTITION p DEFAULT; CREATE RULE r AS ON INSERT TO c DO (SELECT 1; SELECT 2);",
		"CREATE DOMAIN a AS b; CREATE DOMAIN b AS a; CREATE TABLE t (x a); ALTER DOMAIN a DROP DEFAULT;",
		"CREATE TYPE e AS ENUM (); ALTER TYPE e ADD VALUE 'x' AFTER 'y'; ALTER TYPE e RENAME TO f; DROP TYPE e, f;",
		"-- +goose Up\nCREATE TABLE t (a int;\n'\n-- +goose Down\n\\x",
		"ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i, DROP COLUMN a; COMMENT ON COLUMN a.b.c.d IS NULL; DROP TRIGGER t ON x; DROP SCHEMA public;",
		"CREATE FUNCTION f() RETURNS TABLE (x int) BEGIN ATOMIC SELECT CASE WHEN 1 THEN 2 END; END; BROKEN",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var problems diag.List
		c := Load([]File{{Name: "a.sql", Text: text}}, &problems)
		lines := strings.Split(string(text), "\n")
		for _, p := range problems.Sorted() {
			if p.Pos.Line < 1 || p.Pos.Col < 1 || p.Message == "" || p.Pos.Line > len(lines) || p.Pos.Col > utf8.RuneCountInString(lines[p.Pos.Line-1])+1 {
				t.Errorf("problem without a place or a message: %+v", p)
			}
		}
		for _, table := range c.Tables {
			for _, fk := range table.ForeignKeys {
				if fk.Name == "" {
					t.Errorf("a foreign key of %s has no name", table.Name)
				}
			}
		}
	})
}

// driverCases are the sections of a name in the cases of package driver.
func driverCases(f *testing.F, section string) [][]byte {
	f.Helper()
	files, err := filepath.Glob("../driver/testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("there are %d cases: %v", len(files), err)
	}
	var texts [][]byte
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, s := range archive.Files {
			if s.Name == section {
				texts = append(texts, s.Data)
			}
		}
	}
	return texts
}

// FuzzParseQuery looks for texts that make ParseQuery panic or hang.
func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{
		"SELECT a.*, (b).c, $1::text[] FROM roles a NATURAL FULL JOIN (live JOIN roles USING (id)) x (a, b) WHERE (a.id, $2) = ($3, a.name) GROUP BY CUBE (1) FOR UPDATE OF x",
		"WITH RECURSIVE a AS (SELECT 1 UNION SELECT * FROM a), b (x) AS (UPDATE roles SET (id, name) = (SELECT 1, 2), rank[1] = $1 RETURNING old.*, *) TABLE b",
		"INSERT INTO roles VALUES (), (1, 2, 3, 4, 5, 6, 7, 8, 9, DEFAULT) ON CONFLICT (lower(id)) DO UPDATE SET id = excluded.id RETURNING WITH (OLD AS o) o.id",
		"INSERT INTO roles (nope, name.x) SELECT FROM ROWS FROM (f(1) AS (a int), unnest($1, $2)) WITH ORDINALITY",
		"MERGE INTO roles USING (VALUES ($1)) v ON true WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN NOT MATCHED THEN INSERT DEFAULT VALUES RETURNING *",
		"SELECT sqlc.embed(x), sqlc.arg('a b'), @y, x=@z, sqlc.narg(\n) FROM JSON_TABLE($1, '$' COLUMNS (a int)) x, XMLTABLE('x' PASSING $2 COLUMNS b int)",
		"COPY (SELECT $1) TO STDOUT", "EXPLAIN DELETE FROM roles", "CALL f($1)", "VALUES ($1), (DEFAULT)", "SELECT", "(((SELECT 1)))",
	} {
		f.Add(seed)
	}
	for _, text := range driverCases(f, "queries.sql") {
		for query := range strings.SplitSeq(string(text), "-- name: ") {
			f.Add(query)
		}
	}
	c := queryCatalog(f)
	f.Fuzz(func(t *testing.T, sql string) {
		q, err := c.ParseQuery(sql)
		if (q == nil) != (err != nil) {
			t.Errorf("ParseQuery = %v, %v", q, err)
		}
		if q == nil {
			return
		}
		for _, r := range q.Returns {
			if r.Param < 0 || r.Param > len(q.Params) || r.Name == "" {
				t.Errorf("result %+v of %d parameters", r, len(q.Params))
			}
		}
	})
}
