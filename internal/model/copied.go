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
		w.values(ValuesOf(g))
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
	if v == nil {
		return
	}
	o := v.origin()
	for _, c := range o.Calls {
		w.calls[c] = true
	}
	if o.List != nil {
		for _, c := range o.List.Calls {
			w.calls[c] = true
		}
	}
	if o.Loop != nil {
		w.loop(o.Loop)
	}
	w.values(o.Parts)
}

func (w *answerWalk) values(all []Value) {
	for _, v := range all {
		w.value(v)
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
		w.values(f.Values())
	}
	for _, outer := range l.Outer {
		w.loop(outer)
	}
}
