package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// marks warns of a purge by UPDATE that sets times alone which every row has: by
// them nobody can tell the row of a purged scope.
func (c *checker) marks(s *model.Scope) {
	row := s.Purge.Row
	t := c.catalog.Table(row.Facts.Target)
	if t == nil || t.Active || row.Facts.Kind != schema.Update || len(row.Facts.Sets) == 0 {
		return
	}
	var names []string
	for _, set := range row.Facts.Sets {
		col := t.Column(set.Column)
		if col == nil || !col.NotNull || !slices.Contains([]string{"timestamptz", "timestamp", "date"}, col.Type) {
			return
		}
		names = append(names, col.Name)
	}
	c.report(s, diag.Problem{Pos: row.Pos, Severity: diag.Warning, Code: codeUnmarked,
		Message: fmt.Sprintf("%s sets %s, which every row of %s has: nothing tells that the %s was purged", row.Query.Name, strings.Join(names, ", "), row.Facts.Target, s.Name),
		Fix:     "delete the row, or set a column by which it can be told, such as deleted_at that may be NULL", Related: []diag.Related{declared(row)}})
}

// emptied warns of a statement that deletes every row of a table, beside what it
// is about.
func (c *checker) emptied(s *model.Scope) {
	for _, call := range allCalls(s) {
		for _, table := range call.Facts.Emptied {
			if table == call.Facts.Target && s.Purge != nil && slices.Contains(own(s.Purge.Body), call) {
				continue // which is SG525
			}
			c.report(s, diag.Problem{Pos: call.Pos, Severity: diag.Warning, Code: codeEmptied,
				Message: fmt.Sprintf("%s deletes every row of %s, whichever scope it belongs to", call.Query.Name, table),
				Fix:     "give the DELETE a WHERE, and run sqlc generate", Related: []diag.Related{declared(call)}})
		}
	}
}

// everyType warns of a loop of create over the rows of every type of scope: those
// of a table that has a type and no id, such as presets, of which neither the
// query nor a filter looks at the type.
func (c *checker) everyType(s *model.Scope) {
	const kind = "scope_type"
	for _, l := range loops(s.Create.Body) {
		rows, ok := l.Over.(*model.RowsValue)
		if !ok || len(rows.Call.Facts.Reads) != 1 || looksAt(l, kind) {
			continue
		}
		t := c.catalog.Table(rows.Call.Facts.Reads[0])
		if t == nil || t.Column(kind) == nil || t.Column("scope_id") != nil {
			continue
		}
		if slices.ContainsFunc(alternatives(rows.Call.Facts), func(a schema.Arm) bool { return !slices.Contains(a.Mentions, kind) }) {
			c.report(s, diag.Problem{Pos: rows.Call.Pos, Severity: diag.Warning, Code: codeEveryType,
				Message: fmt.Sprintf("%s reads the rows of %s for every type of scope: neither its WHERE nor the loop looks at %s", rows.Call.Query.Name, t.QualifiedName(), kind),
				Fix:     "add " + kind + " = @" + kind + " to the WHERE, and run sqlc generate", Related: []diag.Related{declared(rows.Call), {Pos: l.Pos, Message: "the loop"}}})
		}
	}
}
