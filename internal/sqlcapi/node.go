package sqlcapi

import (
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/disk"
	"gopkg.in/yaml.v3"
)

// node is a YAML value of sqlc.yaml that knows its file. Its methods report a
// value of the wrong kind and then act as if nothing were written; a missing
// value is never a problem here.
type node struct {
	yaml *yaml.Node // nil for a missing value; never an alias
	file *configFile
}

// configFile is a sqlc.yaml while it is read.
type configFile struct {
	files    *disk.Reader
	dir      string // absolute directory on disk: paths in the file start here
	name     string // as positions show it
	problems *diag.List
	leftOut  []*LeftOut
}

// maxMerges bounds how deep YAML's merge keys are followed, so that an anchor
// that contains itself ends.
const maxMerges = 16

func (f *configFile) node(n *yaml.Node) node {
	if n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n != nil && n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		n = nil
	}
	return node{yaml: n, file: f}
}

func (n node) missing() bool { return n.yaml == nil }

// isEmpty reports a value that says nothing: none, "" or an empty list.
func (n node) isEmpty() bool {
	return n.missing() || n.yaml.Kind == yaml.ScalarNode && n.yaml.Value == "" || n.yaml.Kind == yaml.SequenceNode && len(n.yaml.Content) == 0
}

func (n node) pos() diag.Pos {
	if n.yaml == nil {
		return diag.Pos{File: n.file.name}
	}
	return diag.Pos{File: n.file.name, Line: n.yaml.Line, Col: n.yaml.Column}
}

// key returns the value of a mapping's key; merge keys (<<) are followed, as
// sqlc follows them.
func (n node) key(name string) node { return n.lookup(name, maxMerges) }

func (n node) lookup(name string, depth int) node {
	absent := node{file: n.file}
	if n.yaml == nil || n.yaml.Kind != yaml.MappingNode || depth == 0 {
		return absent
	}
	content := n.yaml.Content
	for i := 0; i+1 < len(content); i += 2 {
		if content[i].Value == name && content[i].Kind == yaml.ScalarNode {
			return n.file.node(content[i+1])
		}
	}
	for i := 0; i+1 < len(content); i += 2 {
		if content[i].Tag != "!!merge" {
			continue
		}
		merged := n.file.node(content[i+1])
		sources := []node{merged}
		if !merged.missing() && merged.yaml.Kind == yaml.SequenceNode {
			sources = merged.elements()
		}
		for _, m := range sources {
			if found := m.lookup(name, depth-1); !found.missing() {
				return found
			}
		}
	}
	return absent
}

func (n node) isMapping() bool { return n.yaml != nil && n.yaml.Kind == yaml.MappingNode }

// mapping reports whether n is a mapping, and reports anything else that is written.
func (n node) mapping(what string) bool {
	if n.missing() {
		return false
	}
	if !n.isMapping() {
		n.wrongKind(what, "a mapping of keys to values")
		return false
	}
	return true
}

// list returns the elements of a sequence.
func (n node) list(what string) []node {
	if n.missing() {
		return nil
	}
	if n.yaml.Kind != yaml.SequenceNode {
		n.wrongKind(what, "a list")
		return nil
	}
	return n.elements()
}

func (n node) elements() []node {
	out := make([]node, 0, len(n.yaml.Content))
	for _, e := range n.yaml.Content {
		out = append(out, n.file.node(e))
	}
	return out
}

// text returns a scalar's characters, "" for a missing one.
func (n node) text(what string) string {
	if n.missing() {
		return ""
	}
	if n.yaml.Kind != yaml.ScalarNode {
		n.wrongKind(what, "a single value")
		return ""
	}
	return n.yaml.Value
}

// texts returns a list of scalars, or the one scalar that stands for a list.
func (n node) texts(what string) []node {
	if n.missing() {
		return nil
	}
	switch n.yaml.Kind {
	case yaml.ScalarNode:
		return []node{n}
	case yaml.SequenceNode:
		var out []node
		for _, e := range n.elements() {
			if e.text(what) != "" {
				out = append(out, e)
			}
		}
		return out
	default:
		n.wrongKind(what, "a path or a list of paths")
		return nil
	}
}

// truth returns a boolean, false for a missing one.
func (n node) truth(what string) bool {
	if n.missing() {
		return false
	}
	var b bool
	if n.yaml.Kind != yaml.ScalarNode || n.yaml.Decode(&b) != nil {
		n.wrongKind(what, "true or false")
		return false
	}
	return b
}

// pairs returns the keys and values of a mapping of scalars.
func (n node) pairs(what string) map[string]string {
	if !n.mapping(what) {
		return nil
	}
	out := map[string]string{}
	for i := 0; i+1 < len(n.yaml.Content); i += 2 {
		out[n.yaml.Content[i].Value] = n.file.node(n.yaml.Content[i+1]).text(what)
	}
	return out
}

func (n node) wrongKind(what, want string) {
	n.file.problems.ErrorFix(n.pos(), codeConfigSyntax, "see https://docs.sqlc.dev/en/stable/reference/config.html", "%s must be %s", what, want)
}

// syntaxLine finds the line that the YAML parser names in its error, 0 for none.
func syntaxLine(err error) int {
	_, rest, found := strings.Cut(err.Error(), "line ")
	if !found {
		return 0
	}
	line := 0
	for _, r := range rest {
		if r < '0' || r > '9' || line > 1<<24 {
			break
		}
		line = line*10 + int(r-'0')
	}
	return line
}
