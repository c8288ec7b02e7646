package graph

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestLayoutKeepsNodesApart draws random graphs: no two boxes meet, every box is
// in the picture, and what lies in something stands right of it, cycles aside.
func TestLayoutKeepsNodesApart(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		g := randomGraph(rand.New(rand.NewPCG(seed, 1)))
		d := draw(g)
		place := map[[2]int]string{}
		for _, b := range d.Boxes {
			if b.X < 0 || b.Y < 0 || b.X+b.W > d.Width || b.Y+b.H > d.Height {
				t.Errorf("seed %d: %s lies outside of the picture: %+v in %dx%d", seed, b.Node.Name, b, d.Width, d.Height)
			}
			at := [2]int{b.X, b.Y}
			if other := place[at]; other != "" {
				t.Errorf("seed %d: %s and %s have the same place", seed, other, b.Node.Name)
			}
			place[at] = b.Node.Name
			for _, c := range d.Boxes {
				if b.Node != c.Node && b.X < c.X+c.W && c.X < b.X+b.W && b.Y < c.Y+c.H && c.Y < b.Y+b.H {
					t.Errorf("seed %d: %s and %s overlap", seed, b.Node.Name, c.Node.Name)
				}
			}
		}
		if len(d.Boxes) != len(g.Nodes) || len(d.Lines) != len(g.Edges) {
			t.Errorf("seed %d: %d boxes of %d nodes, %d lines of %d edges", seed, len(d.Boxes), len(g.Nodes), len(d.Lines), len(g.Edges))
		}
	}
}

func TestScopesStandBehindTheirParents(t *testing.T) {
	t.Parallel()
	nodes := []*Node{{ID: "s0", Kind: ScopeNode}, {ID: "s1", Kind: ScopeNode}, {ID: "s2", Kind: ScopeNode}, {ID: "t0", Kind: TableNode}}
	g := &Graph{Nodes: nodes, Edges: []*Edge{
		{From: nodes[0], To: nodes[1], Relation: Parent}, {From: nodes[1], To: nodes[2], Relation: Parent},
		{From: nodes[2], To: nodes[2], Relation: Parent}, // a folder in a folder
		{From: nodes[0], To: nodes[3], Relation: Writes},
	}}
	l := newLayout(g)
	for i, n := range nodes {
		if l.column[n] != i {
			t.Errorf("%s is in column %d, want %d", n.ID, l.column[n], i)
		}
	}
}

func randomGraph(r *rand.Rand) *Graph {
	g := &Graph{}
	scopes, tables := 1+r.IntN(45), r.IntN(90)
	for i := range scopes {
		g.Nodes = append(g.Nodes, &Node{ID: fmt.Sprintf("s%d", i), Kind: ScopeNode, Name: fmt.Sprintf("scope%d", i)})
	}
	for i := range tables {
		g.Nodes = append(g.Nodes, &Node{ID: fmt.Sprintf("t%d", i), Kind: TableNode, Name: fmt.Sprintf("table%d", i)})
	}
	for range r.IntN(2 * scopes) {
		g.Edges = append(g.Edges, &Edge{From: g.Nodes[r.IntN(scopes)], To: g.Nodes[r.IntN(scopes)], Relation: Parent})
	}
	for range r.IntN(4*tables + 1) {
		g.Edges = append(g.Edges, &Edge{From: g.Nodes[r.IntN(scopes)], To: g.Nodes[scopes+r.IntN(tables)], Relation: Writes})
	}
	return g
}
