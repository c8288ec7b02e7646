package sqlcapi_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// TestLoad reads the code that sqlc generated under many combinations of its
// options (testdata/generate.sh makes it) and compares all that is known of it.
func TestLoad(t *testing.T) {
	t.Parallel()
	for _, config := range caseConfigs(t) {
		dir, file := filepath.Split(config)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			api := loadClean(t, dir, file)
			golden(t, filepath.Join(dir, "api.golden"), dump(api))
		})
	}
}

// TestProblems runs the archives in testdata/problems: projects with mistakes,
// the last file of each being what is reported. An archive that names no other
// configuration is read by its sqlc.yaml.
func TestProblems(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no cases in testdata/problems: %v", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			wanted := len(archive.Files) - 1
			if archive.Files[wanted].Name != "want" {
				t.Fatal("the last file of the archive is not named want")
			}
			root := t.TempDir()
			for _, f := range archive.Files[:wanted] {
				write(t, filepath.Join(root, filepath.FromSlash(f.Name)), f.Data)
			}
			var problems diag.List
			config := sqlcapi.Config{Path: "sqlc.yaml", Pos: diag.Pos{File: "specgen.yaml", Line: 2, Col: 7}}
			api := sqlcapi.Load(nil, root, []sqlcapi.Config{config, config}, &problems)
			if api == nil {
				t.Fatal("Load returned nil")
			}
			got := printProblems(t, &problems, func(file string) []byte {
				data, _ := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
				return data
			})
			if os.Getenv("SPECGEN_UPDATE") != "" {
				archive.Files[wanted].Data = []byte(got)
				write(t, path, txtar.Format(archive))
				return
			}
			if diff := cmp.Diff(string(archive.Files[wanted].Data), got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestEveryCodeIsTested keeps the archives complete: each code that this
// package can report occurs in one of them.
func TestEveryCodeIsTested(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("codes.go")
	if err != nil {
		t.Fatal(err)
	}
	archives, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var reported strings.Builder
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		reported.Write(archive.Files[len(archive.Files)-1].Data)
	}
	n := 0
	for field := range strings.FieldsSeq(string(source)) {
		if !strings.HasPrefix(field, `"SG1`) {
			continue
		}
		code := strings.Trim(field, `"`)
		if code < "SG150" {
			continue // told of queries that are called: the driver's cases have it
		}
		n++
		if !strings.Contains(reported.String(), "["+code+"]") {
			t.Errorf("no archive in testdata reports %s", code)
		}
	}
	if n != 27 {
		t.Errorf("codes.go declares %d codes, want 27", n)
	}
}

// TestLoadSeveral reads two configurations, with a base directory above both.
func TestLoadSeveral(t *testing.T) {
	t.Parallel()
	var problems diag.List
	api := sqlcapi.Load(nil, "testdata", []sqlcapi.Config{{Path: "one/sqlc.yml"}, {Path: "./two/sqlc.json"}, {Path: "two/../two/sqlc.json"}}, &problems)
	if left := problems.Sorted(); len(left) != 1 || left[0].Severity != diag.Note || len(api.LeftOut) != 1 {
		t.Fatal(printProblems(t, &problems, nil))
	}
	var got []string
	for _, p := range api.Packages {
		got = append(got, p.Name+" "+p.Dir+" "+p.Pos.String()+" "+strings.Join(p.Schema, ","))
	}
	want := []string{
		"onedb one/db one/sqlc.yml:3:5 one/migrations/001_roles.up.sql",
		"rbac two/gen/rbac two/sqlc.json:4:5 two/rbac.sql",
		"audit two/gen/audit two/sqlc.json:8:5 two/audit.sql",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("packages (-want +got):\n%s", diff)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	api := loadClean(t, "testdata/two", "sqlc.json")
	for name, want := range map[string][]string{
		"CreateRole":        {"rbac"},
		"rbac.CreateRole":   {"rbac"},
		"audit.CreateRole":  nil,
		"Count":             {"rbac", "audit"},
		"audit.Count":       {"audit"},
		"createrole":        nil,
		"":                  nil,
		".":                 nil,
		"audit.Count.Count": nil,
	} {
		var got []string
		for _, q := range api.Lookup(name) {
			got = append(got, q.Package.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("Lookup(%q) is in %v, want %v", name, got, want)
		}
	}
	if q := api.Lookup("InsertEvent"); len(q) != 1 || q[0].Package.Struct(q[0].Row.Elem().Name) == nil {
		t.Errorf("Lookup(InsertEvent) = %v, want one whose row is a known struct", q)
	}
}

// TestFindLeftOut finds the entries that are left out by their queries' names, also
// where the SQL is that of another engine.
func TestFindLeftOut(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, text := range map[string]string{
		"my.sql":   "# name: Mine :one\nSELECT `it's` FROM t; # don't\n-- name: Second :exec\r\nDELETE FROM `t`;\n",
		"lite.sql": "/* name: Lite :many */\nSELECT 1;\n",
		"sqlc.yaml": `version: "2"
sql:
  - {engine: mysql, queries: [nowhere.sql, my.sql], gen: {go: {out: my}}}
  - {engine: sqlite, queries: lite.sql, gen: {go: {out: db, package: lite}}}
`,
	} {
		write(t, filepath.Join(root, name), []byte(text))
	}
	var problems diag.List
	api := sqlcapi.Load(nil, root, []sqlcapi.Config{{Path: "sqlc.yaml"}}, &problems)
	if !problems.HasErrors() {
		t.Error("no entry is left, and nothing is wrong")
	}
	for name, want := range map[string]string{"Mine": "my", "my.Mine": "my", "Other": "", "Lite": "lite", "lite.Lite": "lite", "my.Lite": ""} {
		got := ""
		if e := api.FindLeftOut(name); e != nil {
			got = e.Package
		}
		if got != want {
			t.Errorf("FindLeftOut(%q) is in %q, want %q", name, got, want)
		}
	}
}

// BenchmarkLoad keeps reading at milliseconds: it is done on every run.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var problems diag.List
		api := sqlcapi.Load(nil, "testdata/default", []sqlcapi.Config{{Path: "sqlc.yaml"}}, &problems)
		if len(api.Packages) != 1 || len(api.Packages[0].Queries) != 21 {
			b.Fatal("not everything was read")
		}
	}
}

// caseConfigs lists the configurations of the cases with generated code.
func caseConfigs(t *testing.T) []string {
	t.Helper()
	configs, err := filepath.Glob("testdata/*/sqlc.*")
	if err != nil || len(configs) == 0 {
		t.Fatalf("no cases in testdata: %v", err)
	}
	return configs
}

// loadClean loads one configuration, and fails the test on any problem but a note.
func loadClean(t *testing.T, dir, file string) *sqlcapi.API {
	t.Helper()
	var problems diag.List
	api := sqlcapi.Load(nil, dir, []sqlcapi.Config{{Path: file}}, &problems)
	if slices.ContainsFunc(problems.Sorted(), func(p diag.Problem) bool { return p.Severity != diag.Note }) {
		t.Fatalf("unexpected problems:\n%s", printProblems(t, &problems, nil))
	}
	return api
}

func printProblems(t *testing.T, problems *diag.List, src diag.Source) string {
	t.Helper()
	var b strings.Builder
	if err := diag.PrintText(&b, problems.Sorted(), src); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("SPECGEN_UPDATE") != "" {
		write(t, path, []byte(got))
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("reading the golden file: %v (SPECGEN_UPDATE=1 writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
