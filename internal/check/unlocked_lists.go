package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// unlockedLists refuses a list of children that are purged, too, without a lock on
// the rows that its condition rests on: a child that is moved to another parent
// meanwhile is purged all the same. SELECT … FOR UPDATE waits for who moves it, and
// then looks at the condition again (PostgreSQL manual, section 13.2.1).
func (c *checker) unlockedLists(s *model.Scope) {
	for _, call := range withRole(s.Purge.Body, model.ChildList) {
		if !call.Cascade {
			continue
		}
		child := c.rowTable(call.Child)
		for _, table := range call.Facts.Deciding {
			if table == c.rowTable(s) && table != child || holds(call, table, table == child) {
				continue // the row of the scope itself is locked by now
			}
			fix := "end it in FOR UPDATE, and run sqlc generate"
			if len(call.Facts.Locks) > 0 && !slices.Contains(lockedTables(call), table) {
				fix = fmt.Sprintf("lock the rows of %s as well: join the table, and end in FOR UPDATE", table)
			}
			c.report(s, diag.Problem{Pos: call.Pos,
				Message: fmt.Sprintf("%s does not lock the rows of %s, on which its answer rests: a %s that is moved away meanwhile is purged all the same", call.Query.Name, table, call.Child.Name),
				Fix:     fix, Related: []diag.Related{declared(call)}})
			break
		}
	}
}

// holds reports whether a SELECT keeps the rows of a table from being changed. What
// is purged is locked for it at once, so that two purges do not wait for each other.
func holds(call *model.Call, table string, purged bool) bool {
	return slices.ContainsFunc(call.Facts.Locks, func(l schema.Lock) bool {
		return l.Table == table && (l.Strength == "UPDATE" || l.Strength == "NO KEY UPDATE" || l.Strength == "SHARE" && !purged)
	})
}
