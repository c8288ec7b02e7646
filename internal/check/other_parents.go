package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// otherParents refuses a parent's lock on a row that the scope's row does not
// refer to, while nothing locks the row of that table that it refers to: that one
// may be purged meanwhile.
func (c *checker) otherParents(s *model.Scope) {
	row := s.Create.Row
	t := c.catalog.Table(row.Facts.Target)
	if t == nil {
		return
	}
	locked := map[column][]*model.Arg{} // by which the parents' locks find their rows
	for _, lock := range withRole(s.Create.Body, model.ParentLock) {
		for _, e := range lock.Facts.Equal {
			if l := argument(lock, e.Param); l != nil && slices.Contains(lockedTables(lock), e.Table) {
				locked[column{e.Table, e.Column}] = append(locked[column{e.Table, e.Column}], l)
			}
		}
	}
	refers := map[column][]*schema.ForeignKey{}
	for _, k := range t.ForeignKeys {
		if len(k.Columns) == 1 && len(k.RefColumns) == 1 {
			refers[column{k.RefTable, k.RefColumns[0]}] = append(refers[column{k.RefTable, k.RefColumns[0]}], k)
		}
	}
	other := func(k *schema.ForeignKey, l *model.Arg) bool {
		a := given(row, k.Columns[0])
		return a != nil && !isNull(a.Value) && surelyOther(l.Value, a.Value)
	}
	for at, keys := range refers {
		for _, l := range locked[at] {
			k := keys[0]
			fine := slices.ContainsFunc(keys, func(k *schema.ForeignKey) bool { return !other(k, l) }) ||
				slices.ContainsFunc(locked[at], func(l *model.Arg) bool { return !other(k, l) })
			if fine {
				continue // it is one of several
			}
			a := given(row, k.Columns[0])
			c.report(s, diag.Problem{Pos: a.Pos,
				Message: fmt.Sprintf("%s writes %s into %s, and the row of %s that is locked is that of %s", row.Query.Name, a.Value, k.Columns[0], at.table, l.Value),
				Fix:     fmt.Sprintf("write %s, or lock the row that is written", l.Value), Related: []diag.Related{{Pos: l.Pos, Message: "the parent is locked here"}, {Pos: k.Pos, Message: "the foreign key " + k.Name}}})
		}
	}
}

// surelyOther reports whether two values that the caller gives, or that the
// document holds, are not one.
func surelyOther(a, b model.Value) bool {
	a, b = plain(a), plain(b)
	for _, v := range []model.Value{a, b} {
		switch v.(type) {
		case *model.InputValue, *model.ContextValue, *model.Literal, *model.NewUUID:
		default:
			return false
		}
	}
	return !model.Same(a, b)
}
