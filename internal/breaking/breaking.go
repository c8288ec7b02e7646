// Package breaking compares two states of a specification, with all that they
// resolve to, and tells what has changed in meaning: for the callers of the
// generated package, and for the rows that its coordinators write and delete.
//
// Names that mean nothing outside of the specification (of steps, loops and
// blocks) and the order of independent steps may change freely.
package breaking

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/plan"
)

// Side is one of the two states: a document without errors.
type Side struct {
	Project *model.Project
	Plan    *plan.Package
}

// Change is one difference in meaning.
type Change struct {
	// Breaking: a caller may not compile, or gets other errors or results; or a
	// coordinator writes, keeps, deletes or guards other rows than before. Else it
	// is a note: what worked goes on working.
	Breaking bool
	Kind     string // stable, such as "step-removed"
	Where    string // such as "create project"; "" for the whole package
	Message  string // a clause, lower case, no full stop
	Pos      diag.Pos
	Before   bool // Pos is in the state before
}

// Compare lists the changes in a fixed order: those of the package, of the
// queries, of the data, and of each scope by name.
func Compare(before, after Side) []Change {
	c := &comparison{before: before, after: after}
	c.packages()
	c.errors()
	c.queries()
	c.data()
	old, now := scopesOf(before), scopesOf(after)
	for _, name := range bothKeys(old, now) {
		c.scope(name, old[name], now[name])
	}
	return c.changes
}

// comparison gathers the changes.
type comparison struct {
	before, after Side
	where         string
	changes       []Change
}

// breaking adds a change that breaks something, and note one that does not. A
// position of the state before is marked by was.
func (c *comparison) breaking(kind string, at place, format string, args ...any) {
	c.add(Change{Breaking: true, Kind: kind, Message: fmt.Sprintf(format, args...)}, at)
}

func (c *comparison) note(kind string, at place, format string, args ...any) {
	c.add(Change{Kind: kind, Message: fmt.Sprintf(format, args...)}, at)
}

func (c *comparison) add(change Change, at place) {
	change.Where, change.Pos, change.Before = c.where, at.pos, at.before
	if !slices.Contains(c.changes, change) {
		c.changes = append(c.changes, change)
	}
}

// place is a position in one of the states.
type place struct {
	pos    diag.Pos
	before bool
}

func was(pos diag.Pos) place { return place{pos, true} }
func is(pos diag.Pos) place  { return place{pos, false} }

// scope is a scope in one of the states.
type scope struct {
	model *model.Scope
	plan  *plan.Scope
}

func scopesOf(s Side) map[string]*scope {
	out := map[string]*scope{}
	for _, m := range s.Project.Scopes {
		out[m.Name] = &scope{model: m}
	}
	for _, p := range s.Plan.Scopes {
		out[p.Name].plan = p
	}
	return out
}

// scope compares one scope; either may be nil.
func (c *comparison) scope(name string, old, now *scope) {
	c.where = ""
	switch {
	case now == nil:
		c.breaking("scope-removed", was(old.model.Pos), "the scope %s is gone, and with it Create%s and all that belongs to it", name, old.plan.GoName)
		return
	case old == nil:
		c.note("scope-added", is(now.model.Pos), "there is a scope %s", name)
		return
	}
	if old.model.Type != now.model.Type {
		c.breaking("type-changed", is(now.model.Pos), "the stored type of the scope %s is %q, and was %q: rows that are there have the old one", name, now.model.Type, old.model.Type)
	}
	for _, kind := range kindsOf(old.model, now.model) {
		c.where = string(kind) + " " + name
		c.operation(old, now, kind)
	}
}

// kindsOf are the kinds of operations that one of two scopes has, in order.
func kindsOf(scopes ...*model.Scope) []plan.Kind {
	var out []plan.Kind
	for _, s := range scopes {
		for _, o := range s.Operations {
			if !slices.Contains(out, o.Kind) {
				out = append(out, o.Kind)
			}
		}
	}
	return out
}

// operation compares what can be done to a scope; either may lack it.
func (c *comparison) operation(old, now *scope, kind plan.Kind) {
	before, after := old.model.Operation(kind), now.model.Operation(kind)
	switch {
	case after == nil:
		c.breaking("operation-removed", was(before.Pos), "%s is gone", old.plan.Operation(kind).Method())
	case before == nil:
		c.note("operation-added", is(after.Pos), "there is %s", now.plan.Operation(kind).Method())
	default:
		c.caller(old, now, kind)
		c.coordinator(&side{before, true}, &side{after, false})
		c.hooks("before", before.Before, after.Before, after.Pos)
		c.trips(old.plan, now.plan, kind, after.Pos)
	}
}

// trips compares what a coordinator costs.
func (c *comparison) trips(old, now *plan.Scope, kind plan.Kind, at diag.Pos) {
	if before, after := old.Operation(kind).Plan.RoundTrips(), now.Operation(kind).Plan.RoundTrips(); after > before {
		c.note("round-trips", is(at), "takes %d round trips, and took %d", after, before)
	}
}

// bothKeys are the keys of two maps, sorted.
func bothKeys[V any](a, b map[string]V) []string {
	var keys []string
	for k := range a {
		keys = append(keys, k)
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}
