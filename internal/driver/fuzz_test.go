package driver_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/specgen-dev/specgen/internal/code"
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
)

// FuzzSpec generates any specification on the tables and queries of one project.
// Whatever it is, there is no panic and no bug of ours, every problem has a page
// and lies inside of a file, and nothing is made where one of them is an error.
func FuzzSpec(f *testing.F) {
	const head = "version: 1\nsqlc: sqlc.yaml\noutput: {dir: scopes, package: scopes}\ngo: {package: example.com/teams/rules}\n"
	for _, c := range code.Codes() {
		p, _ := code.Find(c)
		for _, part := range p.Example {
			switch part.File {
			case "":
				f.Add(head + part.Text)
			case "specgen.yaml":
				f.Add(part.Text)
			}
		}
	}
	f.Add(strings.NewReplacer("TEXT", "text", "CONSTRAINT", "organisations_name_key").Replace(hostileSpec))
	dir := f.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../docs/testdata/teams")); err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/teams\n\ngo 1.25\n"), 0o644); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		spec := filepath.Join(dir, "specgen.yaml")
		if err := os.WriteFile(spec, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		g, err := driver.Generate(spec)
		if err != nil {
			t.Fatal(err)
		}
		if g.Problems.HasErrors() && len(g.Files) > 0 {
			t.Error("there are errors, and files")
		}
		for _, p := range g.Problems.Sorted() {
			if _, ok := code.Find(p.Code); !ok {
				t.Errorf("%s has no page", p.Code)
			}
			checkInside(t, g, p.Pos)
			for _, r := range p.Related {
				checkInside(t, g, r.Pos)
			}
		}
	})
}

// checkInside makes sure that a position is a place in a file.
func checkInside(t *testing.T, g *driver.Generation, pos diag.Pos) {
	t.Helper()
	lines := strings.Split(strings.TrimPrefix(string(g.Source(pos.File)), "\ufeff"), "\n")
	if pos.Line > len(lines) || pos.Line > 0 && pos.Col > utf8.RuneCountInString(lines[pos.Line-1])+1 || pos.Line < 0 || pos.Col < 0 || !pos.IsValid() {
		t.Errorf("%q is not inside of a file", pos)
	}
}
