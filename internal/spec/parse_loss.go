package spec

import (
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/diag"
)

// ParseLoss says which parts of a file are missing from its document because they
// failed to parse. Everything that does not depend on them can be resolved.
type ParseLoss struct {
	units  []*unit
	lost   map[string]bool
	blocks map[string]*yaml.Node // by name
}

// unit is a part of the file that stands or falls as one, such as a step, a
// parent, or the inputs of a scope.
type unit struct {
	from, to diag.Pos // where its key or text begins, and where what follows it does
	node     *yaml.Node
	key      string
	parts    bool // what it holds are units that stand without it
	outer    *unit
	lossy    bool
}

// Any reports whether anything is missing.
func (d *ParseLoss) Any() bool { return d != nil && len(d.lost) > 0 }

// At reports whether something is missing from the step, or the other part of the
// file, that a position lies in.
func (d *ParseLoss) At(pos diag.Pos) bool {
	if !d.Any() {
		return false
	}
	u := d.unitAt(pos)
	return u != nil && u.lossy
}

// Lost reports whether a name occurs in what is missing, so that it may have
// been declared there.
func (d *ParseLoss) Lost(name string) bool { return d.Any() && d.lost[name] }

// parseLoss finds what the reported problems take out of the document.
func (p *parser) parseLoss(root *yaml.Node) *ParseLoss {
	if len(p.reported) == 0 {
		return nil
	}
	d := &ParseLoss{lost: map[string]bool{}, blocks: map[string]*yaml.Node{}}
	d.find(p.extents(root), root)
	for r := range p.reported {
		u := d.unitAt(r.pos)
		if r.code == "SG003" || u == nil {
			continue
		}
		u.lossy = true
		// A part whose key or name is wrong is missing as a whole.
		whole := r.pos == u.from && r.code != "SG013"
		d.loses(u.node, whole || !u.parts)
		if whole && u.outer == nil {
			d.lost["go"] = true // it may have been to be this
		}
		for ; u != nil; u = u.outer {
			if u.key != "" {
				d.lost[u.key] = true
			}
		}
	}
	return d
}

// lists are the keys whose entries are units.
var lists = []string{"create", "steps", "do", "parents", "children", "refuse", "before", "after_commit", "rows"}

// find lists the units of a document, outer ones before those inside.
func (d *ParseLoss) find(at func(*yaml.Node) (from, to diag.Pos), root *yaml.Node) {
	var walk func(n *yaml.Node, outer *unit, depth int, key string)
	walk = func(n *yaml.Node, outer *unit, depth int, key string) {
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				k, v := n.Content[i], n.Content[i+1]
				inner := outer
				// top.key, and top.name.key of what is declared by name; the purge of a scope too
				if depth < 3 || depth == 3 && key == "purge" {
					from, _ := at(k)
					_, to := at(v)
					inner = &unit{from: from, to: to, node: v, key: k.Value, parts: depth < 2 || k.Value == "purge", outer: outer}
					d.units = append(d.units, inner)
				}
				if depth == 1 && key == "blocks" {
					d.blocks[k.Value] = v
				}
				walk(v, inner, depth+1, k.Value)
			}
		case yaml.SequenceNode:
			for _, item := range n.Content {
				inner := outer
				if slices.Contains(lists, key) {
					from, to := at(item)
					inner = &unit{from: from, to: to, node: item, outer: outer}
					d.units = append(d.units, inner)
				}
				walk(item, inner, max(depth, 4), "")
			}
		}
	}
	walk(root, nil, 0, "")
}

// unitAt returns the innermost unit around a position, nil for none.
func (d *ParseLoss) unitAt(pos diag.Pos) *unit {
	for _, u := range slices.Backward(d.units) {
		if pos.File == u.from.File && pos.Compare(u.from) >= 0 && pos.Compare(u.to) < 0 {
			return u
		}
	}
	return nil
}

// loses notes the names in a value; deep, in what it holds too, and in the
// blocks that it uses.
func (d *ParseLoss) loses(n *yaml.Node, deep bool) {
	if n.Kind == yaml.ScalarNode {
		d.lost[n.Value] = true
		if block := d.blocks[n.Value]; block != nil && deep {
			delete(d.blocks, n.Value) // once is enough
			d.loses(block, true)
		}
		return
	}
	for i, child := range n.Content {
		if deep || n.Kind == yaml.MappingNode && i%2 == 0 {
			d.loses(child, deep)
		}
	}
}
