package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// repeatedKeys refuses an insert that gives the same key in every turn of a loop: the
// second turn violates it.
func (c *checker) repeatedKeys(s *model.Scope) {
	for _, call := range own(s.Create.Body) {
		t := c.catalog.Table(call.Facts.Target)
		if t == nil || t.Rewrites(schema.OnInsert) || !call.Facts.SingleRow || call.Facts.OnConflict != "" || len(call.Guards) > 0 || len(model.InnerLoops(call.Over)) > 0 {
			continue
		}
		for _, l := range model.InnerLoops(call.Loops) {
			i := slices.IndexFunc(uniqueKeys(t), func(k *schema.Key) bool { return sameInTurns(k, call, t, l) })
			if i < 0 || len(l.Filters) > 0 || !c.many(l) || c.mayRemove(call, s) {
				continue
			}
			k := uniqueKeys(t)[i]
			p := diag.Problem{Pos: call.Pos,
				Message: fmt.Sprintf("%s gives %s the same value in every turn of the loop over %s: %s refuses the second row", call.Query.Name, list(k.Columns, "and"), l.Over, k.Name),
				Fix:     "give the key a value of the turn", Related: []diag.Related{{Pos: l.Pos, Message: "the loop"}, {Pos: k.Pos, Message: "the key " + k.Name}}}
			if a := given(call, k.Columns[0]); len(k.Columns) == 1 {
				p.Pos = a.Pos
				if a.Shape.Kind == model.UUID && k == t.PrimaryKey {
					p.Fix = fmt.Sprintf("draw one in each turn: %s: $new.uuid", k.Columns[0])
				}
			}
			c.report(s, p)
			break
		}
	}
}

// sameInTurns reports whether an insert certainly gives all columns of a key the
// values that they had in the turn before.
func sameInTurns(k *schema.Key, call *model.Call, t *schema.Table, l *model.Loop) bool {
	if k.Partial || len(k.Columns) == 0 {
		return false
	}
	return !slices.ContainsFunc(k.Columns, func(name string) bool {
		a, col := given(call, name), t.Column(name)
		return a == nil || col == nil || !col.NotNull || mayVary(a.Value, l)
	})
}

// mayVary reports whether a value may be another one in each turn of a loop.
func mayVary(v model.Value, l *model.Loop) bool {
	switch x := plain(v).(type) {
	case *model.Literal, *model.InputValue, *model.ContextValue, *model.HookResult, *model.ScopeID, *model.NowValue:
		return false
	case *model.NewUUID:
		return slices.Contains(x.Loops, l)
	case *model.ElemValue:
		return x.Loop == l
	case *model.FieldValue:
		return mayVary(x.Of, l)
	case *model.ColumnValue:
		return slices.Contains(x.Call.Loops, l)
	case *model.Concat:
		return slices.ContainsFunc(x.Parts, func(p model.Value) bool { return mayVary(p, l) })
	default:
		return true
	}
}

// mayRemove reports whether a step of create may remove or change what an insert
// wrote before it comes a second time.
func (c *checker) mayRemove(insert *model.Call, s *model.Scope) bool {
	return slices.ContainsFunc(model.Calls(s.Create.Body), func(call *model.Call) bool {
		return call != insert && (call.Opaque() || call.Facts.Kind != schema.Insert && slices.Contains(call.Writes(), insert.Facts.Target))
	})
}

// many reports whether a loop is over a list that is not known to have one
// element at most.
func (c *checker) many(l *model.Loop) bool {
	switch over := l.Over.(type) {
	case *model.DataValue:
		return len(over.Set.Rows) > 1
	case *model.FieldValue: // a list in a row of data
		outer, ok := over.Of.(*model.ElemValue)
		if !ok || over.Data == nil || outer.Loop.Data == nil {
			return false
		}
		set, ok := outer.Loop.Over.(*model.DataValue)
		at := slices.Index(outer.Loop.Data.Fields, over.Data)
		return ok && at >= 0 && slices.ContainsFunc(set.Set.Rows, func(row *model.DataRow) bool { return len(row.Cells[at].Rows) > 1 })
	case *model.RowsValue:
		return !over.Call.Facts.Limited && !c.findsOne(over.Call)
	case *model.InputValue, *model.ListValue:
		return true
	default:
		return false
	}
}

// repeatedSteps refuses rows that take one key a second time for certain: those of two
// steps that insert the same.
func (c *checker) repeatedSteps(s *model.Scope) {
	calls := own(s.Create.Body)
	for i, call := range calls {
		t := c.catalog.Table(call.Facts.Target)
		if t == nil || t.Rewrites(schema.OnInsert) || call.Facts.Kind != schema.Insert || call.Facts.OnConflict != "" || len(call.Guards) > 0 || c.mayRemove(call, s) {
			continue
		}
		for _, k := range uniqueKeys(t) {
			if k.Partial || len(k.Columns) == 0 {
				continue
			}
			p := diag.Problem{Pos: call.Pos, Related: []diag.Related{declared(call), {Pos: k.Pos, Message: "the key " + k.Name}}}
			j := slices.IndexFunc(calls[:i], func(before *model.Call) bool {
				return before.Facts.Target == call.Facts.Target && before.Facts.Kind == schema.Insert && len(before.Guards) == 0 && slices.Equal(before.Loops, call.Loops) &&
					sameKey(k, before, call)
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
	return !isCall && !a.Value.Shape().Nullable && model.Same(plain(a.Value), plain(b.Value))
}
