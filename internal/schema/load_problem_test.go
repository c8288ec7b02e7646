package schema

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

func TestLoadMigrations(t *testing.T) {
	t.Parallel()
	tests := map[string][]File{
		"goose": {{"1_a.sql", []byte("-- +goose Up\n-- +goose StatementBegin\nCREATE TABLE a (x int);\n-- +goose StatementEnd\n-- +goose Down\nDROP TABLE a;\n")},
			{"2_b.sql", []byte("-- +goose up\nALTER TABLE a ADD y text;\n\n-- +goose down\nALTER TABLE a DROP y; BROKEN\n")}},
		"dbmate":         {{"1.sql", []byte("-- migrate:up transaction:false\nCREATE TABLE a (x int, y text);\n\n-- migrate:down\nDROP TABLE a;\n")}},
		"tern":           {{"001.sql", []byte("CREATE TABLE a (x int, y text);\n---- create above / drop below ----\nDROP TABLE a;\n")}},
		"sql-migrate":    {{"1.sql", []byte("-- +migrate Up\r\nCREATE TABLE a (x int);\r\n-- +migrate Down\r\nDROP TABLE a;\r\n-- +migrate Up\r\nALTER TABLE a ADD y text;\r\n")}},
		"golang-migrate": {{"1.down.sql", []byte("DROP TABLE a;")}, {"1.up.sql", []byte("\ufeffCREATE TABLE a (x int, y text);")}},
	}
	for name, files := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			c := Load(files, &problems)
			if diff := cmp.Diff("table a\n  x int4\n  y text\n", describe(c)); diff != "" {
				t.Errorf("catalog (-want +got):\n%s", diff)
			}
			if got := problemLines(&problems); len(got) > 0 {
				t.Errorf("problems:\n%s", strings.Join(got, "\n"))
			}
		})
	}
}

func TestLoadProblems(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		sql    string
		want   []string
		tables string // that are there all the same
	}{
		"a broken statement among others": {
			"CREATE TABLE a (x int);\nCREATE TABEL b (é int);\n-- é\nCREATE TABLE c (\n  é text frm\n);\nCREATE TABLE d (x int);",
			[]string{
				`s.sql:2:8: error SG101: this is not SQL that PostgreSQL accepts: syntax error at or near "TABEL"`,
				`s.sql:5:10: error SG101: this is not SQL that PostgreSQL accepts: syntax error at or near "frm"`,
			}, "a d",
		},
		"an open parenthesis": {
			"CREATE TABLE a (x int;\nCREATE TABLE b (x int);",
			[]string{`s.sql:1:22: error SG101: this is not SQL that PostgreSQL accepts: syntax error at or near ";"`}, "b",
		},
		"an open string": {
			"CREATE TABLE a (x int);\nCREATE TABLE b (x text DEFAULT 'x);\nCREATE TABLE c (x int);",
			[]string{`s.sql:2:32: error SG101: this is not SQL that PostgreSQL accepts: unterminated quoted string at or near "'x);…"`}, "a",
		},
		"a body with semicolons beside a broken statement": {
			"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;\nBROKEN;\nCREATE TABLE a (x int);",
			[]string{`s.sql:2:1: error SG101: this is not SQL that PostgreSQL accepts: syntax error at or near "BROKEN"`}, "a",
		},
		"not text": {
			"CREATE TABLE a (x int); \xff", []string{`s.sql:1:25: error SG101: this is not SQL that PostgreSQL accepts: the text is not UTF-8`}, "",
		},
		"unknown names": {
			"CREATE TABLE a (x int);\nALTER TABLE b ADD y int;\nALTER TABLE a DROP z;\nALTER TABLE IF EXISTS b ADD y int;\nCREATE INDEX ON b (x);\nDROP TABLE c;",
			[]string{
				`s.sql:2:13: warning SG102: there is no table "b" at this point`,
				`s.sql:3:1: warning SG102: table "a" has no column "z" at this point`,
				`s.sql:5:17: warning SG102: there is no table "b" at this point`,
				`s.sql:6:1: warning SG102: there is no table "c" at this point`,
			}, "a",
		},
		"created twice": {
			"CREATE TABLE a (x int);\n\n  CREATE TABLE a (y int);\nCREATE TYPE k AS ENUM ('a');\n/* again /* */ */ CREATE TYPE k AS ENUM ('b');",
			[]string{
				`s.sql:3:16: warning SG103: table "a" is created twice; the first one counts`,
				`s.sql:5:19: warning SG103: type "k" is created twice; the first one counts`,
			}, "a",
		},
		"foreign keys to nowhere": {
			"CREATE TABLE a (\n  x int REFERENCES b,\n  y int REFERENCES a (z)\n);",
			[]string{
				`s.sql:2:9: warning SG104: foreign key a_x_fkey refers to a table "b" that the schema does not create`,
				`s.sql:3:9: warning SG104: foreign key a_y_fkey refers to a column "z" that table "a" does not have`,
			}, "a",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			c := Load([]File{{Name: "s.sql", Text: []byte(tt.sql)}}, &problems)
			if diff := cmp.Diff(tt.want, problemLines(&problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			var tables []string
			for _, table := range c.Tables {
				tables = append(tables, table.Name)
			}
			if got := strings.Join(tables, " "); got != tt.tables {
				t.Errorf("tables are %q, want %q", got, tt.tables)
			}
		})
	}
}

func TestPositions(t *testing.T) {
	t.Parallel()
	var problems diag.List
	c := Load([]File{{"a.sql", []byte("BROKEN;\n/* é */ CREATE TABLE t (\n  é int, x int PRIMARY KEY,\n  CONSTRAINT u UNIQUE (é)\n);\n-- c\nCREATE UNIQUE INDEX i ON t (x);\n")}}, &problems)
	table := c.Table("public.t")
	if table == nil {
		t.Fatal("no table t")
	}
	got := []diag.Pos{table.Pos, table.Column("x").Pos, table.PrimaryKey.Pos, table.Uniques[0].Pos, table.Uniques[1].Pos}
	want := []diag.Pos{{File: "a.sql", Line: 2, Col: 22}, {File: "a.sql", Line: 3, Col: 10}, {File: "a.sql", Line: 3, Col: 16}, {File: "a.sql", Line: 4, Col: 3}, {File: "a.sql", Line: 7, Col: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("positions (-want +got):\n%s", diff)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	c := Load([]File{{"a.sql", []byte(`CREATE TABLE t (a int); CREATE TABLE x.t (b int); CREATE TABLE "a.b" (c int); CREATE TYPE k AS ENUM ('v');`)}}, &diag.List{})
	for _, name := range []string{"t", "public.t", "x.t", "a.b"} {
		if c.Table(name) == nil {
			t.Errorf("Table(%q) is nil", name)
		}
	}
	for _, name := range []string{"", "u", "x.u", "y.t", "public.x.t"} {
		if got := c.Table(name); got != nil {
			t.Errorf("Table(%q) is %s", name, got.QualifiedName())
		}
	}
	if c.Enum("k") == nil || c.Enum("public.k") == nil || c.Enum("x.k") != nil {
		t.Error("Enum does not find k, or finds x.k")
	}
	if (&Catalog{}).Table("t") != nil || (&Catalog{}).Enum("k") != nil || (&Table{}).Column("c") != nil {
		t.Error("an empty catalog has something")
	}
}
