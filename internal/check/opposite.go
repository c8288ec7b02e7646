package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// opposites warns of a WHERE that compares the type of an id by <>, or by another
// comparison that most values pass: it is about things of every other type.
func (c *checker) opposites(s *model.Scope) {
	for _, call := range allCalls(s) {
		for _, e := range allUnequal(call.Facts) {
			a := argument(call, e.Param)
			if a == nil {
				continue
			}
			if c.typeOf(c.catalog.Table(e.Table), e.Column) != "" && len(call.Facts.Writes) == 0 && call.Role == model.PlainStep && !keepsTo(call) {
				c.report(s, diag.Problem{Pos: call.Pos, Severity: diag.Warning, Code: codeOpposite,
					Message: fmt.Sprintf("%s is about every %s.%s but %s", call.Query.Name, e.Table, e.Column, a.Value),
					Fix:     "compare it by =, and run sqlc generate", Related: []diag.Related{declared(call)}})
			}
			if !c.kinds[column{e.Table, e.Column}] {
				continue
			}
			if l, ok := plain(a.Value).(*model.Literal); ok && c.scopeOfType(l.Text) != nil {
				c.report(s, diag.Problem{Pos: call.Pos, Severity: diag.Warning, Code: codeOpposite,
					Message: fmt.Sprintf("%s is about every %s.%s but %q", call.Query.Name, e.Table, e.Column, l.Text),
					Fix:     "compare it by =, and run sqlc generate", Related: []diag.Related{declared(call)}})
			}
		}
	}
}

// allUnequal are the comparisons that most values pass, in a WHERE and in the
// subqueries that it compares with.
func allUnequal(q *schema.Query) []schema.ColumnValue {
	out := slices.Clone(q.Unequal)
	for _, w := range q.Within {
		out = append(out, w.Unequal...)
	}
	return out
}

// countsAll warns of a refusal that counts the rows of every scope: those of a
// table that refers to the scope, by a WHERE that does not say which it means. A
// count that is compared with something may be about others on purpose, as for the
// last one of a group.
func (c *checker) countsAll(s *model.Scope) {
	for _, call := range withRole(s.Purge.Body, model.Refusal) {
		f := call.Facts
		if len(f.Reads) != 1 || len(f.Returns) != 1 || f.Returns[0].Name != "count" {
			continue
		}
		t := c.catalog.Table(f.Reads[0])
		if t == nil || t.QualifiedName() == c.rowTable(s) || slices.ContainsFunc(comparisons(call, t.QualifiedName(), s.Purge), func(x comparison) bool { return x.scopeID }) {
			continue // or it keeps to rows of the scope
		}
		for _, col := range t.Columns {
			k := foreignKey(t, col.Name)
			if k == nil || k.RefTable != c.rowTable(s) {
				continue
			}
			other := slices.ContainsFunc(f.Unequal, func(x schema.ColumnValue) bool { return x.Table == f.Reads[0] && x.Column == col.Name })
			if other || len(call.Args) == 0 && !slices.Contains(f.Mentions, col.Name) {
				c.report(s, diag.Problem{Pos: call.Pos, Severity: diag.Warning, Code: codeOpposite,
					Message: fmt.Sprintf("%s counts rows of %s that belong to other scopes: the purge of %s is refused because of them", call.Query.Name, t.QualifiedName(), scopesHere),
					Fix:     fmt.Sprintf("add %s = @%s to the WHERE, and run sqlc generate", col.Name, col.Name), Related: []diag.Related{declared(call)}})
			}
		}
	}
}
