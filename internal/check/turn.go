package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// turns looks at the rows that the turns of a loop go over, and at what they do
// with them.
func (c *checker) turns(s *model.Scope) {
	for _, l := range loops(s.Create.Body) {
		c.notOfTurn(s, l)
		c.unusedElement(s, l)
	}
	c.twice(s)
}

// loops lists the loops of a body, without those of nested scopes.
func loops(body []model.Node) []*model.Loop {
	var out []*model.Loop
	for _, n := range body {
		switch n := n.(type) {
		case *model.Loop:
			out = append(append(out, n), loops(n.Body)...)
		case *model.Guard:
			out = append(out, loops(n.Body)...)
		}
	}
	return out
}

// twice refuses rows that take one key a second time for certain: those of two
// steps that insert the same.
func (c *checker) twice(s *model.Scope) {
	calls := own(s.Create.Body)
	for i, call := range calls {
		t := c.catalog.Table(call.Facts.Target)
		if t == nil || t.Active || call.Facts.Kind != schema.Insert || call.Facts.OnConflict != "" || len(call.Guards) > 0 {
			continue
		}
		for _, k := range uniqueKeys(t) {
			if k.Partial || len(k.Columns) == 0 {
				continue
			}
			p := diag.Problem{Pos: call.Pos, Code: codeRepeated, Related: []diag.Related{declared(call), {Pos: k.Pos, Message: "the key " + k.Name}}}
			j := slices.IndexFunc(calls[:i], func(before *model.Call) bool {
				return before.Facts.Target == call.Facts.Target && before.Facts.Kind == schema.Insert && len(before.Guards) == 0 && slices.Equal(before.Loops, call.Loops) &&
					!slices.ContainsFunc(k.Columns, func(name string) bool { return !sameGiven(before, call, name) })
			})
			if j >= 0 {
				p.Message = fmt.Sprintf("%s inserts %s again that %s inserted before, and %s is unique: it fails", call.Query.Name, list(k.Columns, "and"), calls[j].Query.Name, k.Name)
				p.Fix = "remove one of the steps, or give one of the columns another value"
				p.Related = append(p.Related, diag.Related{Pos: calls[j].Pos, Message: "the step before"})
				c.report(s, p)
				break
			}
		}
	}
}

// sameGiven reports whether two calls certainly give a column the same value.
func sameGiven(x, y *model.Call, name string) bool {
	a, b := given(x, name), given(y, name)
	if a == nil || b == nil {
		return false
	}
	if l, ok := plain(a.Value).(*model.Literal); ok && l.Null {
		return false
	}
	_, isCall := plain(a.Value).(*model.GoCall)
	return !isCall && model.Same(plain(a.Value), plain(b.Value))
}

// notOfTurn warns of a loop in a loop whose rows are not those of the turn: they
// refer to the elements of the outer loop by a foreign key, as the entries of
// presets do inside a loop over the presets, and nothing in the loop looks at
// that column; or they are those of elements that the outer loop leaves out.
func (c *checker) notOfTurn(s *model.Scope, inner *model.Loop) {
	rows, ok := inner.Over.(*model.RowsValue)
	if !ok {
		return
	}
	for _, outer := range inner.Outer {
		parents, ok := outer.Over.(*model.RowsValue)
		if !ok || slices.Contains(rows.Call.Loops, outer) || parents.Call == rows.Call {
			continue
		}
		name, k := c.tie(rows.Call, parents.Call)
		if k == nil {
			continue
		}
		p := diag.Problem{Pos: inner.Pos, Severity: diag.Warning, Code: codeNotOfTurn,
			Related: []diag.Related{declared(rows.Call), declared(parents.Call), {Pos: k.Pos, Message: "the foreign key " + k.Name}}}
		if flag := contradiction(rows.Call, parents.Call, k.RefTable); flag != "" {
			p.Message = fmt.Sprintf("no row of the loop over $%s belongs to any $%s: of %s.%s, %s asks the opposite of %s", inner.Var, outer.Var, k.RefTable, flag, rows.Call.Query.Name, parents.Call.Query.Name)
			p.Fix = "have both queries ask the same, and run sqlc generate"
			c.report(s, p)
			return
		}
		if rows.Call.Facts.Limited {
			p.Message = fmt.Sprintf("%s has a LIMIT, and reads the rows of all $%s at once: the last of them miss some", rows.Call.Query.Name, outer.Var)
			p.Fix = "read all of them, without LIMIT, and run sqlc generate"
			c.report(s, p)
			return
		}
		if !looksAt(inner, name) {
			p.Message = fmt.Sprintf("each turn of the loop over $%s takes the rows that belong to every $%s, not to its own: nothing looks at %s of $%s", outer.Var, outer.Var, name, inner.Var)
			p.Fix = fmt.Sprintf("where: {%s: $%s.%s}", name, outer.Var, k.RefColumns[0])
			c.report(s, p)
			return
		}
	}
}

// tie is the column of a query's answer that refers to the rows of another
// query's, and the foreign key that says so; nil for none.
func (c *checker) tie(rows, parents *model.Call) (string, *schema.ForeignKey) {
	for _, ret := range rows.Facts.Returns {
		t := c.catalog.Table(ret.Table)
		if t == nil {
			continue
		}
		if k := foreignKey(t, ret.Column); k != nil && k.RefTable != ret.Table && len(k.RefColumns) == 1 && returns(parents, k.RefTable, k.RefColumns[0]) {
			return ret.Name, k
		}
	}
	return "", nil
}

// contradiction is a boolean column of a table of which two queries require the
// opposite, "" for none.
func contradiction(a, b *model.Call, table string) string {
	for _, x := range a.Facts.Flags {
		for _, y := range b.Facts.Flags {
			if x.Table == table && y.Table == table && x.Column == y.Column && x.Not != y.Not {
				return x.Column
			}
		}
	}
	return ""
}

// unusedElement warns of a loop whose turns do not look at their element: all do
// the same.
func (c *checker) unusedElement(s *model.Scope, l *model.Loop) {
	if l.Continues != nil || l.Items || looksAt(l, "") {
		return
	}
	c.report(s, diag.Problem{Pos: l.Pos, Severity: diag.Warning, Code: codeUnused,
		Message: fmt.Sprintf("no step of the loop uses $%s: each turn does the same", l.Var), Fix: "use it as $" + l.Var + ", or take the steps out of the loop"})
}

// returns reports whether a column is in a call's answer.
func returns(call *model.Call, table, name string) bool {
	return slices.ContainsFunc(call.Facts.Returns, func(r schema.Result) bool { return r.Table == table && r.Column == name })
}

// looksAt reports whether a loop may look at a field of its elements, "" for any:
// in a filter, a condition, or an argument. Whoever takes a whole element may look
// at all.
func looksAt(l *model.Loop, field string) bool {
	return filtersLookAt(l.Filters, l, field) || bodyLooksAt(l.Body, l, field)
}

// filtersLookAt reports whether filters compare a field of a loop's elements.
func filtersLookAt(filters []*model.Filter, l *model.Loop, field string) bool {
	return slices.ContainsFunc(filters, func(f *model.Filter) bool {
		return reads(f.Field, l, field) || slices.ContainsFunc(f.Any, func(v model.Value) bool { return reads(v, l, field) })
	})
}

func bodyLooksAt(body []model.Node, l *model.Loop, field string) bool {
	return slices.ContainsFunc(body, func(n model.Node) bool {
		switch n := n.(type) {
		case *model.Call:
			return slices.ContainsFunc(n.Args, func(a *model.Arg) bool { return reads(a.Value, l, field) })
		case *model.Loop:
			return reads(n.Over, l, field) || filtersLookAt(n.Filters, l, field) || bodyLooksAt(n.Body, l, field)
		default: // a condition, or another scope
			return true
		}
	})
}

// reads reports whether a value is made of a field of a loop's element, or of the
// whole of it.
func reads(v model.Value, l *model.Loop, field string) bool {
	one := func(all []model.Value) bool {
		return slices.ContainsFunc(all, func(v model.Value) bool { return reads(v, l, field) })
	}
	switch x := v.(type) {
	case *model.Conversion:
		return reads(x.X, l, field)
	case *model.Concat:
		return one(x.Parts)
	case *model.GoCall:
		return one(x.Args)
	case *model.ElemValue:
		return x.Loop == l
	case *model.FieldValue:
		if e, ok := x.Of.(*model.ElemValue); ok && e.Loop == l {
			return field == "" || x.Name == field
		}
		return reads(x.Of, l, field)
	default:
		return false
	}
}
