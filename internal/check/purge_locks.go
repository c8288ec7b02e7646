package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// standsFor reports whether a row of one of the tables is there for each scope,
// and may be locked in place of the scope's own: create makes it, or those who
// create below the scope lock it.
func (c *checker) standsFor(s *model.Scope, tables []string) bool {
	makes := func(call *model.Call) bool {
		return call.Facts.Kind == schema.Insert && slices.Contains(tables, call.Facts.Target)
	}
	if slices.ContainsFunc(own(s.Create.Body), makes) {
		return true
	}
	for _, other := range c.project.Scopes {
		if other.Create == nil {
			continue
		}
		for _, lock := range withRole(other.Create.Body, model.ParentLock) {
			if lock.Parent == s.Type && slices.ContainsFunc(lockedTables(lock), func(t string) bool { return slices.Contains(tables, t) }) {
				return true
			}
		}
	}
	return false
}

// locksElsewhere reports whether the lock of a purge is on rows of another table
// than the scope's, which do not stand for them.
func (c *checker) locksElsewhere(s *model.Scope, lock *model.Call) bool {
	tables, table := lockedTables(lock), s.Purge.Row.Facts.Target
	return c.catalog.Table(table) != nil && c.tablesOnly(tables) && !slices.Contains(tables, table) && !c.standsFor(s, tables)
}

// purgeLocksElsewhere refuses the lock of a purge on another row than that which
// the purge removes.
func (c *checker) purgeLocksElsewhere(s *model.Scope) {
	row := s.Purge.Row
	for _, lock := range withRole(s.Purge.Body, model.PurgeLock) {
		if c.locksElsewhere(s, lock) {
			c.report(s, diag.Problem{Pos: lock.Pos,
				Message: fmt.Sprintf("%s locks %s, and %s removes a row of %s: nobody waits for the purge of %s", lock.Query.Name, list(lockedTables(lock), "and"), row.Query.Name, row.Facts.Target, scopesHere),
				Fix:     "name a query that locks the scope's row FOR UPDATE", Related: []diag.Related{declared(lock), declared(row)}})
		}
	}
}

// manyRows makes sure that a purge locks and removes the one row of its scope.
func (c *checker) manyRows(s *model.Scope) {
	for _, lock := range withRole(s.Purge.Body, model.PurgeLock) {
		if tables := lockedTables(lock); len(tables) == 1 && tables[0] == s.Purge.Row.Facts.Target {
			c.oneRow(s, lock, tables[0])
		}
	}
	c.oneRow(s, s.Purge.Row, s.Purge.Row.Facts.Target)
}

// oneRow makes sure that a WHERE is about a key of the table, so that it takes
// one row. How it compares the columns is not looked at: equality with a
// parameter is not the only way.
func (c *checker) oneRow(s *model.Scope, call *model.Call, table string) {
	t := c.catalog.Table(table)
	if t == nil {
		return
	}
	keys := uniqueKeys(t)
	if len(keys) == 0 || len(call.Facts.Reads) > 1 {
		return
	}
	p := diag.Problem{Pos: call.Pos,
		Message: fmt.Sprintf("%s may take many rows of %s: its WHERE mentions no key of the table", call.Query.Name, table),
		Fix:     "compare " + strings.Join(keys[0].Columns, " and ") + " with the id of the scope, and run sqlc generate", Related: []diag.Related{declared(call), {Pos: keys[0].Pos, Message: "the key " + keys[0].Name}}}
	if column := c.passesOthers(call, s); column != "" {
		p.Message = fmt.Sprintf("%s may take many rows of %s: it compares %s with the id of %s, and not by =", call.Query.Name, table, column, scopesHere)
		p.Fix = fmt.Sprintf("write %s = @id, and run sqlc generate", column)
		c.report(s, p)
		return
	}
	for _, disjunct := range alternatives(call.Facts) {
		if !slices.ContainsFunc(append(c.drawnKeys(s, t), keys...), func(k *schema.Key) bool { return referencesAll(disjunct, k) }) {
			c.report(s, p)
			return
		}
	}
}
