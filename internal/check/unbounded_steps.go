package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// unboundedSteps makes sure that what a purge deletes belongs to the scope: a WHERE
// that compares the type alone takes the rows of every scope of that type, and
// no WHERE takes all.
func (c *checker) unboundedSteps(s *model.Scope) {
	for _, call := range own(s.Purge.Body) {
		f := call.Facts
		t := c.catalog.Table(f.Target)
		if call.Role == model.PurgeRow || t == nil || f.Kind != schema.Delete && f.Kind != schema.Update {
			continue
		}
		what, fix := "", "compare the id in the WHERE, too"
		if len(f.ReferencedColumns) == 0 && len(call.Args) == 0 && (f.Kind == schema.Delete || c.tells(f.Target, s)) {
			what = "every row of " + f.Target
		}
		for _, disjunct := range alternatives(f) {
			for _, x := range compared(call, disjunct.Equal, f.Target, s.Purge) {
				id := strings.TrimSuffix(x.Column, "_type") + "_id"
				if x.constant && x.text == s.Type && t.Column(id) != nil && c.typeOf(t, id) == x.Column && !slices.Contains(disjunct.ReferencedColumns, id) {
					what = "the rows of every scope of its type"
					if len(f.Disjuncts) > 0 {
						fix = "compare the id beside the type: AND, not OR"
					}
				}
			}
		}
		if column := c.passesOthers(call, s); f.Kind == schema.Delete && column != "" {
			what, fix = "the rows of other scopes", "write "+column+" = @"+column
		}
		if what == "" {
			continue
		}
		c.boundless[call.Query.Pos] = true
		c.reportQuery(s, call, diag.Problem{Pos: call.Pos,
			Message: fmt.Sprintf("%s takes %s, not those of the one that is purged", call.Query.Name, what),
			Fix:     fix + ", and run sqlc generate", Related: []diag.Related{declared(call)}})
	}
}

// passesOthers is the column that a WHERE of the purge, or a subquery that it
// compares with, compares with the id of the scope by something else than
// equality, such as <>; "" for none, or where the statement compares another column
// by = with that id, or with what a step of the purge found.
func (c *checker) passesOthers(call *model.Call, s *model.Scope) string {
	if keepsTo(call) {
		return ""
	}
	for _, e := range allUnequal(call.Facts) {
		if a := argument(call, e.Param); a != nil && a.Value != nil && senseOf(a.Value, s.Purge).scopeID {
			return e.Column
		}
	}
	return ""
}

// keepsTo reports whether a statement compares some column by = with a value that
// is no constant.
func keepsTo(call *model.Call) bool {
	return slices.ContainsFunc(call.Facts.Matched, func(n int) bool {
		a := argument(call, n)
		if a == nil || a.Value == nil {
			return false
		}
		_, constant := plain(a.Value).(*model.Literal)
		return !constant
	})
}

// allUnequal are the comparisons that most values pass, in a WHERE and in the
// subqueries that it compares with.
func allUnequal(q *schema.Query) []schema.ColumnValue {
	out := slices.Clone(q.Unequal)
	for _, w := range q.InSubquery {
		out = append(out, w.Unequal...)
	}
	return out
}
