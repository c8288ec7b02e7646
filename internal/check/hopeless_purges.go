package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// hopelessPurges refuses a purge that rows forbid which create itself makes, each
// time, and which no purge removes: none can succeed.
func (c *checker) hopelessPurges(s *model.Scope) {
	for _, refusal := range own(s.Purge.Body) {
		refuses := refusal.Role == model.Refusal || refusal.Role == model.ChildList && !refusal.Cascade
		if !refuses || len(refusal.Facts.Reads) != 1 || len(refusal.Guards) > 0 {
			continue
		}
		table := refusal.Facts.Reads[0]
		if c.removed(table) {
			continue
		}
		for _, insert := range own(s.Create.Body) {
			if insert.Facts.Kind != schema.Insert || insert.Facts.Target != table || !insert.Facts.SingleRow || len(insert.Guards) > 0 || len(model.InnerLoops(insert.Loops)) > 0 {
				continue
			}
			if t := c.catalog.Table(table); t != nil && c.passes(s, insert, refusal, t) {
				c.report(s, diag.Problem{Pos: refusal.Pos,
					Message: fmt.Sprintf("%s forbids the purge while there is a row of %s, which %s always makes, and no purge removes: none can succeed", refusal.Query.Name, table, insert.Query.Name),
					Fix:     fmt.Sprintf("delete the rows of %s in a step of this purge, or give what they belong to a purge of its own", table),
					Related: []diag.Related{declared(refusal), {Pos: insert.Pos, Message: insert.Query.Name + " makes the row"}}})
				break
			}
		}
	}
}

// removed reports whether some purge may remove, or mark, rows of a table: then it
// can be run before.
func (c *checker) removed(table string) bool {
	for _, s := range c.project.Scopes {
		if s.Broken {
			return true
		}
		if s.Purge == nil {
			continue
		}
		for _, call := range model.Calls(s.Purge.Body) {
			own := s.Purge.Row == call
			writes := call.Facts.Writes
			if call.Opaque() || slices.Contains(writes, table) {
				return true
			}
			for _, written := range writes {
				t := c.catalog.Table(written)
				if t == nil || t.Reacts(call.Facts.Events()) {
					return true
				}
				// The purge that is refused does not come to its own cascades; those of
				// another scope's purge can run.
				if call.Facts.Kind == schema.Delete && slices.Contains(c.taken(written, nil), table) && !(own && c.refusedBy(s, table)) {
					return true
				}
			}
		}
	}
	return false
}

// refusedBy reports whether a purge is forbidden by rows of a table.
func (c *checker) refusedBy(s *model.Scope, table string) bool {
	return slices.ContainsFunc(own(s.Purge.Body), func(call *model.Call) bool {
		return (call.Role == model.Refusal || call.Role == model.ChildList && !call.Cascade) && slices.Equal(call.Facts.Reads, []string{table})
	})
}

// passes reports whether the row that an insert makes certainly passes every
// condition of a query of its table; count(*) is of the rows that pass.
func (c *checker) passes(s *model.Scope, insert, query *model.Call, t *schema.Table) bool {
	of, counts := 0, query.Query.Cmd == "one" && len(query.Facts.Returns) == 1
	for _, x := range query.Facts.Conditions {
		switch {
		case x.Kind == schema.Unclear && len(x.Columns) == 0 && counts:
			counts = false
		case x.Kind != schema.Among || x.Table != insert.Facts.Target || !c.passesOne(s, insert, query, x, t):
			return false
		default:
			of++
		}
	}
	return of > 0
}

func (c *checker) passesOne(s *model.Scope, insert, query *model.Call, x schema.Condition, t *schema.Table) bool {
	col := t.Column(x.Column)
	if col == nil {
		return false
	}
	given := givenSense(insert, x.Column, s.Create)
	if len(x.Values) == 0 {
		sets := slices.ContainsFunc(insert.Facts.Sets, func(v schema.ColumnValue) bool { return v.Column == x.Column })
		return x.Null && !sets && !col.Default // IS NULL, of a column that is left out
	}
	return slices.ContainsFunc(x.Values, func(v schema.Operand) bool {
		if v.Array {
			return false
		}
		if v.Param > 0 {
			a := argument(query, v.Param)
			if a == nil {
				return false
			}
			asked := senseOf(a.Value, s.Purge)
			return asked.scopeID && given.scopeID || asked.constant && given.constant && asked.text == given.text
		}
		return given.constant && given.text == v.Text
	})
}
