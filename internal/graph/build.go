package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/plan"
)

type builder struct {
	graph  *Graph
	scopes map[string]*Node // by name
	types  map[string]*Node // that are no scope of the document
	data   map[string]*Node
	tables map[string]*Node
}

func (b *builder) add(nodes map[string]*Node, letter string, kind Kind, name string) *Node {
	if n := nodes[name]; n != nil {
		return n
	}
	n := &Node{ID: fmt.Sprintf("%s%d", letter, len(nodes)), Kind: kind, Name: name}
	nodes[name] = n
	b.graph.Nodes = append(b.graph.Nodes, n)
	return n
}

func (b *builder) scope(s *plan.Scope) {
	n := b.add(b.scopes, "s", ScopeNode, s.Name)
	n.Scope = s
	var trips []string
	for _, o := range s.Operations {
		trips = append(trips, fmt.Sprintf("%s %d", o.Kind, o.Plan.RoundTrips()))
	}
	n.Note = "round trips: " + strings.Join(trips, ", ")
}

// edge adds an edge, or returns the one that is there.
func (b *builder) edge(from, to *Node, r Relation) *Edge {
	for _, e := range b.graph.Edges {
		if e.From == from && e.To == to && e.Relation == r {
			return e
		}
	}
	e := &Edge{From: from, To: to, Relation: r}
	b.graph.Edges = append(b.graph.Edges, e)
	return e
}

// relatives adds the scopes that one has to do with, and the edges to them. In
// a graph of one scope they stand without what is theirs.
func (b *builder) relatives(n *Node) {
	named := func(name string) *Node { return b.add(b.scopes, "s", OutsideNode, name) }
	for _, parent := range n.Scope.Parents {
		var from *Node
		if parent.Scope != "" {
			from = named(parent.Scope)
		} else {
			from = b.add(b.types, "o", OutsideNode, parent.Type)
			from.Note = "not in the specification"
		}
		e := b.edge(from, n, Parent)
		switch {
		case parent.Many:
			e.Note = "any number"
		case parent.When:
			e.Note = "optional"
		}
	}
	for _, name := range n.Scope.Makes {
		b.edge(n, named(name), Makes)
	}
	for _, c := range n.Scope.Children {
		r := Refuses
		if c.Cascade {
			r = Cascades
		}
		b.edge(n, named(c.Scope), r)
	}
}

// uses adds the tables and constants that the coordinators of a scope use.
func (b *builder) uses(n *Node) {
	for _, o := range n.Scope.Operations {
		b.steps(n, o)
	}
}

func (b *builder) steps(n *Node, o *plan.Operation) {
	step := 0
	for _, f := range o.Plan.Flushes {
		for _, call := range f.Calls {
			step++
			for _, d := range call.Data {
				b.edge(n, b.add(b.data, "d", DataNode, d), Reads).add(o, step)
			}
			for _, t := range call.Writes {
				b.edge(n, b.table(t), Writes).add(o, step)
			}
			for _, t := range call.Reads {
				if !slices.Contains(call.Writes, t) {
					b.edge(n, b.table(t), Reads).add(o, step)
				}
			}
		}
	}
}

func (b *builder) table(name string) *Node { return b.add(b.tables, "t", TableNode, name) }

// presets tells the tables that creations read, and no step writes, from the
// others. Those that are locked as a parent hold scopes, not presets.
func (b *builder) presets() {
	for _, n := range b.graph.Nodes {
		if n.Kind != TableNode {
			continue
		}
		read := false
		written := slices.ContainsFunc(b.graph.Edges, func(e *Edge) bool { return e.To == n && e.Relation == Writes })
		for _, e := range b.graph.Edges {
			read = read || e.To == n && slices.ContainsFunc(e.Of, Steps.create)
		}
		switch {
		case read && !written:
			n.Kind, n.Note = PresetNode, "read by creations"
		case !written:
			n.Note = "read"
		}
	}
	for _, n := range b.graph.Nodes {
		if n.Kind == DataNode {
			n.Note = "constants of the specification"
		}
	}
}

// create reports whether a create has such steps that the document lists.
func (s Steps) create() bool {
	return s.Op.Kind == plan.Create && slices.ContainsFunc(s.Numbers, func(step int) bool { return isStep(s.Op.Plan, step) })
}

// isStep reports whether a step, by its number, is one that the document lists,
// and not a lock.
func isStep(c *plan.Coordinator, number int) bool {
	for _, f := range c.Flushes {
		if number <= len(f.Calls) {
			return f.Calls[number-1].Role == "step"
		}
		number -= len(f.Calls)
	}
	return false
}

// merge leaves one edge between two nodes in one direction, the weightiest.
func (b *builder) merge() {
	order := []Relation{Parent, Makes, Cascades, Refuses, Writes, Reads}
	var kept []*Edge
	for _, e := range b.graph.Edges {
		i := slices.IndexFunc(kept, func(k *Edge) bool { return k.From == e.From && k.To == e.To })
		if i < 0 {
			kept = append(kept, e)
			continue
		}
		first, second := kept[i], e
		if slices.Index(order, e.Relation) < slices.Index(order, first.Relation) {
			first, second = e, kept[i]
		}
		first.Also = append(append(first.Also, second), second.Also...)
		second.Also = nil
		kept[i] = first
	}
	b.graph.Edges = kept
}
