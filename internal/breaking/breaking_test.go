package breaking_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/specgen-dev/specgen/internal/breaking"
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
)

// project is what the cases change, with testdata/specgen.yaml: the tables,
// queries and functions of the language reference.
const project = "../../docs/testdata/teams"

// TestCases changes the project as each archive of testdata says, and compares
// what is told with its section "changes". A section "FILE: from" is a text of a
// file, and the section behind it, "FILE: to", what stands in its place.
// SPECGEN_UPDATE=1 rewrites what is expected.
func TestCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 15 {
		t.Fatalf("testdata has %d cases: some are lost", len(files))
	}
	before := generate(t, layOut(t))
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := layOut(t)
			edit(t, dir, archive)
			var got bytes.Buffer
			if err := breaking.WriteText(&got, "main", breaking.Compare(before, generate(t, dir))); err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			if archive.Files[last].Name != "changes" {
				t.Fatal("the last section is not `changes`")
			}
			if os.Getenv("SPECGEN_UPDATE") == "1" {
				archive.Files[last].Data = got.Bytes()
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[last].Data), got.String()); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

// A specification has not changed since itself, and all that another one lacks
// is told in the same order each time.
func TestUnchanged(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"../../specgen.yaml", "../../examples/saas/specgen.yaml", "../../examples/backendai/specgen.yaml"} {
		if changes := breaking.Compare(side(t, file), side(t, file)); len(changes) > 0 {
			t.Errorf("%s: %d changes since itself, the first: %+v", file, len(changes), changes[0])
		}
	}
	a, b := side(t, "../../specgen.yaml"), side(t, "../../examples/saas/specgen.yaml")
	first := breaking.Compare(a, b)
	if !breaking.Has(first) {
		t.Error("nothing breaks between two specifications that have little in common")
	}
	for range 5 {
		if diff := cmp.Diff(first, breaking.Compare(a, b)); diff != "" {
			t.Fatalf("another order (-first +later):\n%s", diff)
		}
	}
}

// Every golden case of the driver is the same as itself, and can be compared
// with another one.
func TestDriverCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../driver/testdata/cases/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var last *breaking.Side
	compared := 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		write(t, filepath.Join(dir, "go.mod"), "module example.com/"+strings.TrimSuffix(filepath.Base(file), ".txtar")+"\n")
		write(t, filepath.Join(dir, "sqlc.yaml"), "version: \"2\"\nsql: [{engine: postgresql, schema: schema.sql, queries: queries.sql, gen: {go: {package: db, out: db, sql_package: pgx/v5}}}]\n")
		for _, f := range archive.Files {
			write(t, filepath.Join(dir, f.Name), string(f.Data))
		}
		g, err := driver.Generate(filepath.Join(dir, "specgen.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if g.Problems.HasErrors() {
			continue
		}
		compared++
		now := breaking.Side{Project: g.Project, Plan: g.Plan}
		if changes := breaking.Compare(now, generate(t, dir)); len(changes) > 0 {
			t.Errorf("%s: %d changes since itself, the first: %+v", file, len(changes), changes[0])
		}
		if last != nil && len(breaking.Compare(*last, now)) == 0 {
			t.Errorf("%s is the same as the case before it", file)
		}
		last = &now
	}
	if compared < 40 {
		t.Errorf("%d cases were compared", compared)
	}
}

// layOut copies the project to a directory of its own.
func layOut(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(project)); err != nil {
		t.Fatal(err)
	}
	spec, err := os.ReadFile("testdata/specgen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "specgen.yaml"), string(spec))
	write(t, filepath.Join(dir, "go.mod"), "module example.com/teams\n")
	return dir
}

// edit makes the replacements of an archive; each must be of one place.
func edit(t *testing.T, dir string, archive *txtar.Archive) {
	t.Helper()
	for i := 0; i+1 < len(archive.Files); i += 2 {
		name, ok := strings.CutSuffix(archive.Files[i].Name, ": from")
		if !ok || archive.Files[i+1].Name != name+": to" {
			t.Fatalf("the sections %q and %q are no pair", archive.Files[i].Name, archive.Files[i+1].Name)
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		from, to := strings.TrimSuffix(string(archive.Files[i].Data), "\n"), strings.TrimSuffix(string(archive.Files[i+1].Data), "\n")
		if n := strings.Count(string(text), from); n != 1 {
			t.Fatalf("%s has %d times:\n%s", name, n, from)
		}
		write(t, path, strings.Replace(string(text), from, to, 1))
	}
}

func generate(t *testing.T, dir string) breaking.Side {
	t.Helper()
	return side(t, filepath.Join(dir, "specgen.yaml"))
}

func side(t *testing.T, file string) breaking.Side {
	t.Helper()
	g, err := driver.Generate(file)
	if err != nil {
		t.Fatal(err)
	}
	if g.Problems.HasErrors() {
		var b bytes.Buffer
		if err := diag.PrintText(&b, g.Problems.Sorted(), g.Source); err != nil {
			t.Fatal(err)
		}
		t.Fatalf("%s has problems:\n%s", file, &b)
	}
	return breaking.Side{Project: g.Project, Plan: g.Plan}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
