package model

import (
	"maps"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
)

// env is what a step can see: the names of the steps before it, the loops and
// conditions around it, and the scope that it works for.
type env struct {
	outer  *env
	names  map[string]*symbol
	frame  *frame
	loops  []*Loop
	guards []Cond
	prefix string   // of step names, such as "preset_roles."
	blocks []string // being expanded, for the detection of recursion
	body   *[]Node  // where nodes go
}

// frame is the scope that steps work for: the coordinator's own, or a nested one.
type frame struct {
	scope   *Scope
	purge   bool
	row     *Call
	id      Value
	parents []*parent
	inputs  map[string]Value
	lists   *[]*Collected
	nested  *[]*Nested
	outer   *frame
	loops   []*Loop            // around the scope
	broken  bool               // the row was reported: nothing can be said of what refers to it
	top     *env               // the scope's outermost names
	into    map[string]*symbol // the lists that steps made so far
	// lacksBlock reports a use of a block that is not there: any name may be one
	// that it would declare. unknown are the names that were reported.
	lacksBlock bool
	unknown    map[string]bool
}

// collects makes a list visible to every later step of the scope. A symbol
// without a value stands for a step that was reported.
func (f *frame) collects(name string, s *symbol) {
	if name == "" || f.into[name] != nil {
		return
	}
	if f.into == nil {
		f.into = map[string]*symbol{}
	}
	f.into[name] = s
}

// parent is one parent scope as steps see it.
type parent struct {
	typ   string
	name  string
	id    Value
	conds []Cond
	loop  *Loop // nil for exactly one
	lock  *Call // nil for none
}

// symbol is a name that a reference may start with. A block's parameter is an
// expression in the caller's env; everything else is a value.
type symbol struct {
	value  Value
	expr   spec.Expr // with in: a block's parameter, not yet resolved
	in     *env
	parent *parent
	nested *Nested
	names  map[string]*symbol // of a block used under a name
	count  *Call              // whose count alone comes back: the name is for the result
	guards []Cond
	pos    diag.Pos
	// refused is a name that was taken, which was reported: a block does not give it on.
	refused bool
}

// child opens an inner scope of names.
func (en *env) child() *env {
	c := *en
	c.outer, c.names = en, map[string]*symbol{}
	return &c
}

// under opens an inner scope inside a loop or a condition.
func (en *env) under(body *[]Node) *env {
	c := en.child()
	c.body = body
	return c
}

// guard opens the body of a condition. What never holds is checked like
// everything else, and left out.
func (en *env) guard(c Cond) *env {
	k, constant := c.(*Constantly)
	if constant && k.Holds {
		return en
	}
	g := &Guard{Cond: c}
	if !constant {
		en.add(g)
	}
	inner := en.under(&g.Body)
	inner.guards = append(en.guards[:len(en.guards):len(en.guards)], c)
	return inner
}

func (en *env) add(n Node) { *en.body = append(*en.body, n) }

// lookup finds a name, innermost first.
func (en *env) lookup(name string) *symbol {
	for e := en; e != nil; e = e.outer {
		if s := e.names[name]; s != nil {
			return s
		}
	}
	return en.frame.into[name]
}

// mayBindUnknown reports whether what a rule would bind a parameter to was
// reported: an element of a loop, or the row of a step.
func (en *env) mayBindUnknown(param string) bool {
	if slices.ContainsFunc(en.loops, func(l *Loop) bool { return l.Data == nil && !l.Items && l.Elem.unknown() }) {
		return true
	}
	step, ok := strings.CutSuffix(param, "_id")
	s := en.lookup(step)
	return ok && s != nil && s.value == nil && s.expr == nil && s.parent == nil && s.nested == nil && s.names == nil && s.count == nil
}

// inReach lists every name that a reference may start with here.
func (en *env) inReach() []string {
	known := map[string]bool{"scope": true, "new.uuid": true, "now": true}
	if en.frame == nil || !en.frame.purge || len(en.frame.inputs) > 0 {
		known["input"] = true
	}
	if en.frame != nil && en.frame.row != nil {
		known["row"] = true
	}
	for e := en; e != nil; e = e.outer {
		for name := range e.names {
			known[name] = true
		}
	}
	if en.frame != nil {
		for name := range en.frame.into {
			known[name] = true
		}
	}
	return slices.Sorted(maps.Keys(known))
}

// declare makes a name visible to the steps after it, under the conditions
// around them.
func (r *resolver) declare(en *env, name spec.Text, s *symbol) { r.declareIn(en, en.guards, name, s) }

func (r *resolver) declareIn(en *env, guards []Cond, name spec.Text, s *symbol) {
	if name.Value == "" {
		return
	}
	if old := en.lookup(name.Value); old != nil {
		r.taken(name, old)
		if en.names[name.Value] != nil {
			return
		}
		// What refers to it further in means this one: no mistake of its own.
		s.refused = true
	}
	s.pos, s.guards = name.Pos, guards
	en.names[name.Value] = s
}

// taken reports a name that is in reach already.
func (r *resolver) taken(name spec.Text, old *symbol) {
	r.problems.Add(diag.Problem{Pos: name.Pos, Code: "SG210", Message: "the name \"" + name.Value + "\" is taken",
		Fix: "use another name; steps of a block that is used twice are told apart by the block's own `as`", Related: []diag.Related{{Pos: old.pos, Message: "the first use"}}})
}
