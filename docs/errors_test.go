package docs_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/code"
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
)

// TestErrorPages generates the example of every page of reference, on the
// tables, queries and functions of project: it has the problem that the page is
// about, of the severity that the page tells, and no other that is told without
// being asked for, as a hint is.
func TestErrorPages(t *testing.T) {
	t.Parallel()
	for _, c := range code.Codes() {
		t.Run(c, func(t *testing.T) {
			t.Parallel()
			p, ok := code.Find(c)
			if !ok {
				t.Fatal("the page is malformed")
			}
			dir := t.TempDir()
			layOut(t, dir, p)
			s, err := driver.GenerateSet(nil, dir, specifications(dir, p))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, problem := range s.Problems.Sorted() {
				if !problem.Severity.OnRequest() || problem.Code == p.Code {
					got = append(got, problem.Severity.String()+" "+problem.Code)
				}
			}
			if got = slices.Compact(got); !slices.Equal(got, []string{p.Severity + " " + p.Code}) {
				var all strings.Builder
				if err := diag.PrintText(&all, s.Problems.Sorted(), s.Source); err != nil {
					t.Fatal(err)
				}
				t.Errorf("the example gives %q, want %s %s alone:\n%s", got, p.Severity, p.Code, all.String())
			}
		})
	}
}

// layOut writes the project of a page's example.
func layOut(t *testing.T, dir string, p *code.Page) {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS(project)); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "go.mod", "module example.com/teams\n\ngo 1.25\n")
	write(t, dir, "specgen.yaml", withHead("scopes:\n  organisation:\n    row: {query: CreateOrganisation, with: {id: $new.uuid}}\n"))
	for _, part := range p.Example {
		switch {
		case part.Absent:
			if err := os.Remove(filepath.Join(dir, part.File)); err != nil {
				t.Fatal(err)
			}
		case part.Appended:
			write(t, dir, part.File, read(t, filepath.Join(dir, part.File))+part.Text)
		case part.File == "":
			write(t, dir, "specgen.yaml", withHead(part.Text))
		default:
			write(t, dir, part.File, part.Text)
		}
	}
}

// specifications are the paths of those that an example has: it may be about
// several that are generated together.
func specifications(dir string, p *code.Page) []string {
	paths := []string{filepath.Join(dir, "specgen.yaml")}
	for _, part := range p.Example {
		if strings.HasSuffix(part.File, ".specgen.yaml") {
			paths = append(paths, filepath.Join(dir, part.File))
		}
	}
	return paths
}

// withHead puts the head of a specification in front of a piece of one, as far
// as the piece lacks it.
func withHead(piece string) string {
	head := "version: 1\n"
	for _, line := range []string{"sqlc: sqlc.yaml", "output: {dir: scopes, package: scopes}"} {
		key, _, _ := strings.Cut(line, ":")
		if !strings.Contains("\n"+piece, "\n"+key+":") {
			head += line + "\n"
		}
	}
	if strings.Contains(piece, "$go.") && !strings.Contains("\n"+piece, "\ngo:") {
		head += "go: {package: example.com/teams/rules}\n"
	}
	return head + piece
}

// errorsFile is made of the pages; SPECGEN_UPDATE=1 makes it again.
const errorsFile = "errors.md"

func TestErrorsFile(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`# Problems, by code

Every problem that specgen reports has a code. ` + "`specgen explain SG201`" + ` prints the entry of this page for one, without a network.

An example is a piece of a small project, ` + "[testdata/teams](testdata/teams)" + `, and has this problem and no other: a test makes sure of
it. A piece of specgen.yaml comes after the lines that every specification begins with (` + "`version`, `sqlc`, `output`, and `go`" + ` where it calls Go
functions). An error keeps anything from being generated; a warning does not, and a note tells what is
left out. A hint tells what could be faster, and only to those who ask:
` + "`specgen check --hints`" + `. A lint is a suspicion of what may be right, and a warning for those who ask: ` + "`specgen check --lint`" + `.

This file is made of the pages in internal/code: edit these.
`)
	for _, c := range code.Codes() {
		p, ok := code.Find(c)
		if !ok {
			t.Fatalf("the page of %s is malformed", c)
		}
		b.WriteString("\n" + p.Markdown(2))
	}
	if os.Getenv("SPECGEN_UPDATE") != "" {
		write(t, ".", errorsFile, b.String())
	}
	if diff := cmp.Diff(read(t, errorsFile), b.String()); diff != "" {
		t.Errorf("%s is not what the pages say; SPECGEN_UPDATE=1 makes it again (-want +got):\n%s", errorsFile, diff)
	}
}
