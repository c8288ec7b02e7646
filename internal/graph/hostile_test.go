package graph_test

import (
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/plan"
)

// attacks are texts that try to leave the place where they stand.
func attacks() []string {
	return []string{
		`</title></style></script><evil onload="x()">`,
		`" onclick="x()" x="`,
		`' onclick='x()' x='`,
		`]]><evil/>`, `--><evil/>`, `{{.Title}}`, "`</pre><evil>`",
		"\x00\x01\x1b[31m\u202e\uFFFE\xff", "\n  evil --> t0\n", `"]:::scope` + "\n  evil", `#quot;"; evil [label="x"];`, `\N\" evil [x=1]; "`, `%%{init: {}}%%`, `x"| evil`,
		`<img src=x onerror=x()>`, `&lt;evil&gt;`, `javascript:x()`, strings.Repeat("長", 400),
	}
}

// hostile is a package whose every text is an attack.
func hostile(text string) *plan.Package {
	call := &plan.Call{Step: text, Query: text, Origin: text, At: text, Action: text, Cmd: "one", Repeats: []string{text}, Gathers: []string{text},
		When: []string{text}, Args: []plan.Arg{{Name: text, Source: text, Rule: text}}, Waits: text, Fails: []plan.Failure{{When: text, Error: text}},
		Gives: text, Hints: []plan.Hint{{Code: text, Text: text}}, Role: "step", Kind: "INSERT", Table: text, Writes: []string{text}, Reads: []string{text + "2"}, Locks: []string{text},
		Data: []string{text}, SQL: text, Violates: []plan.Failure{{When: text, Error: text}}}
	coordinator := func() *plan.Coordinator {
		return &plan.Coordinator{Flushes: []*plan.Flush{{Calls: []*plan.Call{call}, Own: text}}, Waits: text, Found: text,
			Constraints: []plan.Constraint{{Name: text, Error: text}}}
	}
	return &plan.Package{Name: text, Scopes: []*plan.Scope{{
		Name: text, GoName: text, Type: text, Doc: text, At: text,
		Parents:  []plan.Parent{{Name: text, Type: text + "3", Lock: text, At: text}, {Name: text, Type: text, Scope: text, Unsafe: text}},
		Makes:    []string{text},
		Children: []plan.Child{{Scope: text, Cascade: true}, {Scope: text}},
		Operations: []*plan.Operation{
			{Kind: plan.Create, GoName: text, Plural: text, Plan: coordinator()},
			{Kind: plan.Purge, GoName: text, Plural: text, Plan: coordinator()},
		},
	}}}
}

func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for _, text := range attacks() {
		got := formats(t, hostile(text), "")
		wellFormed(t, got["svg"])
		page := got["html"]
		if strings.Count(page, "<script") != 1 || strings.Count(page, "</script") != 1 || strings.Count(page, "<style") != 1 || strings.Count(page, "</style") != 1 {
			t.Errorf("%q: the page has another script or style", text)
		}
		// What the page holds between style and script is XML, too.
		_, body, _ := strings.Cut(page, "<body>")
		body, _, _ = strings.Cut(body, "<script>")
		wellFormed(t, "<body>"+body+"</body>")
		for _, line := range strings.Split(strings.TrimSuffix(got["mermaid"], "\n"), "\n")[1:] {
			if n := strings.Count(line, `"`); n != 2 && !strings.HasPrefix(line, "  classDef ") {
				t.Errorf("%q: a line of Mermaid has %d quotes: %s", text, n, line)
			}
		}
		balancedDOT(t, got["dot"])
	}
}

// balancedDOT checks that, outside of quotes, only the words of the program are.
func balancedDOT(t *testing.T, text string) {
	t.Helper()
	var outside strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		switch {
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case !quoted:
			outside.WriteByte(text[i])
		}
	}
	if quoted || strings.Contains(outside.String(), "evil") {
		t.Errorf("text left its quotes:\n%s", outside.String())
	}
}
