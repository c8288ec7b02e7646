package spec

import (
	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/diag"
)

// Ignore is an entry of `ignore`: a warning of one step, scope or block that is
// meant as it is.
type Ignore struct {
	Code   Text // such as "SG517"; not checked
	Reason Text
	Owner  diag.Pos // of the step, or of the scope's or block's name
	From   diag.Pos // where the text of the owner begins, which may be an anchor's
	To     diag.Pos // where what follows it begins, or the end of the file
}

// Covers reports whether a position of the document lies in the step, scope or
// block that the entry is written in.
func (i *Ignore) Covers(pos diag.Pos) bool {
	return pos == i.Owner || pos.File == i.From.File && pos.Compare(i.From) >= 0 && pos.Compare(i.To) < 0
}

// ignored is an Ignore whose extent is not known yet.
type ignored struct {
	*Ignore
	node *yaml.Node
}

// ignore reads the `ignore` of a step, scope or block, whose value is node.
func (p *parser) ignore(f fields, owner diag.Pos, node *yaml.Node) {
	v, ok := f.get("ignore")
	if !ok {
		return
	}
	m, _ := p.mapping(v, "`ignore`", "a mapping of codes to reasons, such as {SG517: the reason}")
	for _, e := range m.entries {
		if e.value.isNull() || e.value.node.Kind == yaml.ScalarNode && firstVisible([]rune(e.value.node.Value)) < 0 {
			p.errorf(e.value.pos, "SG043", "write why the warning is none here", "%s is silenced without a reason", quoted(e.key.Value))
			continue
		}
		if reason, ok := p.text(e.value, "a reason"); ok {
			p.ignored = append(p.ignored, ignored{&Ignore{Code: e.key, Reason: reason, Owner: owner}, node})
		}
	}
}

// placed finds where the owners of the entries begin and end.
func (p *parser) placed(root *yaml.Node) []*Ignore {
	if len(p.ignored) == 0 {
		return nil
	}
	at := p.extents(root)
	var out []*Ignore
	for _, i := range p.ignored {
		i.From, i.To = at(i.node)
		out = append(out, i.Ignore)
	}
	return out
}

// extents tells of each node of a document where it begins, and where the next
// node begins that is no part of it, or the file ends.
func (p *parser) extents(root *yaml.Node) func(*yaml.Node) (from, to diag.Pos) {
	var starts []*yaml.Node
	after := map[*yaml.Node]int{} // how many nodes begin before the end of one
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if !isAbsent(n) {
			starts = append(starts, n)
		}
		for _, child := range n.Content {
			walk(child)
		}
		after[n] = len(starts)
	}
	walk(root)
	return func(n *yaml.Node) (from, to diag.Pos) {
		from, to = p.src.pos(n.Line, n.Column), p.src.posAt(len(p.src.runes))
		if next := after[n]; next < len(starts) {
			to = p.src.pos(starts[next].Line, starts[next].Column)
		}
		return from, to
	}
}
