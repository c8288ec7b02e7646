// Package graph draws a plan: which scope lies in which, what presets and tables
// their coordinators use, and in what order they write.
//
// The same [Graph] is written as Mermaid, as DOT, and as a page or a picture with
// a layout of our own. Equal plans give equal bytes. Whatever comes from the
// user's files is escaped.
package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/plan"
)

// Graph is a plan as nodes and edges, in an order that depends on names alone.
type Graph struct {
	Package string // name of the generated package
	Nodes   []*Node
	Edges   []*Edge
}

// Kind says what a node stands for.
type Kind string

// The kinds of nodes.
const (
	ScopeNode   Kind = "scope"
	OutsideNode Kind = "outside" // a parent's type that is no scope of the document
	PresetNode  Kind = "preset"  // a table that creations read and nothing writes
	DataNode    Kind = "data"    // a list of constants of the document
	TableNode   Kind = "table"
)

// Node is a scope, a table, or a list of constants.
type Node struct {
	ID    string // unique, made of a letter and a number
	Kind  Kind
	Name  string
	Note  string // a few words below the name; may be empty
	Scope *plan.Scope
}

// Relation says what an edge means.
type Relation string

// The relations of edges.
const (
	Parent   Relation = "parent"   // from the parent to the scope in it
	Makes    Relation = "makes"    // the creation of From makes a To, too
	Cascades Relation = "cascades" // the purge of From purges each To below it
	Refuses  Relation = "refuses"  // the purge of From refuses while there is a To below it
	Writes   Relation = "writes"   // a coordinator of From writes To
	Reads    Relation = "reads"    // it reads or locks To, and does not write it
)

// Edge is a relation of two nodes.
type Edge struct {
	From, To *Node
	Relation Relation
	// Of are the steps that the edge stands for, by operation.
	Of   []Steps
	Note string // such as "optional"
	// Also are further relations of the same two nodes, which are not drawn
	// apart: a lock of the row that is written, children of a parent.
	Also []*Edge
}

// Steps are steps of one operation, by their numbers, as explain counts them.
type Steps struct {
	Op      *plan.Operation
	Numbers []int
}

// String is such as "create 1, 2".
func (s Steps) String() string { return string(s.Op.Kind) + " " + numbers(s.Numbers) }

// add notes a step of an operation. Those of one operation come one after the other.
func (e *Edge) add(o *plan.Operation, step int) {
	if last := len(e.Of) - 1; last >= 0 && e.Of[last].Op == o {
		e.Of[last].Numbers = append(e.Of[last].Numbers, step)
		return
	}
	e.Of = append(e.Of, Steps{o, []int{step}})
}

// Steps says in words which steps an edge stands for.
func (e *Edge) Steps() string {
	var parts []string
	for _, s := range e.Of {
		parts = append(parts, s.String())
	}
	return strings.Join(parts, " · ")
}

func numbers(list []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}

// New makes the graph of a package, or of one of its scopes and what it has to
// do with. An empty scope stands for all.
func New(p *plan.Package, scope string) (*Graph, error) {
	b := &builder{graph: &Graph{Package: p.Name}, scopes: map[string]*Node{}, types: map[string]*Node{}, data: map[string]*Node{}, tables: map[string]*Node{}}
	scopes, err := p.Choose(scope)
	if err != nil {
		return nil, err
	}
	for _, s := range scopes {
		b.scope(s)
	}
	for _, n := range slices.Clone(b.graph.Nodes) {
		b.relatives(n)
	}
	for _, n := range slices.Clone(b.graph.Nodes) {
		if n.Scope != nil {
			b.uses(n)
		}
	}
	b.presets()
	b.merge()
	return b.graph, nil
}

// scopeNodes are the nodes of the left part of the drawing.
func (g *Graph) scopeNodes() []*Node {
	return slices.DeleteFunc(slices.Clone(g.Nodes), func(n *Node) bool { return n.Kind != ScopeNode && n.Kind != OutsideNode })
}

// storeNodes are the nodes of the right part: tables, presets and constants.
func (g *Graph) storeNodes() []*Node {
	return slices.DeleteFunc(slices.Clone(g.Nodes), func(n *Node) bool { return n.Kind == ScopeNode || n.Kind == OutsideNode })
}
