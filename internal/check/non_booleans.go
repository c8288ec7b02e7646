package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
)

// nonBooleans refuses a column in the place of a condition that is no boolean: sqlc
// lets it pass, and the server does not.
func (c *checker) nonBooleans(s *model.Scope) {
	for _, call := range allCalls(s) {
		for _, f := range call.Facts.Flags {
			t := c.catalog.Table(f.Table)
			if t == nil || t.Column(f.Column) == nil {
				continue
			}
			col := t.Column(f.Column)
			if slices.Contains([]string{"text", "varchar", "uuid", "int2", "int4", "int8", "timestamptz", "jsonb"}, col.Type) && !col.Nondeterministic {
				c.report(s, diag.Problem{Pos: call.Query.Pos,
					Message: fmt.Sprintf("the WHERE of %s has %s.%s for a condition, which is %s and no boolean", call.Query.Name, f.Table, f.Column, col.Type),
					Fix:     "compare it with something, and run sqlc generate", Related: []diag.Related{{Pos: col.Pos, Message: "the column is declared here"}}})
			}
		}
	}
}
