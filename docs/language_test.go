// Package docs_test runs the examples of the documentation.
package docs_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// reference is the document whose examples are run, on the tables, queries and
// functions of project. Those of the how-tos are pieces of its specification, too.
const (
	reference = "language.md"
	project   = "testdata/teams"
)

// howtos are the pages of howto whose blocks have marks.
func howtos(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(glob(t, "howto/*.md"), func(file string) bool { return slices.Contains(sessionPages(), file) })
}

// Every example of the language reference, of the how-tos and of the page of the
// generated API is generated, and runs on PostgreSQL; every refused one is refused for the reason that the text
// gives; what is shown of a file is in it; commands print what the text says.
func TestLanguageReference(t *testing.T) {
	t.Parallel()
	examples := readExamples(t, reference)
	base := baseOf(t, examples)
	for _, file := range append(howtos(t), "api.md") {
		examples = append(examples, readExamples(t, file)...)
	}
	dir := newModule(t)
	made := map[string]string{} // directories of packages, by example
	var prints []string         // what the Go code says it prints
	refused := 0
	for _, e := range examples {
		switch e.kind {
		case "example":
			made[e.name()] = generate(t, dir, e, base.text)
		case "refused":
			refuse(t, dir, e, base.text)
			refused++
		case "use":
			writeUse(t, dir, e)
		case "from":
			findIn(t, e)
		case "generated":
			findGenerated(t, dir, e)
		}
		for _, m := range regexp.MustCompile(`(?m)fmt\.Println.* // (.*)$`).FindAllStringSubmatch(e.text, -1) {
			prints = append(prints, m[1])
		}
	}
	if len(made) < 25 || refused < 20 {
		t.Errorf("%d examples and %d others were found: some are lost", len(made), refused)
	}
	if t.Failed() {
		return
	}
	writeList(t, dir, made)
	goCommand(t, dir, "vet", "./...")
	out := goCommand(t, dir, "test", "-count=1", "-v", ".")
	for _, line := range prints {
		if !strings.Contains(out, "\n"+line+"\n") {
			t.Errorf("the Go code does not print %q:\n%s", line, out)
		}
	}
	write(t, dir, "specgen.yaml", base.text)
	runCommands(t, dir, examples)
}

// baseOf finds the complete specification.
func baseOf(t *testing.T, examples []*example) *example {
	t.Helper()
	i := slices.IndexFunc(examples, func(e *example) bool { return e.kind == "example" && e.at == "" })
	if i < 0 {
		t.Fatalf("%s has no base", reference)
	}
	return examples[i]
}

// newModule copies the project into a module of its own, with the versions of
// this one.
func newModule(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(project)); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	mod := read(t, filepath.Join(root, "go.mod"))
	mod = regexp.MustCompile(`(?m)^module .*$`).ReplaceAllString(mod, "module example.com/teams")
	mod += fmt.Sprintf("\nrequire github.com/specgen-dev/specgen v0.0.0\n\nreplace github.com/specgen-dev/specgen => %q\n", root)
	write(t, dir, "go.mod", mod)
	write(t, dir, "go.sum", read(t, filepath.Join(root, "go.sum")))
	return dir
}

// generate writes the package of an example, and returns its directory.
func generate(t *testing.T, dir string, e *example, base string) string {
	t.Helper()
	g := run(t, dir, e, base)
	if g.Files == nil {
		t.Errorf("%s: the example is refused:\n%s", e.place(), report(t, g))
		return ""
	}
	unused := func(p diag.Problem) bool { return e.at != "" && p.Code == "SG224" } // by what the piece took the place of
	if slices.ContainsFunc(g.Problems.Sorted(), func(p diag.Problem) bool { return !p.Severity.OnRequest() && !unused(p) }) {
		t.Errorf("%s: the example has problems:\n%s", e.place(), report(t, g))
	}
	for _, f := range g.Files {
		write(t, dir, filepath.Join(filepath.FromSlash(g.Dir), f.Name), string(f.Text))
	}
	return g.Dir
}

// refuse makes sure that an example has the one problem that it shows.
func refuse(t *testing.T, dir string, e *example, base string) {
	t.Helper()
	g := run(t, dir, e, base)
	var codes []string
	for _, p := range g.Problems.Sorted() {
		if p.Severity == diag.Error {
			codes = append(codes, p.Code)
		}
	}
	if codes = slices.Compact(codes); !slices.Equal(codes, []string{e.code}) {
		t.Errorf("%s: the example gives %q, want %s alone:\n%s", e.place(), codes, e.code, report(t, g))
	}
}

func run(t *testing.T, dir string, e *example, base string) *driver.Generation {
	t.Helper()
	file := e.name() + ".yaml"
	write(t, dir, file, e.whole(t, base, e.name()))
	g, err := driver.Generate(filepath.Join(dir, file))
	if err != nil {
		t.Fatalf("%s: %v", e.place(), err)
	}
	return g
}

func report(t *testing.T, g *driver.Generation) string {
	t.Helper()
	var b bytes.Buffer
	if err := diag.PrintText(&b, g.Problems.Sorted(), g.Source); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var comments = regexp.MustCompile(`//.*`)

// writeUse makes a file of the Go code of the document. It uses the package of
// the base.
func writeUse(t *testing.T, dir string, e *example) {
	t.Helper()
	optional := ""
	for name, path := range map[string]string{"errors.": "errors", "scope.": "github.com/specgen-dev/specgen/scope"} {
		if strings.Contains(comments.ReplaceAllString(e.text, ""), name) {
			optional += "\n\t" + strconv.Quote(path)
		}
	}
	write(t, dir, "use_"+e.name()+"_test.go", `package teams_test

import (
	"context"
	"fmt"`+optional+`

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/teams/scopes"
)

`+e.text)
}

// writeList tells the tests of the project which packages there are.
func writeList(t *testing.T, dir string, made map[string]string) {
	t.Helper()
	var imports, entries strings.Builder
	for _, name := range slices.Sorted(maps.Keys(made)) {
		fmt.Fprintf(&imports, "\t%s %q\n", name, "example.com/teams/"+made[name])
		fmt.Fprintf(&entries, "\t%q: %s.NewProvider,\n", name, name)
	}
	write(t, dir, "list_test.go", fmt.Sprintf("package teams_test\n\nimport (\n%s)\n\n// newProviders are the functions NewProvider of the examples.\nvar newProviders = map[string]any{\n%s}\n", &imports, &entries))
}

// goCommand runs the go command in dir, tests on a database of their own, and
// returns what it printed.
func goCommand(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod -trimpath")
	if args[0] == "test" {
		for _, name := range []string{"DATABASE", "CONFORMANCE", "FAULTS"} {
			url := pgtest.URL(t, read(t, project+"/schema/schema.sql"), read(t, project+"/schema/audit.sql"), read(t, project+"/seed.sql"))
			cmd.Env = append(cmd.Env, "TEAMS_"+name+"_URL="+url)
		}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
