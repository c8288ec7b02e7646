package scaffold_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/internal/scaffold"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// TestExampleRuns writes the example into a new module and runs its program
// twice, on a database that is empty at first.
func TestExampleRuns(t *testing.T) {
	t.Parallel()
	dir := newModule(t, "example.com/tryout")
	r, err := scaffold.Example(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Write(); err != nil {
		t.Fatal(err)
	}
	inModule(t, dir, nil, "go", "vet", "./...")
	env := []string{"DATABASE_URL=" + pgtest.URL(t)}
	want := `domain acme, with 1 roles
project vision has the role owner
the domain cannot be purged: it has a project
purged the project, and 2 permissions with it
purged the user and the domain
`
	for range 2 {
		if diff := cmp.Diff(want, inModule(t, dir, env, "go", "run", ".")); diff != "" {
			t.Errorf("the program (-want +got):\n%s", diff)
		}
	}
	if _, err := scaffold.Example(dir); err == nil || !strings.Contains(err.Error(), "would be overwritten") {
		t.Errorf("a second time: %v", err)
	}
}

// TestExampleIsTheReference compares what the example holds with the
// repository: the generated package, too, but for the imports.
func TestExampleIsTheReference(t *testing.T) {
	t.Parallel()
	r, err := scaffold.Example(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range r.Files {
		got[f.Name] = string(f.Text)
	}
	if got["go.mod"] != "module example.com/rbac\n\ngo 1.25.0\n" {
		t.Errorf("go.mod is %q", got["go.mod"])
	}
	delete(got, "go.mod")
	if !strings.HasPrefix(got["specgen.yaml"], "# yaml-language-server: $schema=") {
		t.Error("specgen.yaml does not tell editors its schema")
	}
	want := map[string]string{"main.go": string(read(t, "example/main.go"))}
	for _, pattern := range []string{"sqlc.yaml", "specgen.yaml", "schema/*", "queries/*", "gen/rbacdb/*", "gen/rbac/*"} {
		names, err := fs.Glob(os.DirFS("../.."), pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				want[name] = string(read(t, filepath.Join("../..", name)))
			}
		}
	}
	for name, text := range want {
		text = strings.ReplaceAll(text, `"github.com/specgen-dev/specgen/gen/`, `"example.com/rbac/gen/`)
		want[name] = strings.ReplaceAll(text, `"github.com/specgen-dev/specgen/schema"`, `"example.com/rbac/schema"`)
	}
	if diff := cmp.Diff(sortedImports(want), sortedImports(got)); diff != "" {
		t.Errorf("the example (-the repository's +the example's):\n%s", diff)
	}
}

// sortedImports leaves the lines of imports out: gofmt orders them by the path,
// and the module's comes first in it.
func sortedImports(files map[string]string) map[string]string {
	out := map[string]string{}
	for name, text := range files {
		var kept []string
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "\t\"") && !strings.HasPrefix(line, "import") && strings.TrimSpace(line) != "" {
				kept = append(kept, line)
			}
		}
		out[name] = strings.Join(kept, "")
	}
	return out
}

// TestReferenceHoldsNoTests keeps tests out of what is embedded.
func TestReferenceHoldsNoTests(t *testing.T) {
	t.Parallel()
	err := fs.WalkDir(specgen.Reference, ".", func(name string, e fs.DirEntry, err error) error {
		if strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s is embedded", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPage holds docs/init.md to the project in testdata that it shows: every
// block of SQL and YAML in it is a piece of that, and every command is one that
// the tests of the command line run.
func TestPage(t *testing.T) {
	t.Parallel()
	page := string(read(t, "../../docs/init.md"))
	project := read(t, "testdata/saas.txtar")
	scripts := read(t, "../cli/testdata/script/init.txtar")
	blocks := 0
	for i, part := range strings.Split(page, "```") {
		if i%2 == 0 {
			continue
		}
		blocks++
		kind, text, _ := strings.Cut(part, "\n")
		if kind == "sh" {
			for line := range strings.Lines(text) {
				command, _, _ := strings.Cut(line, "#")
				if command = strings.TrimSpace(command); strings.HasPrefix(command, "specgen ") && !bytes.Contains(scripts, []byte("\n"+command+"\n")) {
					t.Errorf("no script runs %q", command)
				}
			}
			continue
		}
		if !bytes.Contains(project, []byte(text)) {
			t.Errorf("the project has no such piece:\n%s", text)
		}
	}
	if blocks < 4 {
		t.Errorf("the page has %d blocks: the test is broken", blocks)
	}
}
