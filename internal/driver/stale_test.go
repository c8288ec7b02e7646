package driver_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
)

// TestStaleQueryHidesNothing gives each query of good specifications another
// command than its generated method has, or another name, here and where it is
// called. That is reported, and nothing that only follows from it; and a mistake
// elsewhere is reported, too.
func TestStaleQueryHidesNothing(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`(?m)^-- name: (\w+) :(\w+)$`)
	stale := 0
	for _, c := range loadCases(t, newModule(t)) {
		if c.script == "" {
			continue
		}
		spec, queries := string(c.section("specgen.yaml")), string(c.section("queries.sql"))
		for _, m := range named.FindAllStringSubmatch(queries, -1) {
			line, name, cmd := m[0], m[1], "exec"
			if m[2] == cmd {
				cmd = "execrows"
			}
			called := regexp.MustCompile(`\b` + name + `\b`)
			for _, x := range []struct{ queries, spec, code string }{
				{strings.Replace(queries, line, "-- name: "+name+" :"+cmd, 1), spec, "SG166"},
				{strings.Replace(queries, line, "-- name: Qq"+name+" :"+m[2], 1), called.ReplaceAllString(spec, "Qq"+name), "SG162"},
			} {
				stale++
				writeFile(t, filepath.Join(c.dir, "queries.sql"), []byte(x.queries))
				writeFile(t, filepath.Join(c.dir, "specgen.yaml"), []byte(x.spec))
				checkErrors(t, c.dir, c.name+": "+name, x.code)
				mistake := strings.Replace(x.spec, "\nscopes:\n", "\nscopes:\n  qq: {row: QqMistake}\n", 1)
				writeFile(t, filepath.Join(c.dir, "specgen.yaml"), []byte(mistake))
				checkErrors(t, c.dir, c.name+" with a mistake: "+name, x.code, "SG201")
			}
		}
	}
	if stale < 200 {
		t.Errorf("%d queries were made stale, want 200 at least", stale)
	}
}

// checkErrors generates and compares the codes of the errors.
func checkErrors(t *testing.T, dir, what string, want ...string) {
	t.Helper()
	g, err := driver.Generate(filepath.Join(dir, "specgen.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range g.Problems.Sorted() {
		if p.Severity == diag.Error {
			got = append(got, p.Code)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		var b strings.Builder
		_ = diag.PrintText(&b, g.Problems.Sorted(), g.Source)
		t.Errorf("%s: the errors are %q, want %q alone:\n%s", what, got, want, &b)
	}
}
