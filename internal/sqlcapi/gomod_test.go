package sqlcapi

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

// TestReadGoMod holds the module's path, the directories that replace modules,
// and the problems of each go.mod.
func TestReadGoMod(t *testing.T) {
	t.Parallel()
	const nameless = "go.mod: go.mod does not say which module it is of"
	for name, tc := range map[string]struct{ text, want string }{
		"a line":         {"module example.com/a\n\ngo 1.25\n", "example.com/a"},
		"quotes":         {"// a comment\nmodule \"example.com/a\" // b\n", "example.com/a"},
		"a block":        {"module (\n\texample.com/a\n)\n", "example.com/a"},
		"a tight block":  {"module(\n\n\"example.com/a\"\n)\n", "example.com/a"},
		"Windows' lines": {"module example.com/a\r\nreplace b => ../b\r\n", "example.com/a b=/b"},
		"without a name": {"go 1.25\nrequire example.com/module v1.0.0\n", nameless},
		"empty":          {"", nameless},
		"an empty name":  {"module \"\"\n", nameless},
		"replacements": {"module example.com/a\nreplace example.com/b => ./b // here\nreplace (\n\texample.com/c v1.2.3 => \"/srv/c d\"\n\texample.com/d => example.com/e v1.0.0\n\texample.com/f => ../f\n)\n",
			"example.com/a example.com/b=/app/b example.com/c=/srv/c d example.com/f=/f"},
		"directives of a later Go":       {"module example.com/a\nfuture stuff\nnovel (\n\tx\n)\nreplace b => ./b\n", "example.com/a b=/app/b"},
		"a module without its path":      {"go 1.25\n\nmodule\n", "go.mod:3:1: the go command cannot read this: usage: module module/path"},
		"an unterminated string":         {"module \"example.com/a\n", "go.mod:1:22: the go command cannot read this: unexpected newline in string"},
		"an unterminated block":          {"module example.com/a\nreplace (\n", "go.mod:3:1: the go command cannot read this: syntax error (unterminated block started at go.mod:2:1)"},
		"a replacement by neither":       {"module example.com/a\n\nreplace (\n\tb => c\n)\n", "example.com/a go.mod:4:2: the go command cannot read this: replacement module without version must be directory path (rooted or starting with . or ..)"},
		"a replacement without an arrow": {"module example.com/a\nreplace b ./c\n", "example.com/a go.mod:2:1: the go command cannot read this: usage: replace module/path [v1.2.3] => other/module v1.4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			l := &loader{base: "/app", problems: &problems}
			main, replaced := l.readGoMod("/app/go.mod", []byte(tc.text))
			var got []string
			if main.path != "" {
				got = append(got, main.path)
			}
			for _, m := range replaced {
				got = append(got, m.path+"="+filepath.ToSlash(m.root))
			}
			for _, p := range problems.Sorted() {
				got = append(got, p.Pos.String()+": "+p.Message)
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
