package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// conflicts looks at what ON CONFLICT does to the rows of create.
func (c *checker) conflicts(s *model.Scope) {
	for _, call := range own(s.Create.Body) {
		t := c.catalog.Table(call.Facts.Target)
		if call.Facts.OnConflict == "" || t == nil {
			continue
		}
		keys := conflictKeys(t, call)
		if c.untypedKey(s, call, t, keys) {
			continue // of which the others follow
		}
		if call.Facts.OnConflict != "nothing" {
			continue
		}
		if call.Query.Cmd == "one" {
			c.noRow(s, call)
			continue
		}
		c.dropped(s, call, t, keys)
	}
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

// untypedKey refuses a conflict by an id whose type the key leaves out: of two
// things with one id, the second would be dropped or would overwrite the first.
func (c *checker) untypedKey(s *model.Scope, call *model.Call, t *schema.Table, keys []*schema.Key) bool {
	for _, k := range keys {
		for _, name := range k.Columns {
			kind := c.typeOf(t, name)
			if kind == "" || slices.Contains(k.Columns, kind) || given(call, name) == nil {
				continue
			}
			fate := "drops the second"
			if call.Facts.OnConflict == "update" {
				fate = "overwrites the first"
			}
			c.report(s, diag.Problem{Pos: call.Pos, Code: codeUntypedKey,
				Message: fmt.Sprintf("the key %s of %s has %s and leaves %s out: of two rows with one id and two types, %s %s", k.Name, call.Facts.Target, name, kind, call.Query.Name, fate),
				Fix:     fmt.Sprintf("make %s part of the key, or insert without ON CONFLICT", kind), Related: []diag.Related{declared(call), {Pos: k.Pos, Message: "the key " + k.Name}}})
			return true
		}
	}
	return false
}

// noRow refuses a :one of which no row comes back after a conflict, unless the
// document says what that means.
func (c *checker) noRow(s *model.Scope, call *model.Call) {
	if call.Missing != nil {
		return
	}
	fix := "say what no row means: missing: ErrX; or have the query ON CONFLICT … DO UPDATE, which returns the row"
	if call.Role != model.PlainStep {
		fix = "have the query ON CONFLICT … DO UPDATE, which returns the row, or insert without ON CONFLICT"
	}
	c.report(s, diag.Problem{Pos: call.Pos, Code: codeNoRow,
		Message: fmt.Sprintf("%s returns no row when there is one already: DO NOTHING does not return it, and the call would fail with scope.ErrNotFound", call.Query.Name),
		Fix:     fix, Related: []diag.Related{declared(call)}})
}

// dropped warns of a loop in which a row may be left out without a word, and
// differs from the one that is there: the key does not hold all that is written.
func (c *checker) dropped(s *model.Scope, call *model.Call, t *schema.Table, keys []*schema.Key) {
	if len(call.Loops) == 0 || call.Expect != nil {
		return
	}
	for _, k := range keys {
		fresh := slices.ContainsFunc(k.Columns, func(name string) bool { return isDrawn(given(call, name), call) })
		if fresh {
			continue // no two rows have the same
		}
		for _, set := range call.Facts.Sets {
			col := t.Column(set.Column)
			if slices.Contains(k.Columns, set.Column) || col == nil || isDrawn(given(call, set.Column), call) || !varies(given(call, set.Column), call) {
				continue
			}
			c.report(s, diag.Problem{Pos: call.Pos, Severity: diag.Warning, Code: codeDropped,
				Message: fmt.Sprintf("%s drops a row without a word when %s is taken, and with it what this one has in %s", call.Query.Name, list(k.Columns, "and"), set.Column),
				Fix:     "insert without ON CONFLICT, or make the query :execrows and say what it must do: expect: 1, or expect: at_most 1",
				Related: []diag.Related{declared(call), {Pos: k.Pos, Message: "the key " + k.Name}}})
			return
		}
	}
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
		return len(v.Call.Loops) > 0
	default:
		return false
	}
}
