package spec

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/diag"
)

// value is one YAML value as the file reaches it. Its node is never an alias.
type value struct {
	node *yaml.Node
	// pos is where the value is written: its first character, or the alias that
	// stands for it, or what it belongs to where nothing is written.
	pos diag.Pos
}

// value follows n's alias, if it is one. A value that is not written has the
// position of what it belongs to.
func (p *parser) value(n *yaml.Node, owner diag.Pos) value {
	switch {
	case n.Kind == yaml.AliasNode:
		return value{node: n.Alias, pos: p.src.pos(n.Line, n.Column)}
	case isAbsent(n):
		return value{node: n, pos: owner}
	default:
		return value{node: n, pos: p.place(n).start}
	}
}

// isAbsent reports whether n is the null that YAML supplies where nothing is written.
func isAbsent(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value == ""
}

// isNull reports whether v is a null, written or not.
func (v value) isNull() bool { return v.node.Kind == yaml.ScalarNode && scalarTag(v.node) == "!!null" }

// scalarTag returns the tag of a scalar in YAML's core schema, with dates and a
// merge key's sign as the strings that they are to us.
func scalarTag(n *yaml.Node) string {
	switch n.Tag {
	case "!!timestamp", "!!merge":
		return "!!str"
	default:
		return n.Tag
	}
}

// describe says what kind of value v is, to go after "not".
func (v value) describe() string {
	switch v.node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch scalarTag(v.node) {
	case "!!null":
		if isAbsent(v.node) {
			return "nothing"
		}
		return "null"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	case "!!binary":
		return "binary data"
	default:
		return "text"
	}
}

// wrongKind reports that what, such as "`steps`", must be something else.
func (p *parser) wrongKind(v value, what, want, fix string) {
	p.errorf(v.pos, "SG012", fix, "%s must be %s, not %s", what, want, v.describe())
}

// checkCollectionTag reports an explicit tag other than YAML's own on a list or
// a mapping.
func (p *parser) checkCollectionTag(v value) bool {
	if tag := v.node.Tag; tag != "" && tag != "!!map" && tag != "!!seq" {
		p.errorf(v.pos, "SG021", "remove the tag", "the tag %s is not known on %s", quoted(tag), v.describe())
		return false
	}
	return true
}

// list returns the entries of a list, which must not be empty. want says what
// it is a list of, such as "a list of steps".
func (p *parser) list(v value, what, want string) []value {
	if v.node.Kind != yaml.SequenceNode {
		p.wrongKind(v, what, want, "")
		return nil
	}
	if !p.checkCollectionTag(v) {
		return nil
	}
	if len(v.node.Content) == 0 {
		p.errorf(v.pos, "SG014", "leave it out, or add an entry", "%s is empty", what)
		return nil
	}
	return p.items(v)
}

// items returns the entries of a list, without those that are pieces of one
// expression that YAML has cut at its commas, which is reported.
func (p *parser) items(v value) []value {
	nodes := v.node.Content
	items := make([]value, 0, len(nodes))
	for i := 0; i < len(nodes); i++ {
		if cut := p.cutExpression(v.node, nodes[i], func(k int) *yaml.Node { return at(nodes, i+k) }); cut > 0 {
			i += cut
			continue
		}
		items = append(items, p.value(nodes[i], p.src.pos(nodes[i].Line, nodes[i].Column)))
	}
	return items
}

func at(nodes []*yaml.Node, i int) *yaml.Node {
	if i < len(nodes) {
		return nodes[i]
	}
	return nil
}

// entry is one key of a mapping with its value.
type entry struct {
	key   Text
	value value
}

// mapping is a mapping's entries in the order of the file.
type mapping struct {
	pos     diag.Pos
	entries []entry
	// lost says that an entry was reported and left out: nothing is certain
	// about the keys that the mapping lacks.
	lost bool
}

// mapping reads the entries of a mapping. Keys that are not text, merge keys
// and second uses of a key are reported and left out.
func (p *parser) mapping(v value, what, want string) (mapping, bool) {
	if v.node.Kind != yaml.MappingNode {
		p.wrongKind(v, what, want, "")
		return mapping{}, false
	}
	if !p.checkCollectionTag(v) {
		return mapping{}, false
	}
	nodes := v.node.Content
	m := mapping{pos: v.pos, entries: make([]entry, 0, len(nodes)/2)}
	seen := make(map[string]diag.Pos, len(nodes)/2)
	for i := 0; i+1 < len(nodes); i += 2 {
		key, ok := p.key(nodes[i], nodes[i+1], v)
		if !ok {
			m.lost = true
			continue
		}
		if first, dup := seen[key.Value]; dup {
			p.add(diag.Problem{
				Pos: key.Pos, Code: "SG009", Message: fmt.Sprintf("the key %s is written twice in one mapping", quoted(key.Value)), Fix: "remove one of the two",
				Related: []diag.Related{{Pos: first, Message: "the first"}},
			})
			continue
		}
		seen[key.Value] = key.Pos
		cut := p.cutExpression(v.node, nodes[i+1], func(k int) *yaml.Node {
			key, val := at(nodes, i+2*k), at(nodes, i+2*k+1)
			if key == nil || !isAbsent(val) {
				return nil
			}
			return key
		})
		if cut > 0 {
			i += 2 * cut
			m.lost = true
			continue
		}
		m.entries = append(m.entries, entry{key: key, value: p.value(nodes[i+1], key.Pos)})
	}
	return m, true
}

// key reads one key of the mapping v.
func (p *parser) key(n, val *yaml.Node, v value) (Text, bool) {
	k := p.value(n, v.pos)
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag == "!!merge":
		p.errorf(k.pos, "SG008", "write the keys out, or give the whole mapping by an alias", "merge keys (<<) are not part of the language")
		return Text{}, false
	case k.node.Kind != yaml.ScalarNode, k.isNull(), scalarTag(k.node) == "!!binary":
		p.errorf(k.pos, "SG010", "write the key as text", "a key must be text, not %s", k.describe())
		return Text{}, false
	case k.node.Style == 0 && strings.HasPrefix(k.node.Value, "$") && isAbsent(val):
		p.errorf(k.pos, "SG020", "quote the expression that this is a part of", "%s stands here as a key without a value", quoted(k.node.Value))
		return Text{}, false
	}
	return Text{Value: k.node.Value, Pos: k.pos}, true
}

// fields are the entries of a mapping whose keys are fixed.
type fields struct {
	mapping
	meant []string // the known keys that unknown ones were probably meant to be
}

// fields reads a mapping that may have the known keys only. what names the
// mapping, such as "a parent".
func (p *parser) fields(v value, what string, known ...string) (fields, bool) {
	m, ok := p.mapping(v, what, "a mapping")
	if !ok {
		return fields{}, false
	}
	return p.known(m, what, known), true
}

// known keeps the entries with known keys, and reports the others.
func (p *parser) known(m mapping, what string, known []string) fields {
	f := fields{mapping: mapping{pos: m.pos, lost: m.lost}}
	for _, e := range m.entries {
		if slices.Contains(known, e.key.Value) {
			f.entries = append(f.entries, e)
			continue
		}
		p.errorf(e.key.Pos, "SG011", diag.DidYouMean(e.key.Value, known), "%s has no key %s", what, quoted(e.key.Value))
		if near := diag.Nearest(e.key.Value, known); near != "" {
			f.meant = append(f.meant, near)
		}
	}
	return f
}

// get returns the value of a key, and whether it is written.
func (m mapping) get(key string) (value, bool) {
	for _, e := range m.entries {
		if e.key.Value == key {
			return e.value, true
		}
	}
	return value{}, false
}

// absent is a text that is not written.
func (f fields) absent() Text { return Text{Pos: f.pos} }

// require reports a key that is not written, at pos, unless that follows from
// what was reported before.
func (p *parser) require(f fields, pos diag.Pos, what, key, example string) {
	if _, ok := f.get(key); !ok && !f.lost && !slices.Contains(f.meant, key) {
		p.errorf(pos, "SG013", "add `"+example+"`", "%s lacks `%s`", what, key)
	}
}
