package plan

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/model"
)

// readsList reports whether a call needs the rows of a list: for a parameter,
// for a loop around it, or for a condition.
func readsList(c *model.Call, l *model.Collected) bool {
	needed := func(v model.Value) bool { return takenFrom(v, l) }
	for _, a := range c.Args {
		if needed(a.Value) {
			return true
		}
	}
	for _, g := range c.Guards {
		if slices.ContainsFunc(model.ValuesOf(g), needed) {
			return true
		}
	}
	return slices.ContainsFunc(c.Loops, func(loop *model.Loop) bool {
		return needed(loop.Over) || slices.ContainsFunc(loop.Filters, func(f *model.Filter) bool { return slices.ContainsFunc(f.Values(), needed) })
	})
}

// takenFrom reports whether a value, or what it is made of, is taken from a list.
func takenFrom(v model.Value, l *model.Collected) bool {
	if v == nil {
		return false
	}
	o := model.OriginOf(v)
	return o.List == l || o.Loop != nil && takenFrom(o.Loop.Over, l) || slices.ContainsFunc(o.Parts, func(p model.Value) bool { return takenFrom(p, l) })
}
