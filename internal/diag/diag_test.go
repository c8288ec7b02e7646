package diag_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"CreateRole", "CreateRoles", "DeleteRole", "id", "name"}
	for name, want := range map[string]string{
		"CreateRol":   "CreateRole",
		"CreatRole":   "CreateRole",
		"CraeteRole":  "CreateRole", // a swap is one edit
		"create_role": "CreateRole", // case and underscores are none
		"nmae":        "name",
		"xy":          "", // too little of it is right
		"Purge":       "",
	} {
		if got := diag.Nearest(name, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	if got := diag.DidYouMean("nam", []string{"name", "id"}); got != `did you mean "name"?` {
		t.Errorf("got %q", got)
	}
	if got := diag.DidYouMean("zzz", []string{"name", "id", "id"}); got != "known here: id, name" {
		t.Errorf("got %q", got)
	}
	if got := diag.DidYouMean("zzz", strings.Split("abcdefghijklmnop", "")); got != "" {
		t.Errorf("a long set is printed: %q", got)
	}
}

func TestSorted(t *testing.T) {
	t.Parallel()
	var l diag.List
	at := func(line, col int) diag.Pos { return diag.Pos{File: "a.yaml", Line: line, Col: col} }
	l.Errorf(at(2, 1), "SG2", "second")
	l.Errorf(at(1, 5), "SG1", "first")
	l.Errorf(at(2, 1), "SG2", "second") // the same mistake, found twice
	l.Add(diag.Problem{Pos: at(1, 9), Severity: diag.Warning, Code: "SG3", Message: "a warning"})
	var got []string
	for _, p := range l.Sorted() {
		got = append(got, p.Pos.String()+" "+p.Message)
	}
	if diff := cmp.Diff([]string{"a.yaml:1:5 first", "a.yaml:1:9 a warning", "a.yaml:2:1 second"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !l.HasErrors() {
		t.Error("no error among them")
	}
	var warned diag.List
	warned.Add(diag.Problem{Severity: diag.Warning})
	warned.Add(diag.Problem{Severity: diag.Hint})
	if warned.HasErrors() || warned.Len() != 2 {
		t.Error("a warning or a hint counts as an error")
	}
}

func TestPrintText(t *testing.T) {
	t.Parallel()
	src := func(string) []byte { return []byte("a: 1\n\tb: größe\r\nc: 3") }
	problems := []diag.Problem{
		{Pos: diag.Pos{File: "f.yaml", Line: 2, Col: 5}, Code: "SG1", Message: "wrong", Fix: "do this",
			Related: []diag.Related{{Pos: diag.Pos{File: "q.sql", Line: 7}, Message: "declared here"}}},
		{Pos: diag.Pos{File: "f.yaml"}, Severity: diag.Warning, Code: "SG2", Message: "the whole file"},
		{Pos: diag.Pos{File: "f.yaml", Line: 99, Col: 1}, Code: "SG3", Message: "past the end"},
	}
	var b strings.Builder
	if err := diag.PrintText(&b, problems, src); err != nil {
		t.Fatal(err)
	}
	want := "f.yaml:2:5: error[SG1]: wrong\n    2 | \tb: größe\n      | \t   ^\n   fix: do this\n   see: q.sql:7: declared here\n" +
		"\nf.yaml: warning[SG2]: the whole file\n\nf.yaml:99:1: error[SG3]: past the end\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPrintInColour(t *testing.T) {
	t.Parallel()
	src := func(string) []byte { return []byte("a: 1\nb: 2") }
	problems := []diag.Problem{
		{Pos: diag.Pos{File: "f.yaml", Line: 2, Col: 4}, Code: "SG1", Message: "wrong", Fix: "do this"},
		{Pos: diag.Pos{File: "f.yaml"}, Severity: diag.Warning, Code: "SG2", Message: "doubtful"},
		{Pos: diag.Pos{File: "f.yaml"}, Severity: diag.Hint, Code: "SG3", Message: "slow"},
	}
	var b strings.Builder
	if err := (diag.Text{Source: src, Colour: true}).Print(&b, problems); err != nil {
		t.Fatal(err)
	}
	const end = "\x1b[0m"
	want := "f.yaml:2:4: \x1b[1;31merror[SG1]" + end + ": wrong\n    2 | b: 2\n      |    \x1b[1;31m^" + end + "\n" +
		"   \x1b[1;32mfix:" + end + " do this\n\nf.yaml: \x1b[1;33mwarning[SG2]" + end + ": doubtful\n\nf.yaml: \x1b[1;36mhint[SG3]" + end + ": slow\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSeverityString(t *testing.T) {
	t.Parallel()
	for s, want := range map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Note: "note", diag.Lint: "lint", diag.Hint: "hint"} {
		if got := s.String(); got != want {
			t.Errorf("%d is %q, want %q", s, got, want)
		}
	}
}
