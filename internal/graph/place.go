package graph

import "fmt"

// Measures of the drawing, in pixels.
const (
	nodeHeight  = 44
	rowGap      = 28 // between two rows, where edges run
	scopeGutter = 84 // between two columns of scopes
	storeGutter = 116
	margin      = 48
	padding     = 12 // of a node, left and right
	nameSize    = 13
	noteSize    = 11
	maxText     = 260 // the width of a name that is not cut
)

// box is a node in its place.
type box struct {
	Node       *Node
	X, Y, W, H int
	Name, Note string // cut to fit
}

// line is an edge in its place. Every line leaves a box on the right, and comes
// to the other from the left.
type line struct {
	Edge *Edge
	Path string // of SVG
	X, Y int    // where it arrives
}

// drawing is a graph with coordinates.
type drawing struct {
	Width, Height int
	Boxes         []box // by column, from the top
	Lines         []line
}

func draw(g *Graph) *drawing {
	l := newLayout(g)
	d := &drawing{Height: margin + l.rows*(nodeHeight+rowGap)}
	at := map[*Node]box{}
	x := margin
	for i, column := range l.columns {
		width := 0
		boxes := make([]box, 0, len(column))
		for _, n := range column {
			b := box{Node: n, X: x, Y: margin/2 + rowGap/2 + l.row[n]*(nodeHeight+rowGap), H: nodeHeight,
				Name: shorten(n.Name, nameSize, nameWidth, maxText), Note: shorten(n.Note, noteSize, noteWidth, maxText)}
			width = max(width, int(max(textWidth(b.Name, nameSize, nameWidth), textWidth(b.Note, noteSize, noteWidth)))+2*padding)
			boxes = append(boxes, b)
		}
		for _, b := range boxes {
			b.W = width
			at[b.Node] = b
			d.Boxes = append(d.Boxes, b)
		}
		d.Width = x + width + margin
		if x += width + scopeGutter; i+1 >= l.scopes {
			x += storeGutter - scopeGutter
		}
	}
	for _, e := range g.Edges {
		d.Lines = append(d.Lines, l.route(e, at))
	}
	return d
}

// route finds the way of an edge: straight to the next column, else along the
// free space beside the row that it goes to.
func (l *layout) route(e *Edge, at map[*Node]box) line {
	from, to := at[e.From], at[e.To]
	x1, y1 := from.X+from.W, from.Y+from.H/2
	x2, y2 := to.X, to.Y+to.H/2
	out := line{Edge: e, X: x2, Y: y2}
	switch {
	case e.From == e.To:
		out.X, out.Y = x1, y1+10
		out.Path = fmt.Sprintf("M%d %dc30 -14 30 34 0 20", x1, y1-10)
	case l.column[e.To] == l.column[e.From]+1:
		half := (x2 - x1) / 2
		out.Path = fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1+half, y1, x2-half, y2, x2, y2)
	default:
		channel := to.Y - rowGap/2
		if l.row[e.To] < l.row[e.From] {
			channel = to.Y + to.H + rowGap/2
		}
		const turn = scopeGutter / 2
		if x1 < x2 {
			out.Path = fmt.Sprintf("M%d %dC%d %d %d %d %d %dH%dC%d %d %d %d %d %d",
				x1, y1, x1+turn, y1, x1+turn/2, channel, x1+turn*3/2, channel, x2-turn*3/2, x2-turn/2, channel, x2-turn, y2, x2, y2)
			break
		}
		out.Path = fmt.Sprintf("M%d %dC%d %d %d %d %d %dH%dC%d %d %d %d %d %d",
			x1, y1, x1+turn, y1, x1+turn, channel, x1, channel, x2, x2-turn, channel, x2-turn, y2, x2, y2)
	}
	return out
}
