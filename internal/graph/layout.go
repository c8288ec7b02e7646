package graph

import (
	"cmp"
	"slices"
)

// layout places nodes on a grid that columns and rows share, so that the space
// between two rows, and between two columns, is free of nodes everywhere: edges
// run there.
//
// It goes the way of Sugiyama, Tagawa and Toda (Methods for Visual Understanding
// of Hierarchical System Structures, 1981): scopes get a layer by their depth
// below scopes without parents, the layers are ordered by the barycentres of
// their neighbours, then coordinates follow. Tables come behind the deepest
// layer, in as many columns as they need to be no longer than the scopes are,
// each beside those that use it.
type layout struct {
	columns [][]*Node // of scopes by depth, then of tables
	scopes  int       // how many of them are of scopes
	row     map[*Node]int
	column  map[*Node]int
	rows    int
}

// sweeps is how often the order of the layers is improved. More change nothing
// that can be seen.
const sweeps = 8

// Tables go beside each other in at most maxTableColumns, and start a further
// column behind minRows.
const (
	maxTableColumns = 5
	minRows         = 16
)

func newLayout(g *Graph) *layout {
	l := &layout{row: map[*Node]int{}, column: map[*Node]int{}}
	nodes := g.scopeNodes()
	above := parentsOf(g)
	depth := depths(nodes, above)
	for _, n := range nodes {
		d := depth[n]
		for len(l.columns) <= d {
			l.columns = append(l.columns, nil)
		}
		l.columns[d] = append(l.columns[d], n)
		l.column[n] = d
	}
	l.scopes = len(l.columns)
	l.order(above)
	l.stores(g)
	return l
}

// parentsOf lists what each scope lies in: its parents, and those that make it
// or look for it when they are purged.
func parentsOf(g *Graph) map[*Node][]*Node {
	above := map[*Node][]*Node{}
	for _, e := range g.Edges {
		if e.Relation != Writes && e.Relation != Reads && e.From != e.To && !slices.Contains(above[e.To], e.From) {
			above[e.To] = append(above[e.To], e.From)
		}
	}
	return above
}

// depths is the length of the longest way down to each node. A way that comes
// back to where it was does not count: folders may lie in folders.
func depths(nodes []*Node, above map[*Node][]*Node) map[*Node]int {
	depth, open, done := map[*Node]int{}, map[*Node]bool{}, map[*Node]bool{}
	var visit func(n *Node) int
	visit = func(n *Node) int {
		if done[n] {
			return depth[n]
		}
		open[n] = true
		for _, p := range above[n] {
			if !open[p] {
				depth[n] = max(depth[n], visit(p)+1)
			}
		}
		open[n], done[n] = false, true
		return depth[n]
	}
	for _, n := range nodes {
		visit(n)
	}
	return depth
}

// order orders the layers of scopes, and gives each node a row.
func (l *layout) order(above map[*Node][]*Node) {
	below := map[*Node][]*Node{}
	for _, column := range l.columns {
		for i, n := range column {
			l.row[n] = i
			for _, p := range above[n] {
				below[p] = append(below[p], n)
			}
		}
	}
	for range sweeps {
		for _, column := range l.columns[min(1, len(l.columns)):] {
			l.settle(column, above)
		}
		for _, column := range slices.Backward(l.columns) {
			l.settle(column, below)
		}
	}
	for _, column := range l.columns[min(1, len(l.columns)):] {
		l.settle(column, above)
	}
}

// settle puts the nodes of a layer in the order of the barycentres of their
// neighbours, each in the row nearest to its own that is free.
func (l *layout) settle(column []*Node, neighbours map[*Node][]*Node) {
	want := map[*Node]float64{}
	for _, n := range column {
		want[n] = l.barycentre(neighbours[n], float64(l.row[n]))
	}
	slices.SortStableFunc(column, func(a, b *Node) int { return cmp.Compare(want[a], want[b]) })
	free := 0
	for _, n := range column {
		l.row[n] = max(free, int(want[n]))
		free = l.row[n] + 1
		l.rows = max(l.rows, free)
	}
}

// barycentre is the mean row of nodes; else is that of none.
func (l *layout) barycentre(nodes []*Node, otherwise float64) float64 {
	if len(nodes) == 0 {
		return otherwise
	}
	sum := 0
	for _, n := range nodes {
		sum += l.row[n]
	}
	return float64(sum) / float64(len(nodes))
}

// stores places tables, presets and constants behind the scopes.
func (l *layout) stores(g *Graph) {
	nodes := g.storeNodes()
	if len(nodes) == 0 {
		return
	}
	l.rows = 0
	for _, column := range l.columns {
		for _, n := range column {
			l.rows = max(l.rows, l.row[n]+1)
		}
	}
	width := min(max(1, ceilDiv(len(nodes), max(l.rows, minRows))), maxTableColumns)
	want := map[*Node]float64{}
	for _, n := range nodes {
		var users []*Node
		for _, e := range g.Edges {
			if e.To == n {
				users = append(users, e.From)
			}
		}
		want[n] = l.barycentre(users, 0)
	}
	slices.SortStableFunc(nodes, func(a, b *Node) int { return cmp.Compare(want[a], want[b]) })
	l.columns = append(l.columns, make([][]*Node, width)...)
	// Each node goes as near to its users as there is room, and none so far down
	// that the drawing gets longer than it must be.
	length := max(l.rows, ceilDiv(len(nodes), width))
	row, next := 0, 0
	for i, n := range nodes {
		if last := length - ceilDiv(len(nodes)-i, width); row < min(int(want[n]), last) {
			row, next = min(int(want[n]), last), 0
		}
		l.row[n], l.column[n] = row, l.scopes+next
		l.columns[l.column[n]] = append(l.columns[l.column[n]], n)
		l.rows = max(l.rows, row+1)
		if next++; next == width {
			row, next = row+1, 0
		}
	}
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
