package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// comparedWithNew refuses a WHERE that compares a column with an id that was just drawn:
// no row has it, unless a step inserts one.
func (c *checker) comparedWithNew(s *model.Scope) {
	c.comparedIn(s, s.Create.Body)
	if s.Purge != nil {
		c.comparedIn(s, s.Purge.Body)
	}
}

func (c *checker) comparedIn(s *model.Scope, body []model.Node) {
	calls := model.Calls(body)
	for _, call := range own(body) {
		for _, e := range call.Facts.Equal {
			a := argument(call, e.Param)
			if a == nil {
				continue
			}
			id, ok := unconverted(a.Value).(*model.NewUUID)
			if !ok || slices.ContainsFunc(calls, func(other *model.Call) bool { return writesValue(other, id) }) {
				continue
			}
			c.report(s, diag.Problem{Pos: a.Pos,
				Message: fmt.Sprintf("%s compares %s.%s with an id that is drawn here: no row has it", call.Query.Name, e.Table, e.Column),
				Fix:     "name the id that is meant, such as $scope.id", Related: []diag.Related{declared(call)}})
		}
	}
}

// referringToNew refuses a foreign key that is given an id that was just drawn, or the
// drawn id of a row of another table: there is no row that it could refer to.
func (c *checker) referringToNew(s *model.Scope) {
	calls := model.Calls(s.Create.Body)
	unsure := func(call *model.Call) bool { // it may make any row
		t := c.catalog.Table(call.Facts.Target)
		return call.Opaque() || len(call.Facts.Writes) > 0 && (t == nil || t.Reacts(call.Facts.Events()))
	}
	if slices.ContainsFunc(calls, unsure) {
		return
	}
	for _, call := range calls {
		if call.Facts.Kind != schema.Insert {
			continue
		}
		for _, k := range c.catalog.Table(call.Facts.Target).ForeignKeys {
			if len(k.Columns) != 1 || len(k.RefColumns) != 1 || given(call, k.Columns[0]) == nil {
				continue
			}
			a := given(call, k.Columns[0])
			id, ok := plain(a.Value).(*model.NewUUID)
			makes := func(other *model.Call) bool {
				b := given(other, k.RefColumns[0])
				return other.Facts.Kind == schema.Insert && other.Facts.Target == k.RefTable && (b == nil || plain(b.Value) == model.Value(id))
			}
			if !ok || c.catalog.Table(k.RefTable) == nil || slices.ContainsFunc(calls, makes) {
				continue
			}
			c.report(s, diag.Problem{Pos: a.Pos,
				Message: fmt.Sprintf("%s writes %s into %s, which must be that of a row of %s: the id is new, and no step inserts such a row", call.Query.Name, a.Value, k.Columns[0], k.RefTable),
				Fix:     "name the id of the row that is meant", Related: []diag.Related{{Pos: k.Pos, Message: "the foreign key " + k.Name}}})
		}
	}
}

// unconverted takes conversions off a value.
func unconverted(v model.Value) model.Value {
	for {
		x, ok := v.(*model.Conversion)
		if !ok {
			return v
		}
		v = x.X
	}
}

// writesValue reports whether a call writes a value into a column.
func writesValue(call *model.Call, v model.Value) bool {
	return len(call.Facts.Writes) > 0 && slices.ContainsFunc(call.Args, func(a *model.Arg) bool {
		return unconverted(a.Value) == v && !slices.ContainsFunc(call.Facts.Equal, func(e schema.ColumnValue) bool { return argument(call, e.Param) == a })
	})
}
