package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
)

// emptiedTables warns of a statement that deletes every row of a table, beside what it
// is about.
func (c *checker) emptiedTables(s *model.Scope) {
	for _, call := range allCalls(s) {
		for _, table := range call.Facts.Emptied {
			if table == call.Facts.Target && s.Purge != nil && slices.Contains(own(s.Purge.Body), call) {
				continue // which is SG525
			}
			c.report(s, diag.Problem{Pos: call.Pos,
				Message: fmt.Sprintf("%s deletes every row of %s, whichever scope it belongs to", call.Query.Name, table),
				Fix:     "give the DELETE a WHERE, and run sqlc generate", Related: []diag.Related{declared(call)}})
		}
	}
}
