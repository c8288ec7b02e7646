package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// loops lists the loops of a body, without those of nested scopes.
func loops(body []model.Node) []*model.Loop {
	var out []*model.Loop
	model.Walk(body, func(n model.Node) bool {
		if l, ok := n.(*model.Loop); ok {
			out = append(out, l)
		}
		_, other := n.(*model.Nested)
		return !other
	})
	return out
}

// rowsOfOtherTurns warns of a loop in a loop whose rows are not those of the turn: they
// refer to the elements of the outer loop by a foreign key, as the entries of
// presets do inside a loop over the presets, and nothing in the loop looks at
// that column; or they are those of elements that the outer loop leaves out.
func (c *checker) rowsOfOtherTurns(s *model.Scope) {
	for _, l := range loops(s.Create.Body) {
		c.ofOtherTurns(s, l)
	}
}

func (c *checker) ofOtherTurns(s *model.Scope, inner *model.Loop) {
	rows := inner.Rows()
	if rows == nil {
		return
	}
	if _, ofGroup := inner.Over.(*model.ElemValue); ofGroup {
		c.cutGroup(s, inner, rows)
		return
	}
	for _, outer := range inner.Outer {
		parents := outer.Rows()
		if parents == nil || slices.Contains(rows.Loops, outer) || parents == rows {
			continue
		}
		name, k := c.tie(rows, parents)
		if k == nil {
			continue
		}
		p := diag.Problem{Pos: inner.Pos,
			Related: []diag.Related{declared(rows), declared(parents), {Pos: k.Pos, Message: "the foreign key " + k.Name}}}
		if flag := contradiction(rows, parents, k.RefTable); flag != "" {
			p.Message = fmt.Sprintf("no row of the loop over $%s belongs to any $%s: of %s.%s, %s asks the opposite of %s", inner.Var, outer.Var, k.RefTable, flag, rows.Query.Name, parents.Query.Name)
			p.Fix = "have both queries ask the same, and run sqlc generate"
			c.report(s, p)
			return
		}
		if rows.Facts.Limited {
			p.Message = fmt.Sprintf("%s has a LIMIT, and reads the rows of all $%s at once: the last of them miss some", rows.Query.Name, outer.Var)
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

// cutGroup warns of groups of rows that a LIMIT cuts.
func (c *checker) cutGroup(s *model.Scope, l *model.Loop, rows *model.Call) {
	if rows.Facts.Limited {
		c.report(s, diag.Problem{Pos: l.Pos, Related: []diag.Related{declared(rows)},
			Message: fmt.Sprintf("%s has a LIMIT, which may leave out rows of a %s", rows.Query.Name, l.Over),
			Fix:     "read all of them, without LIMIT, and run sqlc generate"})
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
