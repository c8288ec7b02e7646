package sqlcapi

import (
	"go/parser"
	"go/token"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPackageName(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"time":                               "time",
		"encoding/json":                      "json",
		"github.com/jackc/pgx/v5":            "pgx",
		"github.com/jackc/pgx/v5/pgtype":     "pgtype",
		"gopkg.in/guregu/null.v4":            "null",
		"gopkg.in/yaml.v3":                   "yaml",
		"github.com/pgvector/pgvector-go":    "pgvector",
		"github.com/pgvector/pgvector-go/v2": "pgvector",
		"github.com/twpayne/go-geos":         "geos",
		"github.com/nats-io/nats.go":         "nats",
		"example.com/some-thing":             "some_thing",
		"v2":                                 "v2",
		"":                                   "",
	} {
		if got := packageName(path); got != want {
			t.Errorf("packageName(%q) = %q, want %q", path, got, want)
		}
	}
}

// TestReadImports checks the one case in which the path misleads: the package
// is called differently, and the file's identifiers tell how.
func TestReadImports(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", `package db

import (
	"context"

	"example.com/lib/decimal-numbers"
	other "example.com/odd.name"
	"github.com/jackc/pgx/v5/pgtype"
)

type Row struct {
	ID    pgtype.UUID
	Price decimal.Decimal
	Other other.Thing
}

func (q *Queries) Get(ctx context.Context) (err error) {
	for _, a := range q.rows {
		b := a.x
		var c Row
		_, err = b.y, c.ID
	}
	return err
}
`, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range readImports(file) {
		got = append(got, i.name+" "+i.path)
	}
	want := []string{"context context", "decimal example.com/lib/decimal-numbers", "other example.com/odd.name", "pgtype github.com/jackc/pgx/v5/pgtype"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("imports (-want +got):\n%s", diff)
	}
}

func TestParseQueries(t *testing.T) {
	t.Parallel()
	src := "-- A licence.\r\n\r\n-- First does one thing;\r\n-- and another.\r\n-- name: First :one\r\n-- @sqlc-vet-disable\r\nSELECT ';', $x$ ; $x$, \"a;b\" /* ; /* ; */ */ FROM t;\r\n" +
		"SELECT 'no name';\n" +
		"/* name: Second :many */ \nSELECT E'\\';' -- ;\n;" +
		"\n--name: NoSpace :one\n-- name: Third :exec\nDELETE FROM t" +
		";\n-- name: Comment :one\n-- only\n"
	type found struct {
		Name, Cmd, Doc string
		Line           int
		Tokens         int
	}
	var got []found
	for _, q := range parseQueries("q.sql", src) {
		got = append(got, found{q.name, q.cmd, q.doc, q.pos.Line, len(q.tokens)})
	}
	want := []found{
		{"First", "one", "First does one thing;\nand another.", 5, 8},
		{"Second", "many", "", 9, 2},
		{"Third", "exec", "name: NoSpace :one", 13, 3}, // an error in sqlc, here only a comment
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("queries (-want +got):\n%s", diff)
	}
}

func TestSameStatement(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, generated string
		want            bool
	}{
		{"SELECT 1", "select  1 -- one", true},
		{"SELECT 'A'", "SELECT 'a'", false},
		{`SELECT "A"`, `SELECT "a"`, false},
		{"SELECT * FROM t", "SELECT a, b FROM t", true},
		{"SELECT * FROM t", "SELECT a, b FROM u", false},
		{"SELECT t.*, u.* FROM t, u", `SELECT t.a, t."order", u.a FROM t, u`, true},
		{"SELECT s.t.* FROM s.t", "SELECT t.a, t.b FROM s.t", true},
		{"SELECT count(*), a * 2 FROM t", "SELECT count(*), a * 2 FROM t", true},
		{"SELECT count(t.*) FROM t", "SELECT count(t.*) FROM t", true}, // sqlc leaves both of these as they are
		{"SELECT (p).* FROM f() p", "SELECT (p).* FROM f() p", true},
		{"SELECT a FROM t WHERE b = @b::int AND c @> @c", "SELECT a FROM t WHERE b = $1::int AND c @> $2", true},
		{"SELECT a FROM t WHERE b = @b", "SELECT a FROM t WHERE b = 1", false},
		{"SELECT sqlc.embed(t), x FROM t WHERE b = sqlc.arg('b') OR c = sqlc.narg(c)", "SELECT t.a, t.b, x FROM t WHERE b = $1 OR c = $2", true},
		{"SELECT a FROM t WHERE b = sqlc.arg(b)", "SELECT a FROM t WHERE b = $1 AND true", false},
		{"DELETE FROM t WHERE a = $1", "DELETE FROM t", false},
		{"DELETE FROM t", "DELETE FROM t WHERE a = $1", false},
		{"", "", true},
	} {
		if got := sameStatement(scanSQL(c.file), scanSQL(c.generated)); got != c.want {
			t.Errorf("sameStatement(%q, %q) = %t, want %t", c.file, c.generated, got, c.want)
		}
	}
}
