package specgen_test

import (
	"bytes"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/plan"
)

// TestReadmeExample holds the README against the program: its queries and its
// specification are those of testdata/readme, and what it shows of the plan, of
// the generated code and of a problem is what specgen prints for them.
func TestReadmeExample(t *testing.T) {
	t.Parallel()
	blocks := readmeBlocks(t)
	dir := filepath.Join("testdata", "readme")
	for name, kind := range map[string]string{"queries.sql": "sql", "specgen.yaml": "yaml"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(text), blocks[kind][0]); diff != "" {
			t.Errorf("README and %s/%s differ (-file +README):\n%s", dir, name, diff)
		}
	}

	g, err := driver.Generate(filepath.Join(dir, "specgen.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if problems := withoutHints(g.Problems.Sorted()); len(problems) > 0 {
		t.Fatalf("the README's specification has problems: %v", problems)
	}
	text, err := plan.Explain(g.Plan, "")
	if err != nil {
		t.Fatal(err)
	}
	create, _, _ := strings.Cut(text, "\npurge team")
	if diff := cmp.Diff(create, blocks[""][0]); diff != "" {
		t.Errorf("README's plan (-specgen +README):\n%s", diff)
	}

	var code strings.Builder
	for _, f := range g.Files {
		code.Write(f.Text)
	}
	generated := squeeze(withoutComments(code.String()))
	for line := range strings.SplitSeq(blocks["go"][0], "\n") {
		if strings.HasPrefix(line, "func ") && !strings.Contains(generated, line+" {") {
			t.Errorf("README shows %q, which is not generated", line)
		}
	}
	types := regexp.MustCompile(`(?s)type \w+ struct ?\{.*?\}`)
	for _, shown := range types.FindAllString(blocks["go"][0], -1) {
		if want := squeeze(formatted(t, shown)); !strings.Contains(generated, want) {
			t.Errorf("README shows a type that is not generated:\n%s", want)
		}
	}
}

func TestReadmeProblem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "readme"))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "specgen.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte("query: CreateRole,"), []byte("query: CreateRol,"), 1), 0o666); err != nil {
		t.Fatal(err)
	}
	g, err := driver.Generate(path)
	if err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	if err := diag.PrintText(&printed, withoutHints(g.Problems.Sorted()), g.Source); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(printed.String(), readmeBlocks(t)[""][1]); diff != "" {
		t.Errorf("README's problem (-specgen +README):\n%s", diff)
	}
}

// withoutHints leaves out what is shown on request only.
func withoutHints(problems []diag.Problem) []diag.Problem {
	return slices.DeleteFunc(problems, func(p diag.Problem) bool { return p.Severity.OnRequest() })
}

// readmeBlocks returns the fenced blocks of the README by their language.
func readmeBlocks(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := map[string][]string{}
	for _, m := range regexp.MustCompile("(?s)```(\\w*)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		blocks[m[1]] = append(blocks[m[1]], m[2])
	}
	for _, kind := range []string{"sql", "yaml", "go", "sh", ""} {
		if len(blocks[kind]) == 0 {
			t.Fatalf("the README has no block of kind %q", kind)
		}
	}
	return blocks
}

// withoutComments drops whole-line comments, which the README leaves out.
func withoutComments(code string) string {
	return regexp.MustCompile(`(?m)^\s*//.*\n`).ReplaceAllString(code, "")
}

// squeeze makes every run of blanks one: gofmt aligns a struct by its comments.
func squeeze(code string) string { return regexp.MustCompile(`[ \t]+`).ReplaceAllString(code, " ") }

func formatted(t *testing.T, declaration string) string {
	t.Helper()
	expanded := strings.NewReplacer("struct{ ", "struct {\n", " }", "\n}").Replace(declaration)
	text, err := format.Source([]byte(expanded))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
