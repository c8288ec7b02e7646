package sqlcapi

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/specgen-dev/specgen/internal/diag"
)

// FuzzConfig feeds sqlc.yaml with anything: what comes back is either packages
// to read or a problem in the file, and never a panic.
func FuzzConfig(f *testing.F) {
	for _, path := range fuzzSeeds(f, "testdata/*/sqlc.*") {
		f.Add(path)
	}
	f.Add("version: 2\nsql: &a [*a]\n")
	f.Add("version: 2\nsql:\n  - &e {<<: *e, engine: postgresql}\n")
	f.Add("base: &b {engine: postgresql, schema: s.sql, queries: q.sql}\nversion: 2\nsql: [{<<: [*b], gen: {go: {out: db, sql_package: pgx/v5}}}]\n")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "..") {
			return // its paths would lead out of the directory
		}
		var problems diag.List
		file := &configFile{dir: dir, name: "sqlc.yaml", problems: &problems}
		var targets []*target
		if root, ok := file.parse([]byte(text)); ok {
			targets = append(file.readV1(root), file.readV2(root)...)
		}
		if len(targets) == 0 && problems.Len() == 0 {
			t.Errorf("nothing was read, and no problem reported")
		}
		for _, p := range problems.Sorted() {
			if p.Pos.File != "sqlc.yaml" || p.Code == "" || p.Message == "" || p.Fix == "" {
				t.Errorf("incomplete problem: %+v", p)
			}
		}
	})
}

// FuzzQueries feeds an SQL file with anything. A query's tokens always equal
// themselves, and its position is inside the file.
func FuzzQueries(f *testing.F) {
	for _, text := range fuzzSeeds(f, "testdata/shared/queries/*.sql") {
		f.Add(text)
	}
	f.Add("-- name: X :one\nSELECT $a$ $b$ $a$, '''', \"\"\"\", E'\\'', 1.5e3, a@b, /* /* */")
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, token := range scanSQL(text) {
			if token.start < end || token.text == "" {
				t.Fatalf("token %+v begins before %d", token, end)
			}
			end = token.start + 1
		}
		for _, q := range parseQueries("q.sql", text) {
			if q.name == "" || q.pos.Line < 1 || q.pos.Line > strings.Count(text, "\n")+1 {
				t.Errorf("query %q is at line %d", q.name, q.pos.Line)
			}
		}
	})
}

// FuzzGo feeds the reader of generated code with any Go that parses: a method
// is read whole, or refused.
func FuzzGo(f *testing.F) {
	for _, text := range fuzzSeeds(f, "testdata/default/db/*.go") {
		f.Add(text)
	}
	f.Add("package db\nconst x = `-- name: X :batchone`\nfunc (q *Queries) X(ctx context.Context, a []int) { q.db.SendBatch(ctx, b); b.Queue(x, v); _ = []any{a} }\nfunc (b *XBatchResults) QueryRow() {}\n")
	f.Fuzz(func(t *testing.T, text string) {
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, "x.go", text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return
		}
		code := &goCode{name: "db", importPath: "example.com/db", fset: fset, display: filepath.ToSlash}
		code.files = []*goFile{{path: "x.go", syntax: syntax, imports: readImports(syntax)}}
		code.index()
		code.fill(&Package{}, "x.go")
		for _, m := range code.methods["Queries"] {
			if !isQuery(m) {
				continue
			}
			q, ok := code.query(m)
			if ok && (q.Name == "" || q.Cmd == "" || len(q.ParamOrder) > len(q.Params) || q.Row.IsZero() != (len(q.Columns) == 0)) {
				t.Errorf("half a query was read: %+v", q)
			}
		}
	})
}

// FuzzFuncs feeds the reader of functions with any Go that parses: what it says
// of a function that can be called is Go, and of another it says only why not.
func FuzzFuncs(f *testing.F) {
	for _, text := range fuzzSeeds(f, "testdata/*/db/*.go") {
		f.Add(text)
	}
	for _, path := range fuzzSeedPaths(f, "testdata/funcs/*.txtar") {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".go") {
				f.Add(string(file.Data))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, "x.go", text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return
		}
		code := &goCode{name: syntax.Name.Name, importPath: "example.com/x", fset: fset, display: filepath.ToSlash}
		code.files = []*goFile{{path: "x.go", syntax: syntax, imports: readImports(syntax)}}
		code.index()
		for name, fn := range code.funcs() {
			types := fn.Params
			if !fn.Result.IsZero() {
				types = append(types, fn.Result)
			}
			if fn.Unsupported != "" && (len(types) > 0 || fn.Context || fn.Fails) || fn.Name != name || !token.IsExported(name) {
				t.Errorf("%s: %+v", name, fn)
			}
			for _, typ := range types {
				if _, err := parser.ParseExpr(typ.String()); err != nil {
					t.Errorf("%s: the type %q is not Go: %v", name, typ, err)
				}
			}
		}
	})
}

func fuzzSeeds(f *testing.F, pattern string) []string {
	f.Helper()
	var seeds []string
	for _, path := range fuzzSeedPaths(f, pattern) {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		seeds = append(seeds, string(data))
	}
	return seeds
}

func fuzzSeedPaths(f *testing.F, pattern string) []string {
	f.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		f.Fatalf("no seeds at %s: %v", pattern, err)
	}
	return paths
}
