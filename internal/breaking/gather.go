package breaking

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/model"
)

// side is a coordinator in one of the states.
type side struct {
	*model.Operation
	before bool
}

// parts are what a coordinator does itself, in order, and the scopes that are
// made or purged within it.
type parts struct {
	calls  []*model.Call
	nested []*model.Nested
}

func gather(c *model.Operation) parts {
	return parts{calls: model.OwnCalls(c.Body), nested: model.OwnNested(c.Body)}
}

// pair is a call in both states.
type pair struct{ old, now *model.Call }

// match pairs the calls of two states: first those that are the same in all,
// then those of one query in the same loops and under the same conditions, then
// those of one query, and last those that play a role of which there is one.
func match(old, now []*model.Call) (pairs []pair, gone, fresh []*model.Call) {
	gone, fresh = slices.Clone(old), slices.Clone(now)
	for _, key := range []func(*model.Call) string{
		func(c *model.Call) string { return identity(c) + context(c) + arguments(c) },
		func(c *model.Call) string { return identity(c) + context(c) },
		func(c *model.Call) string { return identity(c) + arguments(c) },
		identity,
		soleRole,
	} {
		fresh = slices.DeleteFunc(fresh, func(n *model.Call) bool {
			i := slices.IndexFunc(gone, func(o *model.Call) bool { return key(o) != "" && key(o) == key(n) })
			if i < 0 {
				return false
			}
			pairs = append(pairs, pair{gone[i], n})
			gone = slices.Delete(gone, i, i+1)
			return true
		})
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return slices.Index(now, a.now) - slices.Index(now, b.now) })
	return pairs, gone, fresh
}

// identity is the query of a call, and what the call is to its coordinator.
func identity(c *model.Call) string {
	text := string(rune('a'+int(c.Role))) + " " + queryName(c)
	if c.Child != nil {
		text += " of " + c.Child.Name
	}
	return text
}

// soleRole tells the calls of which a coordinator has one.
func soleRole(c *model.Call) string {
	switch c.Role {
	case model.ScopeRow, model.PurgeLock, model.PurgeRow:
		return string(rune('a' + int(c.Role)))
	case model.ChildList:
		return "children " + c.Child.Name
	default:
		return ""
	}
}

// context is the loops and conditions around a call.
func context(c *model.Call) string { return "\n" + repeats(c) + "\n" + guards(c) }

func repeats(c *model.Call) string { return strings.Join(loops(c.Loops), "\n for ") }

func guards(c *model.Call) string {
	list := conds(conditions(c))
	slices.Sort(list)
	return strings.Join(slices.Compact(list), "\n and ")
}

// conditions are those of the document around a call. That the lock of a purge finds
// its row is none of them: where it does not, there is nothing to remove.
func conditions(c *model.Call) []model.Cond {
	return slices.DeleteFunc(slices.Clone(c.Guards), func(g model.Cond) bool {
		t, ok := g.(*model.Truth)
		if !ok {
			return false
		}
		_, locked := t.Value.(*model.LockedValue)
		return locked
	})
}

// arguments are what is bound to the parameters.
func arguments(c *model.Call) string {
	list := make([]string, len(c.Args))
	for i, a := range c.Args {
		list[i] = a.Name + "=" + canon(a.Value)
	}
	slices.Sort(list)
	return "\n" + strings.Join(list, "\n")
}
