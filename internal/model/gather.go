package model

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
)

// A query with array parameters inside a loop is called once, with the values
// of all turns gathered into lists, and not once a turn. It is taken out of every
// loop whose element feeds none of its other parameters. Outside of loops it is
// given lists of one.

// elemOf is the shape of one element of a list parameter.
func elemOf(a *Arg) Shape {
	elem := *a.Shape.Elem
	return elem.withSQL(a.Shape.SQL, a.Shape.Nullable)
}

// gather finishes the binding of a call that has gathered parameters: it finds
// the loops that are gathered over, and refuses what would need a row for each turn.
func (r *resolver) gather(c *Call) {
	if c.Bulk() {
		r.gatherBulk(c)
		return
	}
	if !c.Gathers() {
		return
	}
	c.owner = r.ownerOf(c)
	keep := 0 // the loops that the other parameters depend on stay around the call
	for i, l := range c.Loops {
		for _, a := range c.Args {
			if !a.Gathered && a.Value != nil && dependsOn(a.Value, l) {
				keep = i + 1
			}
		}
	}
	c.Over = c.Loops[keep:]
	// Outside of loops a list has one element, also where there are many scopes.
	if len(c.Over) == 0 && len(c.Loops) > 0 && !c.Loops[len(c.Loops)-1].Items {
		r.fail(c.Pos, "SG409", "write a query that takes one element, or bind the list by a value that does not change with the loop",
			"%s takes a list, and every loop around it gives its other parameters as well", c.Query.Name)
		return
	}
	for _, a := range c.Args {
		if a.Shape.Kind == List && !a.Gathered && !a.one {
			r.fail(c.Pos, "SG409", "bind all of them to values of the loop, or all to whole lists",
				"parameter %q of %s takes a whole list, and another one a value for each turn", a.Name, c.Query.Name)
		}
	}
	switch {
	case c.Query.Cmd == "one":
		r.fail(c.Pos, "SG409", "make it :many, or :exec", "%s is :one, and is called once with the values of all turns", c.Query.Name)
	case c.Expect != nil && slices.ContainsFunc(c.Over, func(l *Loop) bool { return !l.Items }):
		r.fail(c.Expect.Pos, "SG409", "leave `expect` out, or write a query that takes one element",
			"%s is called once for all turns: the number of its rows is not that of one turn", c.Query.Name)
	}
}

// Gathers reports whether a call takes lists of what its turns give.
func (c *Call) Gathers() bool {
	return slices.ContainsFunc(c.Args, func(a *Arg) bool { return a.Gathered })
}

// Together reports whether the rows of the call come back together: those of one
// turn cannot be told from them.
func (c *Call) Together() bool { return c.Gathers() || c.Bulk() }

// Repeats reports whether the call is sent several times for one scope: a loop of the
// document is around it, which it is not gathered over.
func (c *Call) Repeats() bool { return len(InnerLoops(c.Loops[:len(c.Loops)-len(c.Over)])) > 0 }

// InnerLoops leaves the loop over the items out, which is around everything.
func InnerLoops(loops []*Loop) []*Loop {
	if len(loops) > 0 && loops[0].Items {
		return loops[1:]
	}
	return loops
}

// Owner is the column that tells of which turn a row of a gathered call is; nil
// when none does.
func (c *Call) Owner() *ColumnValue { return c.owner }

// ownerOf finds a column that holds an id that each turn draws.
func (r *resolver) ownerOf(c *Call) *ColumnValue {
	for i := range c.Query.Columns {
		v := r.column(c, i)
		if v.Known == nil || v.Of.Go != elemOf(v.Known).Go || !comparable(v.Of) {
			continue
		}
		if drawn, ok := v.Known.Value.(*NewUUID); ok && len(drawn.Loops) == len(c.Loops) {
			return v
		}
	}
	return nil
}

// failGathered refuses a use of a turn's row: the rows of a gathered call come
// back together, in any order.
func (r *resolver) failGathered(c *Call, e *spec.Ref) {
	r.fail(e.Pos, "SG409", "give the column a value of the client, such as $new.uuid, or write a query that takes one element",
		"%s is called once for all turns: which of its rows is that of a turn is known only by columns that the turn itself gives", c.Query.Name)
}

// bound resolves what `with` binds a parameter to. Inside a loop, a list
// parameter takes a whole list, or a value of each turn.
func (r *resolver) bound(c *Call, a *Arg, e spec.Expr, en *env) Value {
	what := r.place(c, a)
	_, whole := e.(*spec.List)
	if !c.mayGather(a) || whole {
		before := r.problems.Len()
		v := r.valueFor(e, en, a.Shape, what)
		if v != nil && r.problems.Len() == before {
			r.refuseNull(c, a, v, e)
		}
		return v
	}
	if r.standsForLiteral(e, en) {
		a.Gathered = true
		return r.valueFor(e, en, elemOf(a), what)
	}
	v := r.present(r.value(e, en), en)
	if v == nil {
		return nil
	}
	r.fitArg(c, a, v, e, what)
	return v
}

// fitArg checks a value against a parameter, or against its elements when they
// are gathered.
func (r *resolver) fitArg(c *Call, a *Arg, v Value, at spec.Expr, what string) {
	to := a.Shape
	if c.mayGather(a) && !isWholeList(v) {
		a.Gathered = true
		to = elemOf(a)
	}
	before := r.problems.Len()
	if r.fit(v, to, at, what); r.problems.Len() == before {
		r.refuseNull(c, a, v, at)
	}
}

// OneValue reports whether the parameter's Go slice is one value of its column, such
// as that of a text[] or a jsonb.
func (a *Arg) OneValue() bool { return a.one }

// mayGather reports whether a list parameter may take a value of each turn, or
// of the one turn that there is outside of loops. What a scope has one of, such as
// its row, takes whole lists.
func (c *Call) mayGather(a *Arg) bool {
	if a.Shape.Kind != List || a.one || c.Bulk() {
		return false
	}
	return len(InnerLoops(c.Loops)) > 0 || (c.Role == PlainStep || c.Role == PurgeStep) && c.Query.Cmd != "one"
}

// isWholeList reports whether a value is a list. A field of data has no shape
// before its first use; its own values tell.
func isWholeList(v Value) bool {
	if f, ok := v.(*FieldValue); ok && f.Data != nil && !f.Data.typed {
		return slices.ContainsFunc(f.Data.exprs, func(e spec.Expr) bool { _, list := e.(*spec.List); return list })
	}
	return v.Shape().Kind == List
}

// standsForLiteral reports whether an expression is a constant, or a parameter
// of a block that was given one.
func (r *resolver) standsForLiteral(e spec.Expr, en *env) bool {
	if ref, ok := e.(*spec.Ref); ok && len(ref.Path) == 0 {
		s := en.lookup(ref.Root)
		return s != nil && s.expr != nil && holdsLiteral(s.expr)
	}
	return holdsLiteral(e)
}

// checkGatherOrder refuses a step in a loop that would be sent in front of an
// earlier one of the same loop that it must not overtake: a gathered call is sent
// behind the loop.
func (r *resolver) checkGatherOrder(l *Loop) {
	calls := slices.DeleteFunc(Calls(l.Body), (*Call).Bulk) // those have a flush of their own, in order
	for i, d := range calls {
		if slices.Contains(d.Over, l) || d.Gathers() && len(d.Over) == 0 {
			continue // sent behind the loop too; or reported
		}
		at := slices.IndexFunc(calls[:i], func(g *Call) bool {
			over := InnerLoops(g.Over)
			return len(over) > 0 && over[0] == l && r.project.Tables.KeepOrder(g, d)
		})
		if at < 0 {
			continue
		}
		r.problems.Add(diag.Problem{Pos: d.Pos, Code: "SG410",
			Message: fmt.Sprintf("%s would be sent before %s, which is called once behind the loop", d.Step, calls[at].Step),
			Fix:     "put this step in a loop of its own behind that one, or give both queries lists",
			Related: []diag.Related{{Pos: calls[at].Pos, Message: "its values are gathered here"}}})
	}
}

// keepOrder has a gathered call be called once for each turn of a loop, of which these
// are the calls, when a later one must not overtake it: that one is sent within the loop,
// and the gathered one behind it. It begins with the last call: one that is called for
// each turn from now on must not overtake those in front of it.
func keepOrder(calls []*Call, l *Loop, tables Tables) {
	for i, g := range slices.Backward(calls) {
		overtakes := func(d *Call) bool { return !slices.Contains(d.Over, l) && tables.KeepOrder(g, d) }
		if !g.Bulk() && slices.ContainsFunc(calls[i+1:], overtakes) {
			g.gatherWithin(l)
		}
	}
}

// gatherWithin has a call be called for each turn of a loop, and gather within it.
func (c *Call) gatherWithin(l *Loop) {
	if i := slices.Index(c.Over, l); i >= 0 {
		c.Over = c.Over[i+1:]
	}
}
