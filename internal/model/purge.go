package model

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/spec"
)

// resolvePurge resolves the purger of a scope, if it has one.
func (r *resolver) resolvePurge(s *Scope) {
	d := s.doc.Purge
	if d == nil {
		return
	}
	defer r.noteBroken(s, r.problems.Len())
	c := s.Purge
	f, en := r.open(s, c)
	c.ID = &ScopeID{Of: s.ID}
	f.purge, f.id, f.inputs = true, c.ID, inputValues(c.Inputs)
	c.Row = r.destruction(s, en)
	f.row, f.broken = c.Row, c.Row == nil
	c.AfterCommit = r.hooks(d.AfterCommit, en, false)
	c.Constraints = r.constraints(s)
	for _, h := range d.Before {
		r.fail(h.Pos, "SG219", "call the function before PurgeX", "a purge has no `before`")
	}
	for _, k := range d.Keep {
		t := r.catalog.Table(k.Value)
		if t == nil {
			r.failNear(k.Pos, "SG205", k.Value, r.tableNames(), "no table is named %q", k.Value)
			continue
		}
		c.Keep = append(c.Keep, &Kept{Table: t, Pos: k.Pos})
	}
}

// destruction resolves what purges a scope: lock, children, refusals, steps
// and row. It serves the scope's own coordinator and its parents' cascades.
func (r *resolver) destruction(s *Scope, en *env) *Call {
	d := s.doc.Purge
	sole := binding{sole: en.frame.id}
	start, since := len(*en.body), r.problems.Len()
	var lock *Call
	if d.Lock != nil {
		if c := r.queryCall(d.Lock, en, PurgeLock, "lock"); c != nil {
			lock = c
			r.bind(c, d.Lock, en, sole)
			if r.checkRole(c, d.Lock.Name, nil) {
				r.mustReturn(c, d.Lock.Name)
			}
			en.add(c)
		}
	}
	only := binding{sole: en.frame.id, only: true}
	for _, ref := range d.Refuse {
		if c := r.queryCall(ref.Query, en, Refusal, "refuse."+goname.Snake(ref.Query.Name.Value)); c != nil {
			c.Error = r.errorDef(ref.Error, "ErrInUse", "rows counted by "+c.Query.Name+" forbid the purge")
			r.bind(c, ref.Query, en, only)
			r.checkCount(c, ref.Query.Name)
			en.add(c)
		}
	}
	for _, child := range d.Children {
		r.child(child, en, only)
	}
	r.steps(d.Steps, en)
	if d.Row == nil {
		return nil
	}
	c := r.queryCall(d.Row, en, PurgeRow, "row")
	if c == nil {
		return nil
	}
	r.bind(c, d.Row, en, sole)
	if r.checkRole(c, d.Row.Name, s.Create.Row) {
		r.mustReturn(c, d.Row.Name)
	}
	c.Missing = r.errorDef(d.Missing, "ErrInUse", "the "+s.Name+" is there and cannot be purged")
	en.add(c)
	if r.problems.Len() == since && (lock != nil || d.Lock == nil) {
		r.outcome(s, en, lock, c, start)
	}
	return c
}

// outcome decides what the answers of a purge's lock and row mean. Where nothing
// may be done unless the lock finds the row, what follows it is under that condition:
// in a cascade from here on, in the scope's own purge once it is taken apart
// ([Operation.StepByStep]).
func (r *resolver) outcome(s *Scope, en *env, lock, row *Call, start int) {
	behind := start
	if lock != nil {
		behind++
	}
	calls := Calls((*en.body)[behind:])
	o := &purgeOutcome{r: r, scope: s, frame: en.frame, lock: lock, row: row, before: calls[:len(calls)-1], silent: len(InnerLoops(en.loops)) > 0}
	o.decide()
	if lock != nil && len(InnerLoops(en.loops)) > 0 {
		behindLock(en.body, start, lock, len(en.guards))
	}
}

// behindLock puts what follows a lock under the condition that it finds the row, if it
// decides that: the nodes of a body from start on, of which the lock is the first, at a
// depth of conditions. What only reads is sent with the lock.
func behindLock(body *[]Node, start int, lock *Call, depth int) {
	if lock.Decisive == "" {
		return
	}
	behind := start + 1
	for _, n := range (*body)[behind:] {
		c, ok := n.(*Call)
		if !ok || c.Role != Refusal && c.Role != ChildList {
			break
		}
		c.Only = lock
		behind++
	}
	cond := &Truth{Value: &LockedValue{Call: lock}}
	g := &Guard{Cond: cond, Body: slices.Clone((*body)[behind:])}
	*body = append((*body)[:behind:behind], g)
	under(g.Body, cond, depth)
}

// under puts what a body holds under a condition, at a depth of conditions: the
// functions that it calls, too.
func under(body []Node, cond Cond, depth int) {
	insert := func(list []Cond) []Cond { return slices.Insert(slices.Clone(list), depth, cond) }
	called := map[*GoCall]bool{}
	var functions func(values []Value)
	functions = func(values []Value) {
		for _, v := range values {
			if v == nil {
				continue
			}
			if g, ok := v.(*GoCall); ok && !called[g] {
				called[g] = true
				g.Guards = insert(g.Guards)
			}
			functions(v.origin().Parts)
		}
	}
	Walk(body, func(n Node) bool {
		switch n := n.(type) {
		case *Call:
			for _, a := range n.Args {
				functions([]Value{a.Value})
			}
			n.Guards = insert(n.Guards)
		case *Loop:
			functions([]Value{n.Over})
			for _, f := range n.Filters {
				functions(f.Values())
			}
		case *Guard:
			functions(ValuesOf(n.Cond))
		case *Nested:
			n.Guards = insert(n.Guards)
		}
		return true
	})
}

// mustReturn makes sure that a purge's lock or row says whether it found the scope.
func (r *resolver) mustReturn(c *Call, at spec.Text) {
	if !slices.Contains([]string{"one", "execrows", "execresult"}, c.Query.Cmd) {
		r.fail(at.Pos, "SG407", "make it :one with the row, or :execrows", "%s is :%s, which does not say whether the scope was there", c.Query.Name, c.Query.Cmd)
	}
}

// checkCount makes sure that a refusal's query counts: a :one of one integer
// or boolean, or rows.
func (r *resolver) checkCount(c *Call, at spec.Text) {
	if c.Query.Cmd == "many" {
		return
	}
	s := rowShape(c.Query)
	if c.Query.Cmd != "one" || s.Form != Plain || s.Kind != Int && s.Kind != Bool {
		r.fail(at.Pos, "SG407", "SELECT count(*) …, SELECT EXISTS (…), or the rows as :many", "%s does not count what forbids the purge", c.Query.Name)
	}
}

func (r *resolver) child(d *spec.Child, en *env, only binding) {
	child := r.scopes[d.Scope.Value]
	if child == nil {
		r.failNear(d.Scope.Pos, "SG206", d.Scope.Value, sortedKeys(r.scopes), "no scope is named %q", d.Scope.Value)
		return
	}
	if d.List == nil {
		return
	}
	c := r.queryCall(d.List, en, ChildList, "children."+child.Name)
	if c == nil {
		return
	}
	c.Child = child
	c.Error = r.errorDef(d.Error, "ErrHasChildren", "there are scopes of type "+child.Type+" below it")
	r.bind(c, d.List, en, only)
	en.add(c)
	if d.Found.Value == "refuse" {
		r.checkCount(c, d.List.Name)
		return
	}
	c.Cascade = true
	r.cascade(child, c, d, en)
}

// cascade purges each child by its own steps.
func (r *resolver) cascade(child *Scope, list *Call, d *spec.Child, en *env) {
	for f := en.frame; f != nil; f = f.outer {
		if f.scope == child {
			r.fail(d.Scope.Pos, "SG212", "purge the tree from the leaves, or refuse while there are children", "scope %q lies in itself: a cascade would have no end", child.Name)
			return
		}
	}
	if child.doc.Purge == nil {
		r.failMissing(d.Scope.Pos, "SG206", child.Name, "give it one, or refuse while there are children", "scope %q has no `purge` to cascade to", child.Name)
		return
	}
	if len(child.doc.Purge.AfterCommit) > 0 {
		r.fail(d.Scope.Pos, "SG218", "call the function in this scope's own `after_commit`", "the purge of %q has `after_commit`, and cannot be cascaded to", child.Name)
		return
	}
	l := &Loop{Var: child.Name, Over: &RowsValue{Call: list}, Elem: rowShape(list.Query), Outer: en.loops, rows: list, Pos: d.Pos}
	id := r.listedID(child, l)
	if list.Query.Cmd != "many" || id == nil {
		r.fail(d.List.Name.Pos, "SG303", "SELECT the id, FOR UPDATE, as :many", "%s must list the ids of the children", list.Query.Name)
		return
	}
	if child.ID.Go.IsZero() {
		l.Elem = Shape{} // what made it was reported
	} else if ok, _ := Convertible(id.Shape(), child.ID); !ok {
		r.fail(d.List.Name.Pos, "SG301", "SELECT the id that the scope is addressed by", "%s lists %s, and the id of %q is %s", list.Query.Name, id.Shape().describe(), child.Name, child.ID.describe())
		return
	}
	inputs, ok := r.childInputs(child, d, l, en)
	if !ok {
		return
	}
	en.add(l)
	n := &Nested{Name: child.Name, Scope: child, Purge: true, Many: true, Pos: d.Pos}
	loops := append(en.loops[:len(en.loops):len(en.loops)], l)
	n.Loops, n.Guards = loops, en.guards
	f := &frame{scope: child, purge: true, id: id, inputs: inputs, lists: &n.Lists, nested: &n.Nested, outer: en.frame, loops: loops}
	inner := &env{names: map[string]*symbol{}, frame: f, loops: loops, guards: en.guards, prefix: en.prefix + child.Name + ".", body: &n.Body}
	f.top = inner
	l.Body = []Node{n}
	n.Row = r.destruction(child, inner)
	r.eachChild(l)
	*en.frame.nested = append(*en.frame.nested, n)
}

// eachChild has what is gathered over the children of a cascade be called for each of
// them where that is needed: the steps are those of one scope, in order, and a count
// is that of one.
func (r *resolver) eachChild(l *Loop) {
	calls := Calls(l.Body)
	for _, c := range calls {
		if !c.Bulk() && c.Query.Cmd != "exec" {
			c.gatherWithin(l)
		}
	}
	keepOrder(calls, l, r.project.Tables)
}

func (r *resolver) tableNames() []string {
	var names []string
	for _, t := range r.catalog.Tables {
		names = append(names, t.QualifiedName())
	}
	return names
}
