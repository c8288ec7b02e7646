package check

import (
	"fmt"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// generatedColumns refuses a value for a column that the server makes (PostgreSQL
// manual, sections 5.4 and 5.3: only DEFAULT may be written, for an identity
// column unless the INSERT says OVERRIDING).
func (c *checker) generatedColumns(s *model.Scope) {
	for _, call := range allCalls(s) {
		t := c.catalog.Table(call.Facts.Target)
		if t == nil {
			continue
		}
		for _, set := range call.Facts.Sets {
			col := t.Column(set.Column)
			switch {
			case col == nil, call.Facts.Kind == schema.Update && set.Param == 0: // it may be DEFAULT
				continue
			case col.Generated, col.Always && !call.Facts.Overriding:
				c.report(s, diag.Problem{Pos: call.Query.Pos,
					Message: fmt.Sprintf("%s gives %s.%s a value; the column is GENERATED ALWAYS", call.Query.Name, call.Facts.Target, set.Column),
					Fix:     "take the column out of the query, and run sqlc generate", Related: []diag.Related{{Pos: col.Pos, Message: "the column is declared here"}}})
			}
		}
	}
}
