package driver_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/spec"
)

// TestNoCascadingErrors breaks good specifications in one place each, so that the parser
// reports it, and makes sure that nothing is reported that only follows from it:
// every key is misspelt, and every text becomes a list.
func TestNoCascadingErrors(t *testing.T) {
	t.Parallel()
	broken := 0
	root := newModule(t)
	for _, c := range loadCases(t, root) {
		if c.script == "" || !slices.Contains([]string{"blocks", "hooks", "inputs", "where_filters", "context_values", "constraint_errors", "purge", "packages", "expressions", "late_conditions", "nested_scopes", "parents", "presets", "purge_children", "data_nested", "results", "go_functions", "conditions", "gather"}, c.name) {
			continue
		}
		text := c.section("specgen.yaml")
		for _, m := range breaks(t, text) {
			var problems diag.List
			spec.Parse("specgen.yaml", m.text, &problems)
			want := codesOf(&problems)
			if len(want) != 1 || want[0] == "SG002" {
				continue
			}
			broken++
			writeFile(t, filepath.Join(c.dir, "specgen.yaml"), m.text)
			g, err := driver.Generate(filepath.Join(c.dir, "specgen.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			if len(g.Files) > 0 {
				t.Fatalf("%s: %s: files were made of it", c.name, m.what)
			}
			if got := codesOf(&g.Problems); !slices.Equal(got, want) {
				var b strings.Builder
				_ = diag.PrintText(&b, g.Problems.Sorted(), g.Source)
				t.Errorf("%s: %s: the problems are %q, want %q alone:\n%s", c.name, m.what, got, want, &b)
			}
		}
	}
	if broken < 500 {
		t.Errorf("%d specifications were broken, want 500 at least", broken)
	}
}

func codesOf(l *diag.List) []string {
	var codes []string
	for _, p := range l.Sorted() {
		codes = append(codes, p.Code)
	}
	return codes
}

type broken struct {
	what string
	text []byte
}

// breaks are the ways to break a specification in one place.
func breaks(t *testing.T, text []byte) []broken {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	var out []broken
	replace := func(n *yaml.Node, by string) {
		line := []rune(lines[n.Line-1])
		at := n.Column - 1
		if !strings.HasPrefix(string(line[at:]), n.Value) {
			return // quoted, or in several lines
		}
		changed := slices.Clone(lines)
		changed[n.Line-1] = string(line[:at]) + by + string(line[at+len([]rune(n.Value)):])
		out = append(out, broken{fmt.Sprintf("line %d: %s becomes %s", n.Line, n.Value, by), []byte(strings.Join(changed, "\n"))})
	}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		for i, child := range n.Content {
			switch {
			case child.Kind != yaml.ScalarNode:
			case n.Kind == yaml.MappingNode && i%2 == 0:
				replace(child, "qq"+child.Value)
			case child.Kind == yaml.ScalarNode && child.Value != "":
				replace(child, "["+child.Value+", [qq]]")
			}
			walk(child)
		}
	}
	walk(&doc)
	return out
}
