package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// resolving lists the inserts of create that have ON CONFLICT.
func (c *checker) resolving(s *model.Scope) []*model.Call {
	return slices.DeleteFunc(own(s.Create.Body), func(call *model.Call) bool {
		return call.Facts.OnConflict == "" || c.catalog.Table(call.Facts.Target) == nil
	})
}

// conflictKeys are the keys whose conflicts a statement takes care of: the one
// that it names, or else all.
func conflictKeys(t *schema.Table, call *model.Call) []*schema.Key {
	named := slices.Sorted(slices.Values(call.Facts.Conflict))
	if len(named) == 0 {
		return uniqueKeys(t)
	}
	var keys []*schema.Key
	for _, k := range uniqueKeys(t) {
		if slices.Equal(slices.Sorted(slices.Values(k.Columns)), named) {
			keys = append(keys, k)
		}
	}
	return keys
}

// untypedKey is a key of a conflict that has an id and leaves its type out, nil
// for none.
func (c *checker) untypedKey(call *model.Call) (k *schema.Key, id, kind string) {
	t := c.catalog.Table(call.Facts.Target)
	for _, k := range conflictKeys(t, call) {
		for _, name := range k.Columns {
			if kind := c.typeOf(t, name); kind != "" && !slices.Contains(k.Columns, kind) && given(call, name) != nil {
				return k, name, kind
			}
		}
	}
	return nil, "", ""
}

// untypedKeys refuses a conflict by an id whose type the key leaves out: of two
// things with one id, the second would be dropped or would overwrite the first.
func (c *checker) untypedKeys(s *model.Scope) {
	for _, call := range c.resolving(s) {
		k, name, kind := c.untypedKey(call)
		if k == nil {
			continue
		}
		fate := "drops the second"
		if call.Facts.OnConflict == "update" {
			fate = "overwrites the first"
		}
		c.report(s, diag.Problem{Pos: call.Pos,
			Message: fmt.Sprintf("the key %s of %s has %s and leaves %s out: of two rows with one id and two types, %s %s", k.Name, call.Facts.Target, name, kind, call.Query.Name, fate),
			Fix:     fmt.Sprintf("make %s part of the key, or insert without ON CONFLICT", kind), Related: []diag.Related{declared(call), {Pos: k.Pos, Message: "the key " + k.Name}}})
	}
}

// dropping lists the inserts that a conflict drops, but for those of which
// untypedKeys tells.
func (c *checker) dropping(s *model.Scope) []*model.Call {
	return slices.DeleteFunc(c.resolving(s), func(call *model.Call) bool {
		k, _, _ := c.untypedKey(call)
		return call.Facts.OnConflict != "nothing" || k != nil
	})
}

// absentRows refuses a :one of which no row comes back after a conflict, unless
// the document says what that means.
func (c *checker) absentRows(s *model.Scope) {
	for _, call := range c.dropping(s) {
		if call.Query.Cmd != "one" || call.Missing != nil {
			continue
		}
		fix := "say what no row means: missing: ErrX; or have the query ON CONFLICT … DO UPDATE, which returns the row"
		if call.Role != model.PlainStep {
			fix = "have the query ON CONFLICT … DO UPDATE, which returns the row, or insert without ON CONFLICT"
		}
		c.report(s, diag.Problem{Pos: call.Pos,
			Message: fmt.Sprintf("%s returns no row when there is one already: DO NOTHING does not return it, and the call would fail with scope.ErrNotFound", call.Query.Name),
			Fix:     fix, Related: []diag.Related{declared(call)}})
	}
}

// droppedRows warns of a loop in which a row may be left out without a word, and
// differs from the one that is there: the key does not hold all that is written.
func (c *checker) droppedRows(s *model.Scope) {
	for _, call := range c.dropping(s) {
		if len(model.InnerLoops(call.Loops)) > 0 && call.Expect == nil && call.Query.Cmd != "one" {
			c.droppedRow(s, call)
		}
	}
}

func (c *checker) droppedRow(s *model.Scope, call *model.Call) {
	t := c.catalog.Table(call.Facts.Target)
	for _, k := range conflictKeys(t, call) {
		fresh := slices.ContainsFunc(k.Columns, func(name string) bool { return isDrawn(given(call, name), call) })
		if fresh || c.onceEach(call, k, s) {
			continue // no two rows have the same
		}
		for _, set := range call.Facts.Sets {
			col := t.Column(set.Column)
			if slices.Contains(k.Columns, set.Column) || col == nil || isDrawn(given(call, set.Column), call) || !varies(given(call, set.Column), call) {
				continue
			}
			c.report(s, diag.Problem{Pos: call.Pos,
				Message: fmt.Sprintf("%s drops a row without a word when %s is taken, and with it what this one has in %s", call.Query.Name, list(k.Columns, "and"), set.Column),
				Fix:     "insert without ON CONFLICT, or make the query :execrows and say what it must do: expect: 1, or expect: at_most 1",
				Related: []diag.Related{declared(call), {Pos: k.Pos, Message: "the key " + k.Name}}})
			return
		}
	}
}

// onceEach reports whether no other row can have the key that an insert gives: it
// holds the new id of the scope, and a unique column of the rows that the only loop
// goes over; and no other step inserts into the table.
func (c *checker) onceEach(call *model.Call, k *schema.Key, s *model.Scope) bool {
	other := func(x *model.Call) bool {
		return x != call && (x.Opaque() || slices.Contains(x.Writes(), call.Facts.Target))
	}
	loops := model.InnerLoops(call.Loops)
	if len(loops) != 1 || !isFresh(s.Create.ID) || slices.ContainsFunc(model.Calls(s.Create.Body), other) {
		return false
	}
	rows, ok := loops[0].Over.(*model.RowsValue)
	if !ok || len(rows.Call.Facts.Reads) != 1 {
		return false
	}
	ofScope := slices.ContainsFunc(k.Columns, func(name string) bool { return givenSense(call, name, s.Create).scopeID })
	return ofScope && slices.ContainsFunc(k.Columns, func(name string) bool {
		a := given(call, name)
		if a == nil {
			return false
		}
		v, ok := plain(a.Value).(*model.FieldValue)
		if !ok {
			return false
		}
		e, ok := v.Of.(*model.ElemValue)
		i := slices.IndexFunc(rows.Call.Facts.Returns, func(r schema.Result) bool { return r.Name == v.Name })
		return ok && e.Loop == loops[0] && i >= 0 && c.uniqueColumn(rows.Call.Facts.Returns[i])
	})
}

// isDrawn reports an id that each turn of the loops around a call draws anew.
func isDrawn(a *model.Arg, call *model.Call) bool {
	if a == nil {
		return false
	}
	id, ok := plain(a.Value).(*model.NewUUID)
	return ok && len(id.Loops) == len(call.Loops)
}

// varies reports whether the turns of the loops around a call may give an
// argument different values: what is the same in all is the same in the row that
// is there.
func varies(a *model.Arg, call *model.Call) bool {
	if a == nil {
		return false
	}
	switch v := plain(a.Value).(type) {
	case *model.FieldValue, *model.ElemValue, *model.GoCall, *model.Concat:
		return true
	case *model.ColumnValue:
		return len(model.InnerLoops(v.Call.Loops)) > 0
	default:
		return false
	}
}

// droppedSteps warns of a step outside of loops whose row is dropped for certain: a
// step before it inserts the same key, and something else beside it.
func (c *checker) droppedSteps(s *model.Scope) {
	calls := own(s.Create.Body)
	for i, call := range calls {
		t := c.catalog.Table(call.Facts.Target)
		if t == nil || t.Rewrites(schema.OnInsert) || call.Facts.OnConflict != "nothing" || call.Expect != nil || call.Missing != nil || len(model.InnerLoops(call.Loops))+len(call.Guards) > 0 || c.mayRemove(call, s) {
			continue
		}
		for _, k := range conflictKeys(t, call) {
			j := slices.IndexFunc(calls[:i], func(before *model.Call) bool {
				return before.Facts.Kind == schema.Insert && before.Facts.Target == call.Facts.Target && len(model.InnerLoops(before.Loops))+len(before.Guards) == 0 && sameKey(k, before, call)
			})
			if j < 0 || k.Partial || len(k.Columns) == 0 {
				continue
			}
			if name := differs(calls[j], call, k); name != "" {
				c.report(s, diag.Problem{Pos: call.Pos,
					Message: fmt.Sprintf("%s drops its row without a word: %s inserts the same %s before it, and this one's %s is lost", call.Query.Name, calls[j].Query.Name, list(k.Columns, "and"), name),
					Fix:     "give the key another value, or remove one of the steps",
					Related: []diag.Related{declared(call), {Pos: calls[j].Pos, Message: "the step before"}, {Pos: k.Pos, Message: "the key " + k.Name}}})
				break
			}
		}
	}
}

// sameKey reports whether two inserts certainly give all columns of a key the same.
func sameKey(k *schema.Key, x, y *model.Call) bool {
	return !slices.ContainsFunc(k.Columns, func(name string) bool { return !sameGiven(x, y, name) })
}

// differs is a column beside a key that two inserts certainly give something else,
// other than an id of their own; "" for none.
func differs(x, y *model.Call, k *schema.Key) string {
	for _, set := range y.Facts.Sets {
		a, b := given(x, set.Column), given(y, set.Column)
		if a == nil || b == nil || slices.Contains(k.Columns, set.Column) || isDrawn(b, y) {
			continue
		}
		if !model.Same(plain(a.Value), plain(b.Value)) {
			return set.Column
		}
	}
	return ""
}
