package model

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/schema"
)

// A coordinator is for many scopes of one kind: its steps are resolved in a loop over
// the items that the caller gives, of which there may be one. The loop goes step by
// step and not turn by turn, so that a query that takes lists is called once for all
// items, and what depends on no item is read once.

// operation adds an operation to a scope.
func (s *Scope) operation(k OpKind, pos diag.Pos) *Operation {
	o := &Operation{Kind: k, Items: &Loop{Var: "item", Over: &ItemsValue{}, Items: true, Pos: s.Pos}, Pos: pos}
	s.Operations = append(s.Operations, o)
	return o
}

// Operation returns the operation of a kind, nil for none.
func (s *Scope) Operation(k OpKind) *Operation {
	for _, o := range s.Operations {
		if o.Kind == k {
			return o
		}
	}
	return nil
}

// Addresses reports whether the caller says by its id which scope it is about: all
// operations but those that make one.
func (o *Operation) Addresses() bool { return o.Kind != Create }

// open makes the names and values that the steps of an operation see.
func (r *resolver) open(s *Scope, c *Operation) (*frame, *env) {
	f := &frame{scope: s, lists: &c.Lists, nested: &c.Nested, loops: []*Loop{c.Items}}
	en := &env{names: map[string]*symbol{}, frame: f, loops: f.loops, body: &c.Body}
	f.top = en
	return f, en
}

// StepByStep is the body of a coordinator as it is planned: loops over the items, one
// behind the other. Whole is the scope of an item, which they go on with. It is
// called once, when nothing is wrong: it settles which calls are gathered over the items.
func (o *Operation) StepByStep(s *Scope, tables Tables) (body []Node, whole *Nested) {
	purge := o.Kind == Purge
	m := &many{items: o.Items, body: o.Body, nested: &Nested{Name: s.Name, Scope: s, Purge: purge, Many: true, Row: o.Row, Lists: o.Lists, Nested: o.Nested, Loops: []*Loop{o.Items}}}
	if purge && o.Row != nil && o.Row.Lock != nil {
		behindLock(&m.body, 0, o.Row.Lock, 0)
	}
	for _, call := range Calls(m.body) {
		m.gatherLess(call)
	}
	m.nested.Body = m.body
	return m.stepByStep(tables), m.nested
}

// many is a coordinator that is taken apart.
type many struct {
	items  *Loop
	nested *Nested // the scope of one item
	body   []Node  // of one item
}

// gatherLess has a call that was gathered over the items be called once for each
// item where one answer for all of them would not do: when its count is that of
// an item, or its rows are, and no column tells whose they are, or how many.
func (m *many) gatherLess(c *Call) {
	if len(c.Over) == 0 || c.Over[0] != m.items || c.Bulk() {
		return
	}
	counts := m.nested.Purge && c.Query.Cmd != "exec"
	if counts || c.Expect != nil || c.Into != nil && c.Owner() == nil {
		c.Over = c.Over[1:]
	}
}

// piece is a node of an item's steps, with the conditions and nested scopes that
// it lies in, outermost first.
type piece struct {
	within []Node // *Guard or *Nested
	node   Node
}

// calls are those of the piece, in order.
func (p piece) calls() []*Call { return Calls([]Node{p.node}) }

// pieces takes conditions and nested scopes apart.
func pieces(body, within []Node) []piece {
	var out []piece
	for _, n := range body {
		inner := append(within[:len(within):len(within)], n)
		switch n := n.(type) {
		case *Guard:
			out = append(out, pieces(n.Body, inner)...)
		case *Nested:
			out = append(out, pieces(n.Body, inner)...)
		default:
			out = append(out, piece{within, n})
		}
	}
	return out
}

// stepByStep makes loops over the items, one behind the other: what travels
// together stays in one loop. A new one begins behind the locks, behind a call
// that is gathered over the items, and behind one that depends on no item.
func (m *many) stepByStep(tables Tables) []Node {
	var out []Node
	var open *Loop
	var group []piece
	end := func() {
		if open != nil {
			open.Body = m.assemble(group)
			out = append(out, open)
		}
		open, group = nil, nil
	}
	var before *piece
	for _, p := range pieces(m.body, nil) {
		if c, ok := p.node.(*Call); ok && m.sameForAll(c, tables) {
			end()
			c.Loops = nil
			out = append(out, c)
			continue
		}
		keepOrder(p.calls(), m.items, tables)
		if before != nil && (m.isLock(*before) || m.gathers(*before)) || changesCopied(p, group, tables) {
			end()
		}
		if open == nil {
			open = m.nextLoop(p)
		}
		group = append(group, p)
		before = &p
	}
	end()
	return out
}

// changesCopied reports whether a piece writes what an earlier one of the same loop
// copies, or the other way round: in one loop it would be written for one item
// between what is read for that one and for another.
func changesCopied(p piece, group []piece, tables Tables) bool {
	changes := func(w, read *Call) bool {
		return read.Role == PlainStep && read.Selects() && tables.Changes(w, read)
	}
	calls := p.calls()
	return slices.ContainsFunc(group, func(earlier piece) bool {
		return slices.ContainsFunc(earlier.calls(), func(a *Call) bool {
			return slices.ContainsFunc(calls, func(b *Call) bool { return changes(a, b) || changes(b, a) })
		})
	})
}

// nextLoop is the loop over the items itself the first time, and then one that
// takes its turns again. Locks are taken in the order of what they look up.
func (m *many) nextLoop(first piece) *Loop {
	l := &Loop{Var: m.items.Var, Continues: m.items, Items: true, Pos: m.items.Pos}
	if c, ok := first.node.(*Call); ok && m.isLock(first) && !slices.ContainsFunc(first.within, isGuard) {
		l.By = c
	}
	return l
}

func isGuard(n Node) bool { _, ok := n.(*Guard); return ok }

// assemble puts the conditions and nested scopes around the pieces again.
func (m *many) assemble(group []piece) []Node {
	n := *m.nested
	n.Continues = m.nested
	n.Body = around(group, 0)
	return []Node{&n}
}

func around(group []piece, depth int) []Node {
	var out []Node
	for len(group) > 0 {
		if len(group[0].within) == depth {
			out = append(out, group[0].node)
			group = group[1:]
			continue
		}
		outer := group[0].within[depth]
		n := 1
		for n < len(group) && len(group[n].within) > depth && group[n].within[depth] == outer {
			n++
		}
		inner := around(group[:n], depth+1)
		group = group[n:]
		switch outer := outer.(type) {
		case *Guard:
			out = append(out, &Guard{Cond: outer.Cond, Body: inner})
		case *Nested:
			again := *outer
			again.Body, again.Continues = inner, outer
			out = append(out, &again)
		default: // calls and loops have no pieces
		}
	}
	return out
}

// isLock reports whether a piece locks a parent, or the scope to be purged.
func (m *many) isLock(p piece) bool {
	return slices.ContainsFunc(p.calls(), func(c *Call) bool { return c.Role == ParentLock || c.Role == PurgeLock })
}

// gathers reports whether a piece has a call that is sent behind the loop over
// the items.
func (m *many) gathers(p piece) bool {
	return slices.ContainsFunc(p.calls(), m.gathered)
}

func (m *many) gathered(c *Call) bool { return len(c.Over) > 0 && c.Over[0] == m.items }

// sameForAll reports whether a call reads the same for all items.
func (m *many) sameForAll(c *Call, tables Tables) bool {
	return readsSame(c, m.items, Calls(m.body), tables)
}

// readsSame reports whether a call reads the same rows in each turn of a loop,
// the innermost around it, and can be made once in front of it: a :many, which
// does nothing but read, that nothing in the loop gives a value, and nothing that
// the loop calls writes to what it reads.
func readsSame(c *Call, l *Loop, calls []*Call, tables Tables) bool {
	if c.Role != PlainStep || c.Query.Cmd != "many" || c.Facts.Kind != schema.Select || c.Into != nil || len(c.Over) > 0 || len(c.Loops) == 0 || c.Loops[len(c.Loops)-1] != l || len(c.Guards) > 0 {
		return false
	}
	for _, a := range c.Args {
		if a.Value == nil || a.Gathered || dependsOn(a.Value, l) || computedIn(a.Value, l) {
			return false
		}
	}
	e := c.Facts.Effects
	if e.Varies || e.Unknown != "" || len(e.Writes) > 0 {
		return false
	}
	return !slices.ContainsFunc(calls, func(other *Call) bool { return other != c && tables.Changes(other, c) })
}
