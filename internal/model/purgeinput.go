package model

import (
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/spec"
)

// resolvePurgeInputs finds the fields of a purger beside the id: the parameters of
// its lock that no rule binds, such as the tenant of a composite key. Without a
// lock they are those of its row. This is for purges what the parameters of `row`
// are for creators ([resolver.resolveInputs]).
func (r *resolver) resolvePurgeInputs(s *Scope) {
	if s.doc.Purge == nil {
		return
	}
	s.Purge = s.operation(Purge, s.doc.Purge.Pos)
	q := s.doc.Purge.Lock
	if q == nil {
		q = s.doc.Purge.Row
	}
	if q == nil {
		return
	}
	defer r.noteBroken(s, r.problems.Len())
	s.purgePartial = len(r.api.Lookup(q.Name.Value)) != 1
	fields := goNames{}
	args := r.rowArgs(q)
	for _, a := range args {
		if len(args) == 1 || r.boundInPurge(s, q, a) || goname.Exported(a.Name) == "ID" {
			continue // an id that is not the scope's needs `with`
		}
		in := &Input{Name: a.Name, Shape: a.Shape, Pos: q.Name.Pos}
		if a.column != nil {
			in.Doc = a.column.Comment
		}
		if !fields.clash(r, "fields of the purge", in.Name, goname.Exported(in.Name), in.Pos) {
			s.Purge.Inputs = append(s.Purge.Inputs, in)
		}
	}
}

// boundInPurge reports whether `with` or a rule binds a parameter of a purge's
// lock. A parameter that `with` binds to the input of its own name is that input.
func (r *resolver) boundInPurge(s *Scope, q *spec.Query, a *Arg) bool {
	for _, w := range q.With {
		if hasBinding([]*spec.Binding{w}, a) {
			ref, ok := w.Value.(*spec.Ref)
			return !ok || ref.Root != "input" || len(ref.Path) != 1 || !sameInput(ref.Path[0], a.Name)
		}
	}
	name := ruleName(a)
	return name == "scope_type" || name == "scope_id" || s.isOwnID(a)
}

func inputValues(inputs []*Input) map[string]Value {
	values := map[string]Value{}
	for _, in := range inputs {
		values[in.Name] = &InputValue{Input: in}
	}
	return values
}

// unknownInPurge reports whether a parameter of a purge's lock or row may be an
// input, or the id, that what was reported hides.
func (s *Scope) unknownInPurge(c *Call) bool {
	return (c.Role == PurgeLock || c.Role == PurgeRow) && (s.purgePartial || s.Create.Row == nil || s.Create.ID == nil)
}

// isOwnID reports whether a parameter is compared with the very column that
// holds the scope's id.
func (s *Scope) isOwnID(a *Arg) bool {
	if a.written || s.Create == nil || s.Create.Row == nil {
		return false
	}
	id, ok := s.Create.ID.(*ColumnValue)
	if !ok || id.Call != s.Create.Row || id.Index >= len(id.Call.Facts.Returns) {
		return false
	}
	ret := id.Call.Facts.Returns[id.Index]
	return a.column != nil && ret.Table != "" && a.table == ret.Table && a.column.Name == ret.Column
}

// listedID is the id of a child in what a cascade's list returns: the only column,
// or that of the id's name; nil for none.
func (r *resolver) listedID(child *Scope, l *Loop) Value {
	if l.Elem.Kind != Row {
		return &ElemValue{Loop: l}
	}
	name := "id"
	if id, ok := child.Create.ID.(*ColumnValue); ok {
		name = columnName(id.Call, id.Index)
	}
	return r.elementField(l, name)
}

// childInputs gives a child's purge what it needs beside the id: a column of that
// name which the list returns, else what this purge was given under that name.
func (r *resolver) childInputs(child *Scope, d *spec.Child, l *Loop, en *env) (values map[string]Value, ok bool) {
	values, ok = map[string]Value{}, true
	for _, in := range child.Purge.Inputs {
		v := r.elementField(l, in.Name)
		if v == nil {
			v = en.frame.inputs[inputNamed(en.frame.inputs, in.Name)]
		}
		if v == nil {
			if ok = false; en.frame.scope.purgePartial {
				continue // it may be one of the inputs that are not known
			}
			r.fail(d.List.Name.Pos, "SG401", "have the list return it beside the id: SELECT id, "+in.Name+" …",
				"nothing gives the purge of %q its %q", child.Name, in.Name)
			continue
		}
		if fits, why := Convertible(v.Shape(), in.Shape); !fits {
			ok = false
			if why != "" {
				why = ": " + why
			}
			r.fail(d.List.Name.Pos, "SG301", "", "%s is %s, and the purge of %q takes %s%s", v, v.Shape().describe(), child.Name, in.Shape.describe(), why)
			continue
		}
		values[in.Name] = v
	}
	return values, ok
}
