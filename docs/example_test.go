package docs_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// example is one fenced block of a document, with what the HTML comment above
// it says:
//
//	<!-- example: base -->                          a whole specification; the others are pieces of it
//	<!-- example: at scopes.workspace.create -->    a piece, which replaces what is there
//	<!-- use -->                                    Go code that uses the package of base
//	<!-- from: docs/testdata/teams/seed.sql -->     a part of that file; lines "…" leave something out
//	<!-- generated -->                              declarations that are generated of base, without comments
//	<!-- run -->                                    commands, run where base is; the next block may be what they print
//
// A block that begins with "# refused, SG401" is a piece that makes that problem
// and no other.
//
// A piece that is a mapping replaces the keys that it has; "at top" stands for
// the whole file. A scope whose `create` is replaced gives no lists back, unless
// the piece says which.
type example struct {
	file   string
	line   int    // of the block's first line
	kind   string // "example", "refused", "use", "from", "generated", "run" or "output"
	code   string // of refused
	at     string // of example, "" for base; of from the file
	text   string
	prints *string // of run, nil when nothing is said of it
}

// name is an identifier of Go, and a directory.
func (e *example) name() string {
	if e.kind == "example" && e.at == "" {
		return "scopes" // as base itself says
	}
	return fmt.Sprintf("%s%d", strings.ReplaceAll(strings.TrimSuffix(filepath.Base(e.file), ".md"), "-", ""), e.line)
}

func (e *example) place() string { return fmt.Sprintf("%s:%d", e.file, e.line) }

var markPattern = regexp.MustCompile(`^<!-- (?:(example)(?:: (?:base|at ([a-z_.]+)))|(use|run|generated)|(from): (\S+)) -->$`)

var refusedPattern = regexp.MustCompile(`^# refused, (SG\d{3})`)

// readExamples reads every fenced block of a document. A block without a mark is
// a mistake, unless it is what the commands above it print: no test would run it.
func readExamples(t *testing.T, file string) []*example {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var found []*example
	var open *example // the block being read
	var mark []string // of the line above
	for i, line := range strings.Split(string(text), "\n") {
		switch {
		case open != nil && line == "```":
			if m := refusedPattern.FindStringSubmatch(open.text); m != nil {
				open.kind, open.code = "refused", m[1]
			}
			switch last := len(found) - 1; {
			case open.kind != "output":
				found = append(found, open)
			case last >= 0 && found[last].kind == "run" && found[last].prints == nil:
				found[last].prints = &open.text
			default:
				t.Errorf("%s: there are no commands that print this", open.place())
			}
			open = nil
		case open != nil:
			open.text += line + "\n"
		case strings.HasPrefix(line, "```"):
			open = &example{file: file, line: i + 2}
			switch {
			case mark != nil:
				open.kind, open.at = mark[1]+mark[3]+mark[4], mark[2]+mark[5]
			case line == "```":
				open.kind = "output"
			default:
				t.Errorf("%s:%d: the block has no mark, so nothing tests it", file, i+1)
				open.kind = "from"
			}
			mark = nil
		case strings.HasPrefix(line, "<!--"):
			if mark = markPattern.FindStringSubmatch(line); mark == nil {
				t.Errorf("%s:%d: the mark %q is not known", file, i+1, line)
			}
		case mark != nil:
			t.Errorf("%s:%d: the mark has no block below it", file, i)
			mark = nil
		}
	}
	if open != nil {
		t.Fatalf("%s: the block is not closed", open.place())
	}
	return found
}

// whole makes a whole specification of an example, to be generated into dir
// unless the example is about that.
func (e *example) whole(t *testing.T, base, dir string) string {
	t.Helper()
	text := base
	if e.at != "" {
		text = e.splice(t, base)
	}
	if e.at != "" && strings.Contains(e.text, "output:") {
		return text
	}
	output := regexp.MustCompile(`(?m)^output:.*$`)
	if n := len(output.FindAllString(text, -1)); n != 1 {
		t.Fatalf("%s: the specification has %d outputs", e.place(), n)
	}
	return output.ReplaceAllString(text, fmt.Sprintf("output: {dir: %s, package: %[1]s}", dir))
}

const placeholder = "the_example_goes_here"

// splice puts the text of an example, as it is written, into base.
func (e *example) splice(t *testing.T, base string) string {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(base), &doc); err != nil {
		t.Fatalf("the base: %v", err)
	}
	target, key, inner := doc.Content[0], placeholder, ""
	if e.at != "top" {
		for _, k := range strings.Split(e.at, ".") {
			parent := target
			parent.Style &^= yaml.FlowStyle
			target, key = valueOf(parent, k), k
			if target == nil {
				t.Fatalf("%s: the base has no %s", e.place(), e.at)
			}
			if target.Kind == yaml.SequenceNode { // replaced as a whole
				remove(parent, k)
				target, inner = parent, "  "
			}
		}
	}
	if inner == "" {
		key = placeholder
		target.Style &^= yaml.FlowStyle
		for _, m := range regexp.MustCompile(`(?m)^([a-z_]+):`).FindAllStringSubmatch(e.text, -1) {
			remove(target, m[1])
		}
	}
	if key == "create" || strings.Contains(e.text, "create:") {
		remove(target, "result") // of steps that are gone
	}
	target.Content = append(target.Content, scalar(key), scalar(placeholder))
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^( *)` + key + `: ` + placeholder + "\n")
	at := line.FindStringSubmatchIndex(out.String())
	if at == nil {
		t.Fatalf("%s: the place of the example was lost in:\n%s", e.place(), out.String())
	}
	indent, head := strings.Repeat(" ", at[3]-at[2]), ""
	if inner != "" {
		head = indent + key + ":\n"
	}
	body := regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(e.text, strings.ReplaceAll(indent+inner, "$", "$$")+"$1")
	return out.String()[:at[0]] + head + body + out.String()[at[1]:]
}

func scalar(text string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: text} }

func valueOf(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

func remove(m *yaml.Node, key string) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			m.Content = slices.Delete(m.Content, i, i+2)
			return
		}
	}
}
