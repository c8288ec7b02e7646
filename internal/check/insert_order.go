package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// insertOrder makes sure that create inserts a row after the one that it refers
// to, where both are inserted with the same value.
func (c *checker) insertOrder(s *model.Scope) {
	var inserts []*model.Call
	for _, call := range model.Calls(s.Create.Body) {
		if call.Facts.Kind == schema.Insert {
			inserts = append(inserts, call)
		}
	}
	for i, insert := range inserts {
		t := c.catalog.Table(insert.Facts.Target)
		if t == nil || t.Reacts(schema.OnInsert) {
			continue // a trigger may insert what is referred to
		}
		for _, k := range t.ForeignKeys {
			if k.Deferrable || len(k.Columns) != 1 || len(k.RefColumns) != 1 {
				continue
			}
			a := given(insert, k.Columns[0])
			makes := func(call *model.Call) bool {
				b := given(call, k.RefColumns[0])
				return call.Facts.Target == k.RefTable && b != nil && model.Same(plain(a.Value), plain(b.Value))
			}
			if a == nil || isNull(a.Value) || slices.ContainsFunc(inserts[:i+1], makes) {
				continue
			}
			// With ON CONFLICT the later one may find the row, and so may this one.
			mustMake := func(call *model.Call) bool { return call.Facts.OnConflict == "" && makes(call) }
			if at := slices.IndexFunc(inserts[i+1:], mustMake); at >= 0 {
				later := inserts[i+1+at]
				c.report(s, diag.Problem{Pos: insert.Pos,
					Message: fmt.Sprintf("%s inserts into %s before %s inserts the row of %s that %s refers to", insert.Query.Name, insert.Facts.Target, later.Query.Name, k.RefTable, k.Name),
					Fix:     fmt.Sprintf("put %s in front of %s", later.Query.Name, insert.Query.Name),
					Related: []diag.Related{{Pos: later.Pos, Message: later.Query.Name + " comes here"}, {Pos: k.Pos, Message: "the foreign key " + k.Name}}})
			}
		}
	}
}

func isNull(v model.Value) bool {
	l, ok := plain(v).(*model.Literal)
	return ok && l.Null
}
