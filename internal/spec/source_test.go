package spec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

func TestCharacters(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"latin1", "a: é\nb: \xe9\n", "2:4 SG001"},
		{"utf16", "\xff\xfea\x00", "1:1 SG001"},
		{"cut", "a: é\xc3", "1:5 SG001"},
		{"control", "é\x00", "1:2 SG001"},
		{"delete", "a\x7f", "1:2 SG001"},
		{"carriage return", "a: 1\rb: 2\n", "1:5 SG001"},
		{"next line", "a: \u0085", "1:4 SG001"},
		{"paragraph", "\n\u2029", "2:1 SG001"},
		{"mark inside", "a: \uFEFF", "1:4 SG001"},
		{"fine", "\tä\r\n😀\n", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			ok := checkCharacters(specFile, []byte(test.in), &problems)
			if got := codes(&problems); got != test.want || ok != (test.want == "") {
				t.Errorf("got %v %q, want %q", ok, got, test.want)
			}
		})
	}
}

// TestSyntaxErrors checks where a mistake in the YAML is reported, and that it
// is in our words.
func TestSyntaxErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"a: [1, 2\nb: 3\n", "1:4 this list in brackets is not closed, or lacks a comma"},
		{"x: 1\na: {x: 1\nb: 3\n", "2:4 this mapping in braces is not closed, or lacks a comma"},
		{"a: 1\n  b: 2\n", "2:4 a second `key:` cannot begin here"},
		{"a:\n  - x\n  y: 1\n", "3:3 this line does not fit the list above it"},
		{"a:\n    b: 1\n   c: 2\nd: 1\n", "3:4 this line does not fit the ones above it: a key is expected"},
		{"a: 'foo\nb: 2\n", "1:4 this quoted text is never closed"},
		{"a: 1\nb: [x, \"foo]\nc: 2\n", "2:8 this quoted text is never closed"},
		{"a: \"x\n--- y\n", "1:4 this quoted text is not closed before `---`"},
		{"a: \"\\xZZ\"\n", "1:5 this escape lacks hexadecimal digits"},
		{"a: \"\\ud800\"\n", "1:5 this escape is not a Unicode character"},
		{"x: 1\na: {b: %foo}\n", `2:8 a value cannot begin with "%"`},
		{"a: b\n\t: c\n", "2:1 a tab cannot indent"},
		{"x: 1\na: {b: 1}}\n", "2:10 this line does not fit the ones above it: a key is expected"},
		{"x: 1\na: *\n", "2:4 an anchor (&) or an alias (*) needs a name"},
		{"a: !x!y z\n", "1:6 this tag is not known"},
		{"a: |0\n  x\n", "1:4 the line that begins this block of text is wrong"},
		{"a: [b, , c]\n", "1:1 a value is missing here, or begins with a stray comma, bracket or brace"},
		{"a: - b\n", "1:4 an entry of a list cannot begin here"},
		{"a: ? b\n", "1:4 `? ` cannot begin a key here"},
		{"a: *b\nb: &b 1\n", `1:4 no anchor is named "b"`},
		{"# *b\na: [*c, *b]\nc: &c 1\n", `2:5 no anchor is named "c"`},
		{"a: " + strings.Repeat("[", 20000), "1:20003 the file nests too deeply"},
		{"a: $go.F(\"x: y\")\n", "1:4 a second `key:` cannot begin here"},
	}
	for _, test := range tests {
		t.Run(cut(test.in), func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			Parse(specFile, []byte(test.in), &problems)
			all := problems.Sorted()
			if len(all) != 1 || all[0].Code != "SG002" {
				t.Fatalf("want one SG002, got:\n%s", printProblems(t, &problems, []byte(test.in)))
			}
			got := fmt.Sprintf("%d:%d %s", all[0].Pos.Line, all[0].Pos.Col, all[0].Message)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// BenchmarkParse parses a specification of a hundred scopes.
func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	text.WriteString("version: 1\nsqlc: sqlc.yaml\noutput: {dir: gen/rbac}\nscopes:\n")
	const scopes = 100
	for i := range scopes {
		fmt.Fprintf(&text, "  scope%d:\n    row: {query: Create%d, with: {id: $new.uuid}}\n    create:\n", i, i)
		for range 10 {
			text.WriteString("      - {query: CreateRole, as: role, with: {name: \"$go.RoleName($preset, $scope.type)\", id: \"${row.id}-x\"}, when: {not: $input.internal}}\n")
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		var problems diag.List
		doc := Parse(specFile, []byte(text.String()), &problems)
		if len(doc.Scopes) != scopes || problems.Len() > 0 {
			b.Fatalf("%d scopes, %d problems", len(doc.Scopes), problems.Len())
		}
	}
}
