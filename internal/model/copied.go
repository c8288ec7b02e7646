package model

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/schema"
)

// Copies lists the steps in a body that read rows of which other steps make
// something, in order. What they read must be one committed state of all of it.
// A row that is locked for a claim (SKIP LOCKED) is none: its reader wants any row
// that is free.
func Copies(body []Node) []*Call { return copiesOf(Calls(body)) }

func copiesOf(calls []*Call) []*Call {
	used := map[*Call]bool{}
	for _, c := range calls {
		for answer := range answersOf(c) {
			used[answer] = used[answer] || answer != c
		}
	}
	return slices.DeleteFunc(slices.Clone(calls), func(c *Call) bool {
		return !used[c] || c.Role != PlainStep || c.Facts.Kind != schema.Select || len(c.Facts.Reads) == 0 || c.SkipsLocked()
	})
}

// SkipsLocked reports whether a query passes rows over that somebody else has locked.
func (c *Call) SkipsLocked() bool {
	return slices.ContainsFunc(c.Facts.Locks, func(l schema.Lock) bool { return l.SkipLocked })
}

// answersOf are the calls of whose answers a call is made: by its arguments, its
// conditions, and the loops around it.
func answersOf(c *Call) map[*Call]bool {
	w := &answerWalk{calls: map[*Call]bool{}, loops: map[*Loop]bool{}}
	for _, a := range c.Args {
		w.value(a.Value)
	}
	for _, g := range c.Guards {
		w.cond(g)
	}
	for _, l := range c.Loops {
		w.loop(l)
	}
	return w.calls
}

// answerWalk collects calls of whose answers something is made.
type answerWalk struct {
	calls map[*Call]bool
	loops map[*Loop]bool // that were visited
}

func (w *answerWalk) value(v Value) {
	switch v := v.(type) {
	case *RowValue:
		w.calls[v.Call] = true
	case *RowsValue:
		w.calls[v.Call] = true
	case *GroupsValue:
		w.calls[v.Call] = true
	case *ColumnValue:
		if v.Known == nil {
			w.calls[v.Call] = true
		} else {
			w.value(v.Known.Value)
		}
	case *ListValue:
		w.list(v.List)
	case *PickValue:
		w.list(v.List)
	case *ElemValue:
		w.loop(v.Loop)
	case *FieldValue:
		w.value(v.Of)
	case *GoCall:
		w.values(v.Args)
	case *Concat:
		w.values(v.Parts)
	case *Conversion:
		w.value(v.X)
	}
}

func (w *answerWalk) values(all []Value) {
	for _, v := range all {
		w.value(v)
	}
}

func (w *answerWalk) list(l *Collected) {
	for _, c := range l.Calls {
		w.calls[c] = true
	}
}

func (w *answerWalk) loop(l *Loop) {
	if l.Continues != nil {
		l = l.Continues
	}
	if w.loops[l] {
		return
	}
	w.loops[l] = true
	w.value(l.Over)
	for _, f := range l.Filters {
		w.values(f.Any)
		w.value(f.List)
	}
	for _, outer := range l.Outer {
		w.loop(outer)
	}
}

func (w *answerWalk) cond(c Cond) {
	switch c := c.(type) {
	case *Truth:
		w.value(c.Value)
	case *IsSet:
		w.value(c.Value)
	case *Compare:
		w.value(c.Left)
		w.value(c.Right)
	case *Negation:
		w.cond(c.Cond)
	case *Junction:
		for _, x := range c.Conds {
			w.cond(x)
		}
	}
}
