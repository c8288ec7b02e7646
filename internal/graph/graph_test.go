package graph_test

import (
	"encoding/xml"
	"errors"
	"html"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/graph"
	"github.com/specgen-dev/specgen/internal/plan"
)

// planOf plans a specification of this repository.
func planOf(t *testing.T, path ...string) *plan.Package {
	t.Helper()
	g, err := driver.Generate(filepath.Join(append([]string{"..", ".."}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	if g.Problems.HasErrors() {
		t.Fatalf("the specification has problems: %v", g.Problems.Sorted())
	}
	return g.Plan
}

// formats writes a graph in every format.
func formats(t *testing.T, p *plan.Package, scope string) map[string]string {
	t.Helper()
	g, err := graph.New(p, scope)
	if err != nil {
		t.Fatal(err)
	}
	page, err := g.HTML()
	if err != nil {
		t.Fatal(err)
	}
	svg, err := g.SVG()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"mermaid": g.Mermaid(), "dot": g.DOT(), "html": page, "svg": svg}
}

// TestTexts holds the graph of the reference RBAC, and of one of its scopes.
func TestTexts(t *testing.T) {
	t.Parallel()
	p := planOf(t, "specgen.yaml")
	for name, scope := range map[string]string{"reference": "", "project": "project"} {
		got := formats(t, p, scope)
		for _, format := range []string{"mermaid", "dot"} {
			path := filepath.Join("testdata", name+"."+format)
			if os.Getenv("SPECGEN_UPDATE") != "" {
				if err := os.WriteFile(path, []byte(got[format]), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got[format]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		}
	}
}

// TestSameBytes plans and draws twice.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	first := formats(t, planOf(t, "examples", "backendai", "specgen.yaml"), "")
	second := formats(t, planOf(t, "examples", "backendai", "specgen.yaml"), "")
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("two runs differ:\n%s", diff)
	}
}

// TestSelfContained holds that nothing is loaded from elsewhere.
func TestSelfContained(t *testing.T) {
	t.Parallel()
	for format, text := range formats(t, planOf(t, "specgen.yaml"), "") {
		text = strings.ReplaceAll(text, `xmlns="http://www.w3.org/`, "")
		for _, sign := range []string{"http:", "https:", "url(", "@import", "src=", "<link", "href="} {
			if strings.Contains(text, sign) {
				t.Errorf("%s holds %q", format, sign)
			}
		}
	}
}

// TestPageHoldsEveryStep holds that each step of each plan is on the page, with
// its SQL.
func TestPageHoldsEveryStep(t *testing.T) {
	t.Parallel()
	p := planOf(t, "specgen.yaml")
	page := formats(t, p, "")["html"]
	for _, s := range p.Scopes {
		for _, o := range s.Operations {
			for _, f := range o.Plan.Flushes {
				for _, call := range f.Calls {
					if call.SQL == "" || !strings.Contains(page, strings.Split(call.SQL, "\n")[0]) {
						t.Errorf("%s %s: the page lacks the SQL of step %s: %q", o.Kind, s.Name, call.Step, call.SQL)
					}
				}
			}
		}
	}
}

// TestPageHoldsHooks holds that the Go functions around a transaction are on the
// page, at the coordinator that calls them.
func TestPageHoldsHooks(t *testing.T) {
	t.Parallel()
	p := planOf(t, "examples", "saas", "specgen.yaml")
	page := html.UnescapeString(formats(t, p, "")["html"])
	for _, want := range []string{
		"<p class=\"trip\">Before, outside of the transaction: <code>$go.CheckSlug($input.slug)</code></p>",
		"<p class=\"trip\">After the commit: <code>$go.WorkspaceCreated($row.id, $row.slug)</code></p>",
	} {
		if n := strings.Count(page, want); n != 1 {
			t.Errorf("the page has %q %d times, want once", want, n)
		}
	}
}

func TestUnknownScope(t *testing.T) {
	t.Parallel()
	_, err := graph.New(planOf(t, "specgen.yaml"), "nothing")
	if err == nil || err.Error() != `no scope is named "nothing"; there are: domain, project, user` {
		t.Errorf("got %v", err)
	}
}

// wellFormed checks XML, and that its elements are those of the templates.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	d.Entity = xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok {
			if strings.HasPrefix(e.Name.Local, "evil") {
				t.Errorf("text became the element %s", e.Name.Local)
			}
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") {
					t.Errorf("text became the attribute %s", a.Name.Local)
				}
			}
		}
	}
}
