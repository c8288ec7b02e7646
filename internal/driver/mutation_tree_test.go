//go:build !race

package driver_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// A place is a node of a specification, with what is around it.
type place struct {
	path  []int    // from the document to it, in Content
	names []string // the same for readers: keys, and numbers of list items
	node  *yaml.Node
	above []*yaml.Node // from the document's node to the one around it
	key   string       // of the entry that it is the value of, or that its list is
	isKey bool         // it is the key of an entry itself
}

func (p *place) parent() *yaml.Node { return p.above[len(p.above)-1] }

func (p *place) String() string { return strings.Join(p.names, ".") }

// in reports whether one of the keys above is name.
func (p *place) in(name string) bool { return slices.Contains(p.names[:len(p.names)-1], name) }

// places lists the nodes of a specification, but for the document's own.
func places(doc *yaml.Node) []*place {
	var out []*place
	var walk func(n *yaml.Node, at place)
	walk = func(n *yaml.Node, at place) {
		above := append(slices.Clone(at.above), n)
		for i, child := range n.Content {
			p := place{path: append(slices.Clone(at.path), i), above: above, node: child, key: at.key}
			switch {
			case n.Kind == yaml.SequenceNode:
				p.names = append(slices.Clone(at.names), fmt.Sprint(i))
			case n.Kind == yaml.MappingNode && i%2 == 0:
				p.names, p.key, p.isKey = append(slices.Clone(at.names), child.Value), "", true
			case n.Kind == yaml.MappingNode:
				p.key = n.Content[i-1].Value
				p.names = append(slices.Clone(at.names), p.key)
			}
			if len(p.names) > 0 {
				out = append(out, &p)
			}
			walk(child, p)
		}
	}
	walk(doc, place{})
	return out
}

// A treeRule changes a specification at each place that it applies to.
type treeRule struct {
	kind string
	at   func(p *place) bool
	// edit changes a copy of the specification; node is the place's in it, parent
	// is what holds the node at index i. It returns false to leave it.
	edit func(parent, node *yaml.Node, i int) bool
	once bool // one place is enough of it
}

// apply makes the mutants of a rule.
func (r treeRule) apply(t *testing.T, x *example) []*mutant {
	t.Helper()
	var out []*mutant
	doc := parseYAML(t, x.files["specgen.yaml"])
	for _, p := range places(doc) {
		if !r.at(p) || r.once && len(out) > 0 {
			continue
		}
		fresh := parseYAML(t, x.files["specgen.yaml"])
		node, parent := fresh, fresh
		for _, i := range p.path {
			parent, node = node, node.Content[i]
		}
		if !r.edit(parent, node, p.path[len(p.path)-1]) {
			continue
		}
		text := encode(t, fresh)
		if text != x.files["specgen.yaml"] {
			out = append(out, &mutant{example: x, kind: r.kind, place: p.String(), changed: map[string]string{"specgen.yaml": text}})
		}
	}
	return out
}

// The parts of an edit.

func setText(text func(string) string) func(parent, node *yaml.Node, i int) bool {
	return func(_, node *yaml.Node, _ int) bool {
		changed := text(node.Value)
		if changed == node.Value || changed == "" {
			return false
		}
		node.Value = changed
		return true
	}
}

// setNode puts another node in the place of one.
func setNode(text string) func(parent, node *yaml.Node, i int) bool {
	return func(parent, node *yaml.Node, i int) bool {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			panic(err)
		}
		fresh := *doc.Content[0]
		if fresh.Kind == node.Kind && fresh.Value == node.Value && fresh.Kind == yaml.ScalarNode {
			return false
		}
		fresh.LineComment = node.LineComment
		parent.Content[i] = &fresh
		return true
	}
}

// drop takes an item out of a list, or an entry out of a mapping.
func drop(parent, _ *yaml.Node, i int) bool {
	if parent.Kind == yaml.MappingNode {
		i -= i % 2
		parent.Content = slices.Delete(parent.Content, i, i+2)
		return true
	}
	if parent.Kind != yaml.SequenceNode {
		return false
	}
	parent.Content = slices.Delete(parent.Content, i, i+1)
	return true
}

// swapWithNext exchanges two items of a list, or the values of two entries.
func swapWithNext(parent, _ *yaml.Node, i int) bool {
	step := 1
	if parent.Kind == yaml.MappingNode {
		step = 2
	}
	if i+step >= len(parent.Content) {
		return false
	}
	parent.Content[i], parent.Content[i+step] = parent.Content[i+step], parent.Content[i]
	return true
}

func repeat(parent, node *yaml.Node, i int) bool {
	parent.Content = slices.Insert(parent.Content, i, node)
	return true
}

// misspelt leaves out the middle letter of a name.
func misspelt(name string) string {
	if len(name) < 2 {
		return name + "x"
	}
	return name[:len(name)/2] + name[len(name)/2+1:]
}

// Which places a rule applies to.

func valueOf(keys ...string) func(p *place) bool {
	return func(p *place) bool {
		return !p.isKey && p.node.Kind == yaml.ScalarNode && slices.Contains(keys, p.key) && p.parent().Kind == yaml.MappingNode
	}
}

// entriesOf are the values in a mapping of that name.
func entriesOf(keys ...string) func(p *place) bool {
	return func(p *place) bool {
		return !p.isKey && p.parent().Kind == yaml.MappingNode && len(p.names) > 1 && slices.Contains(keys, p.names[len(p.names)-2])
	}
}

func both(a, b func(p *place) bool) func(p *place) bool {
	return func(p *place) bool { return a(p) && b(p) }
}

func not(a func(p *place) bool) func(p *place) bool { return func(p *place) bool { return !a(p) } }

// isStep reports an item of a list of steps.
func isStep(p *place) bool {
	return p.parent().Kind == yaml.SequenceNode && slices.Contains([]string{"create", "steps", "do"}, p.names[len(p.names)-2])
}

func inPurge(p *place) bool { return p.in("purge") || p.in("purge_rights") || p.in("remove_access") }

func isText(pattern string) func(p *place) bool {
	re := regexp.MustCompile(pattern)
	return func(p *place) bool {
		return !p.isKey && p.node.Kind == yaml.ScalarNode && p.node.Tag == "!!str" && p.key != "doc" && re.MatchString(p.node.Value)
	}
}

// isLiteral reports a text that a query is given as it is.
var isLiteral = both(entriesOf("with", "where"), isText(`^[^$]*$`))
