package model

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
)

// checkRole checks that a query does what its place in the document is for: a
// SELECT that stands where a row is purged would report success and leave the row.
// row is the call that makes the scope's row, nil when it is not known. It reports
// whether the query is right.
func (r *resolver) checkRole(c *Call, at spec.Text, row *Call) bool {
	f := c.Facts
	if f.Kind == schema.Other {
		return true // the SQL does not tell
	}
	wrong, fix := "", ""
	switch c.Role {
	case ScopeRow:
		if f.Kind != schema.Insert && f.Kind != schema.Update {
			wrong, fix = "makes no row", "name the query that inserts the scope's row"
		}
	case ParentLock:
		if f.Kind != schema.Select || len(f.Locks) == 0 {
			wrong, fix = "locks no row", "SELECT … FOR KEY SHARE keeps the parent from being purged meanwhile"
		}
	case PurgeLock:
		if f.Kind != schema.Select || !slices.ContainsFunc(f.Locks, func(l schema.Lock) bool { return l.Strength == "UPDATE" && !l.SkipLocked }) {
			wrong, fix = "does not lock the scope's row for a purge", "SELECT … FOR UPDATE waits for those who create something below it"
		}
	case PurgeRow:
		switch {
		case f.Kind != schema.Delete && f.Kind != schema.Update:
			wrong, fix = "removes no row", "name the query that deletes the scope's row, or an UPDATE that marks it as deleted"
		case row != nil && row.Facts.Target != "" && f.Target != row.Facts.Target:
			wrong, fix = "writes "+f.Target+", and the scope's row is in "+row.Facts.Target, "name the query that deletes the scope's row"
		}
	}
	if wrong == "" {
		return true
	}
	r.problems.Add(diag.Problem{Pos: at.Pos, Code: "SG502", Message: fmt.Sprintf("%s %s", c.Query.Name, wrong), Fix: fix,
		Related: []diag.Related{{Pos: c.Query.Pos, Message: c.Query.Name + " is declared here"}}})
	return false
}
