package plan

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// gatherTurn builds what a turn adds to the lists of a gathered call. The call
// itself is queued behind the outermost of the loops that it is gathered over.
func (b *builder) gatherTurn(c *model.Call, lv *level) []Stmt {
	home := innermost(c.Loops[:len(c.Loops)-len(c.Over)])
	var out []Stmt
	for _, a := range c.Args {
		if !a.Gathered {
			continue
		}
		if b.gathered[a] == nil {
			b.gathered[a] = b.keep(home, lv, goname.Unexported(c.Makes())+goname.Exported(goname.Plural(goname.Singular(a.Name))), a.Shape.Go)
		}
		out = append(out, &Append{Target: b.gathered[a](lv), Value: b.value(a.Value, a.Of(), lv, goname.Singular(a.Name))})
	}
	if distributes(c) {
		out = append(out, b.gatherList(c, home, lv))
	}
	b.pending[c.Over[0]] = append(b.pending[c.Over[0]], c)
	return out
}

// distributes reports whether the rows of a gathered call go to lists of its
// turns, and not to one list.
func distributes(c *model.Call) bool {
	return c.Into != nil && slices.Contains(c.Into.Loops, c.Over[0])
}

// gatherList remembers the list that the turn's rows go to.
func (b *builder) gatherList(c *model.Call, home *model.Loop, lv *level) Stmt {
	if b.gatheredLists[c] == nil {
		b.gatheredLists[c] = b.keep(home, lv, goname.Unexported(c.Makes())+"Lists", c.Into.Row.Go.SliceOf().PointerTo().SliceOf())
	}
	return &Append{Target: b.gatheredLists[c](lv), Value: &AddrOf{X: b.list(c.Into, lv)}}
}

// distribute is the answer of such a call: each row tells by an id that a turn
// has drawn whose it is.
func (b *builder) distribute(c *model.Call, lv *level) Answer {
	owner := c.Owner()
	return &Distributed{Target: b.gatheredLists[c](lv), Keys: b.gathered[owner.Known](lv),
		Owner: c.Query.Columns[owner.Index].Field, Row: c.Query.Row, Key: owner.Of.Go}
}

// sendGathered queues the calls that were gathered over a loop, behind it. With
// nothing gathered nothing is sent.
func (b *builder) sendGathered(l *model.Loop, lv *level) []Stmt {
	if l.Continues != nil {
		l = l.Continues
	}
	calls := b.pending[l]
	delete(b.pending, l)
	var out []Stmt
	for _, c := range calls {
		first := b.firstGathered(c, lv)
		some := &Binary{Op: ">", Left: call(ident("len"), first), Right: &Lit{Source: "0"}}
		out = append(out, &If{Cond: some, Body: b.queue(c, lv)})
	}
	return out
}

func (b *builder) firstGathered(c *model.Call, lv *level) Expr {
	for _, a := range c.Args {
		if a.Gathered {
			return b.gathered[a](lv)
		}
	}
	return &Lit{Source: "nil"}
}
