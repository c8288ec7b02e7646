//go:build !race

package driver_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/emit"
)

// A mutant is an example with one mistake in it, or written in another way.
type mutant struct {
	example *example
	kind    string // the rule that made it
	place   string // where the rule was applied
	changed map[string]string
	stale   bool // sqlc was not run after the change

	dir     string // where it is laid out, relative to root; the example's own for a changed specification
	refused string // by sqlc, before specgen sees it

	problems []diag.Problem
	files    []emit.File // as if nothing had been checked
	noCode   string      // why there are none
	variant  string      // the compiled code
	sql      map[string]string
	harm     string // what it does, "" for nothing
	same     string // an earlier mutant with the same code, SQL and schema
	callers  string // why a program that calls the original does not compile with it
	unknown  string // why nobody knows
}

func (m *mutant) name() string { return m.example.name + ": " + m.kind + ": " + m.place }

// isSpec reports that the specification is changed, and not the SQL.
func (m *mutant) isSpec() bool { return m.changed["specgen.yaml"] != "" }

// check has specgen look at a laid out mutant, and make code of it in spite of
// what it says.
func (m *mutant) check(t *testing.T, root string) {
	t.Helper()
	dir := filepath.Join(root, m.dir)
	file := filepath.Join(dir, "specgen.yaml")
	text := []byte(m.example.files["specgen.yaml"])
	in := m.example.inputs
	var g *driver.Generation
	var err error
	if m.isSpec() {
		text = []byte(m.changed["specgen.yaml"])
		g, err = driver.Draft(file, text, in)
	} else {
		g, err = driver.Generate(file)
	}
	if err != nil {
		t.Fatalf("%s: %v", m.name(), err)
	}
	m.problems = g.Problems.Sorted()
	if m.files = g.Files; m.files != nil {
		return
	}
	if !m.isSpec() {
		var ignored diag.List
		in = driver.LoadInputs(nil, dir, m.example.configs(), &ignored)
	}
	files, err := driver.DraftUnchecked(file, text, in)
	if err != nil {
		m.noCode = strings.SplitN(err.Error(), "\n", 2)[0]
		return
	}
	m.files = files
}

// caughtBy are the codes of what specgen says of a mutant, other than hints.
func (m *mutant) caughtBy() []string {
	var codes []string
	for _, p := range m.problems {
		if !p.Severity.OnRequest() && !slices.Contains(codes, p.Code) {
			codes = append(codes, p.Code)
		}
	}
	return codes
}

// onTheLine reports whether specgen says it of a line that was changed.
func (m *mutant) onTheLine() bool {
	return slices.ContainsFunc(m.problems, func(p diag.Problem) bool {
		if p.Severity.OnRequest() {
			return false
		}
		text, ok := m.changed[p.Pos.File]
		return ok && changedLines(m.example.files[p.Pos.File], text)[p.Pos.Line]
	})
}

// changedLines are the lines of b that are not in a, and those on both sides of
// a gap where lines of a were.
func changedLines(a, b string) map[int]bool {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	front := 0
	for front < min(len(x), len(y)) && x[front] == y[front] {
		front++
	}
	back := 0
	for back < min(len(x), len(y))-front && x[len(x)-1-back] == y[len(y)-1-back] {
		back++
	}
	lines := map[int]bool{}
	for i := front; i < len(y)-back; i++ {
		lines[i+1] = true
	}
	if len(lines) == 0 {
		lines[front], lines[front+1] = true, true
	}
	return lines
}
