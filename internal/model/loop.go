package model

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
)

func (r *resolver) forStep(s *spec.ForStep, en *env) {
	at, ok := r.guarded(s.When, en)
	if !ok {
		return
	}
	if in := s.Each.In; in.Root == "scope" && len(in.Path) == 1 && in.Path[0] == "parents" {
		r.eachParent(s, at)
		return
	}
	l := r.loop(s.Each, at, s.Pos)
	if l != nil && s.By != nil && !r.group(l, s) {
		l = nil
	}
	if l == nil { // reported; the steps inside are looked at all the same
		l = &Loop{Var: s.Each.Var.Value, Over: &ScopeID{}, Outer: at.loops, broken: true, Pos: s.Pos}
	}
	inner := r.enter(l, s.Each.Var, at)
	where := slices.Clone(s.Where)
	slices.SortFunc(where, func(a, b *spec.Filter) int { return strings.Compare(a.Field.Value, b.Field.Value) })
	for _, f := range where {
		if x := r.filter(f, l, inner); x != nil {
			l.Filters = append(l.Filters, x)
		}
	}
	at.add(l)
	r.steps(s.Do, inner)
	r.checkGatherOrder(l)
	r.readOnce(l, at)
}

// readOnce takes what each turn of a loop would read alike out of the loop. What
// stands behind a lock stays there: it sees what was committed while that waited.
// So does what may fail by the number of its rows: the loop may have no turn.
func (r *resolver) readOnce(l *Loop, at *env) {
	calls := Calls(l.Body)
	var inside, outside []Node
	locked := false
	for _, n := range l.Body {
		if c, ok := n.(*Call); ok && !locked && c.Expect == nil && readsSame(c, l, calls, r.project.Tables) {
			c.Loops = l.Outer
			outside = append(outside, c)
			continue
		}
		locked = locked || slices.ContainsFunc(Calls([]Node{n}), (*Call).LocksRows)
		inside = append(inside, n)
	}
	l.Body = inside
	*at.body = slices.Insert(*at.body, len(*at.body)-1, outside...)
}

// enter opens the body of a loop.
func (r *resolver) enter(l *Loop, name spec.Text, en *env) *env {
	inner := en.under(&l.Body)
	inner.loops = append(en.loops[:len(en.loops):len(en.loops)], l)
	r.declare(inner, name, &symbol{value: &ElemValue{Loop: l}})
	return inner
}

// loop resolves `for: name in $list`.
func (r *resolver) loop(each *spec.Each, en *env, pos diag.Pos) *Loop {
	v := r.value(each.In, en)
	if v == nil {
		return nil
	}
	l := &Loop{Var: each.Var.Value, Over: v, Outer: en.loops, Pos: pos}
	switch x := v.(type) {
	case *RowsValue:
		l.rows = x.Call
	case *ListValue:
		l.rows = x.List.Calls[0]
	case *DataValue:
		l.Data = x.Set.Struct
	case *ElemValue:
		l.rows = x.Loop.rows
	case *FieldValue:
		if x.Data != nil {
			l.Data = x.Data.Nested
		}
	default: // its elements are no rows
	}
	s := v.Shape()
	if s.unknown() {
		return nil // what it is was reported
	}
	if s.Kind != List || s.Elem == nil {
		r.fail(each.In.Pos, "SG303", "loop over the rows of a :many query, a list made by `into`, data, or an input such as \"[]uuid\"", "%s is %s, not a list", v, s.describe())
		return nil
	}
	l.Elem = *s.Elem
	if group := groupOf(v); group != nil && !r.passOver(l, group) {
		return nil
	}
	return l
}

// filter resolves one entry of `where`.
func (r *resolver) filter(f *spec.Filter, l *Loop, en *env) *Filter {
	field := r.members(&ElemValue{Loop: l}, []string{f.Field.Value}, &spec.Ref{Root: l.Var, Path: []string{f.Field.Value}, Pos: f.Field.Pos})
	if field == nil {
		return nil
	}
	out := &Filter{Field: field, Not: f.Not}
	if f.List != nil {
		out.List = r.value(f.List, en)
		if out.List == nil {
			return nil
		}
		s := out.List.Shape()
		if s.Kind != List || s.Elem == nil {
			r.fail(f.List.Pos, "SG303", "write a list, such as [a, b], or a reference to one", "%s is %s, not a list", out.List, s.describe())
			return nil
		}
		r.typeData(field, *s.Elem)
		if field.Shape().Go != s.Elem.Go || !comparable(*s.Elem) {
			r.fail(f.List.Pos, "SG301", "", "%s is %s, and the list holds %s", field, field.Shape().describe(), s.Elem.describe())
			return nil
		}
		return out
	}
	for _, e := range f.Any {
		v := r.filterValue(field, e, en)
		if v == nil {
			return nil
		}
		out.Any = append(out.Any, v)
	}
	return out
}

// filterValue resolves a value that a field is compared with. A field of data
// takes its shape from the other side when that is not a literal.
func (r *resolver) filterValue(field Value, e spec.Expr, en *env) Value {
	if f, ok := field.(*FieldValue); ok && f.Data != nil && !f.Data.typed {
		if holdsLiteral(e) {
			r.typeField(f.Data, ownShape(f.Data.exprs))
		} else if v := r.value(e, en); v != nil {
			r.typeField(f.Data, v.Shape())
		}
	}
	if !comparable(field.Shape()) {
		r.fail(e.Position(), "SG301", "filter by a text, uuid, integer, boolean or enum; or filter in the query", "%s is %s, which cannot be compared", field, field.Shape().describe())
		return nil
	}
	return r.valueFor(e, en, field.Shape(), field.String())
}

func (r *resolver) typeData(v Value, to Shape) {
	if f, ok := v.(*FieldValue); ok && f.Data != nil {
		r.typeField(f.Data, to)
	}
}

// eachParent expands a loop over the parents: their number and types are known,
// so each has steps of its own; a parent that is itself a list is looped over again.
func (r *resolver) eachParent(s *spec.ForStep, en *env) {
	if len(s.By) > 0 {
		r.fail(s.By[0].Pos, "SG303", "leave `by` out", "$scope.parents is no list of a :many query's rows, which `by` makes groups of")
		return
	}
	if len(s.Where) > 0 {
		r.fail(s.Pos, "SG303", "use `when: {equal: [$parent.type, …]}` on the steps inside", "a loop over parents takes no `where`")
		return
	}
	if en.frame.purge {
		r.fail(s.Pos, "SG303", "delete by $scope.id, in both directions", "a purge does not know the parents")
		return
	}
	en.frame.scope.OverParents = s.Pos
	r.declare(en.child(), s.Each.Var, &symbol{}) // told once, though each parent gets the name
	many := len(en.frame.parents) > 1
	for _, p := range en.frame.parents {
		at := en
		for _, c := range p.conds {
			at = at.guard(c)
		}
		if p.loop != nil {
			l := &Loop{Var: p.loop.Var, Continues: p.loop, Outer: at.loops, Pos: s.Pos}
			at.add(l)
			next := at.under(&l.Body)
			next.loops = append(at.loops[:len(at.loops):len(at.loops)], p.loop)
			at = next
		} else {
			at = at.child()
		}
		if many {
			at.prefix = en.prefix + p.name + "."
		}
		at.names[s.Each.Var.Value] = &symbol{parent: p, guards: at.guards, pos: s.Each.Var.Pos}
		r.steps(s.Do, at)
		if p.loop != nil {
			keepOrder(Calls(*at.body), p.loop, r.project.Tables)
		}
	}
}
