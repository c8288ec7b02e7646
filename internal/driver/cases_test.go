package driver_test

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/internal/plan"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// keepVariable names a directory that does not exist: the module of the cases is
// copied to it, for a look at the generated code or other tools.
const keepVariable = "SPECGEN_KEEP_CASES"

// TestCases generates every case, compares what is expected, and runs the
// scripts of those that generate, in one program, each on a database of its own.
func TestCases(t *testing.T) {
	t.Parallel()
	root := newModule(t)
	cases := loadCases(t, root)
	t.Run("generate", func(t *testing.T) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				generateCase(t, c)
			})
		}
	})
	defer func() {
		for _, c := range cases {
			c.save(t)
		}
	}()
	if t.Failed() {
		return
	}
	runnable := slices.DeleteFunc(slices.Clone(cases), func(c *caseFile) bool { return c.script == "" })
	writeProgram(t, root, runnable)
	if dir := os.Getenv(keepVariable); dir != "" {
		if err := os.CopyFS(dir, os.DirFS(root)); err != nil {
			t.Fatal(err)
		}
	}
	binary := filepath.Join(root, "cases")
	goIn(t, root, "build", "-o", binary, ".")
	goIn(t, root, "vet", "./...")
	p := startProgram(t, binary)
	t.Run("run", func(t *testing.T) {
		for _, c := range runnable {
			t.Run(c.name, func(t *testing.T) {
				a := p.run(t, c)
				if a.Error != "" {
					t.Errorf("the script ended: %s\nafter printing:\n%s", a.Error, a.Output)
					return
				}
				c.golden(t, "output", []byte(a.Output))
			})
		}
	})
}

// generateCase compares everything that generation gives, and writes the package.
func generateCase(t *testing.T, c *caseFile) {
	g, err := driver.Generate(filepath.Join(c.dir, "specgen.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var problems bytes.Buffer
	if err := diag.PrintText(&problems, c.shown(g.Problems.Sorted()), g.Source); err != nil {
		t.Fatal(err)
	}
	c.golden(t, "problems", problems.Bytes())
	checkPositions(t, c, g)
	if failed := g.Problems.HasErrors(); failed == (c.script != "") {
		t.Fatalf("a case has a script, or problems that are errors:\n%s", &problems)
	} else if failed {
		checkNothingMade(t, g)
		c.golden(t, "explain", nil)
		return
	}
	text, err := plan.Explain(g.Plan, "")
	if err != nil {
		t.Fatal(err)
	}
	c.golden(t, "explain", []byte(text))
	if _, err := g.Write(); err != nil {
		t.Fatal(err)
	}
	for _, f := range c.archive.Files {
		if strings.HasPrefix(f.Name, "gen/") {
			c.golden(t, f.Name, readFile(t, filepath.Join(c.dir, filepath.FromSlash(f.Name))))
		}
	}
}

// shown leaves hints out, but for cases that are about them, and what lint finds in
// cases that run.
func (c *caseFile) shown(problems []diag.Problem) []diag.Problem {
	return slices.DeleteFunc(problems, func(p diag.Problem) bool {
		return p.Severity == diag.Hint && !strings.HasPrefix(c.name, "hint") || p.Severity == diag.Lint && c.script != ""
	})
}

// checkPositions makes sure that every position of a problem is a place in a
// file that the user has.
func checkPositions(t *testing.T, c *caseFile, g *driver.Generation) {
	t.Helper()
	for _, p := range g.Problems.Sorted() {
		places := []diag.Pos{p.Pos}
		for _, r := range p.Related {
			places = append(places, r.Pos)
		}
		for _, at := range places {
			lines := strings.Split(string(g.Source(at.File)), "\n")
			switch {
			case path.IsAbs(at.File) || strings.Contains(at.File, ".."):
				t.Errorf("%s: %s: the file is not named from the specification", p.Code, at)
			case len(lines) == 1 && lines[0] == "" && at.Line > 0:
				t.Errorf("%s: %s: there is no such file", p.Code, at)
			case at.Line > len(lines) || at.Line > 0 && at.Col > len([]rune(lines[at.Line-1]))+1:
				t.Errorf("%s: %s lies outside of the file", p.Code, at)
			case at.Line == 0 && at.File == "specgen.yaml":
				t.Errorf("%s: %s: the place in the specification is not told", p.Code, at)
			}
		}
		if p.Message == "" || strings.HasSuffix(p.Message, ".") || strings.Contains(p.Message+p.Fix, "%!") {
			t.Errorf("%s: malformed message %q, fix %q", p.Code, p.Message, p.Fix)
		}
	}
}

// checkNothingMade makes sure that problems leave nothing to write.
func checkNothingMade(t *testing.T, g *driver.Generation) {
	t.Helper()
	if len(g.Files) > 0 || g.Plan != nil {
		t.Error("there are problems, and files were rendered all the same")
	}
}

// TestCaseNumbers keeps the suite from shrinking unnoticed.
func TestCaseNumbers(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	failing := 0
	for _, p := range paths {
		if !bytes.Contains(readFile(t, p), []byte("\n-- script --\n")) {
			failing++
		}
	}
	if all := len(paths); all < 60 || 5*failing < 2*all {
		t.Errorf("there are %d cases, %d of them of errors: want 60 at least, and two fifths of errors", all, failing)
	}
}
