package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// parentLock is the lock of a parent, and the tables whose rows it locks.
type parentLock struct {
	*model.Call
	of     *model.Scope // nil for a scope of another document
	table  string       // that the parent's row is in, "" when it is not known
	tables []string
}

func (c *checker) parentLocks(s *model.Scope) []parentLock {
	var out []parentLock
	for _, lock := range withRole(s.Create.Body, model.ParentLock) {
		of := c.scopeOfType(lock.Parent)
		out = append(out, parentLock{lock, of, c.rowTable(of), lockedTables(lock)})
	}
	return out
}

// onRow reports whether a lock is known to lock rows of the parent's table.
func (c *checker) onRow(l parentLock) bool {
	return l.table != "" && c.tablesOnly(l.tables) && slices.Contains(l.tables, l.table)
}

// parentLocksElsewhere refuses a lock of a parent on rows of another table than
// the parent's, unless its purge locks the same.
func (c *checker) parentLocksElsewhere(s *model.Scope) {
	for _, l := range c.parentLocks(s) {
		if l.table == "" || !c.tablesOnly(l.tables) || slices.Contains(l.tables, l.table) || c.purgeLocks(l.of, l.tables) {
			continue
		}
		c.report(s, diag.Problem{Pos: l.Pos,
			Message: fmt.Sprintf("%s locks %s, and a %s is a row of %s: nothing keeps it from being purged meanwhile", l.Query.Name, list(l.tables, "and"), l.Parent, l.table),
			Fix:     "name a query that locks the parent's row FOR KEY SHARE", Related: []diag.Related{declared(l.Call), {Pos: l.of.Create.Row.Query.Pos, Message: l.of.Create.Row.Query.Name + " makes the row"}}})
	}
}

// manyParents refuses a parent's lock that takes another row than that of the
// parent: by a comparison that most rows pass, or by an OR with something that is
// no key of the table.
func (c *checker) manyParents(s *model.Scope) {
	for _, l := range c.parentLocks(s) {
		if c.onRow(l) {
			c.oneParent(s, l.Call, l.table)
		}
	}
}

func (c *checker) oneParent(s *model.Scope, lock *model.Call, table string) {
	t := c.catalog.Table(table)
	if len(lock.Facts.Reads) != 1 {
		return
	}
	p := diag.Problem{Pos: lock.Pos, Fix: "compare a key of the table by =, and run sqlc generate", Related: []diag.Related{declared(lock)}}
	p.Message = fmt.Sprintf("%s may lock another row of %s than the parent's", lock.Query.Name, table)
	if len(lock.Facts.Unequal) > 0 && !keepsTo(lock) {
		p.Message += fmt.Sprintf(": it compares %s, and not by =", lock.Facts.Unequal[0].Column)
		c.reportQuery(s, lock, p)
		return
	}
	keys := uniqueKeys(t)
	other := func(a schema.Disjunct) bool {
		return !slices.ContainsFunc(keys, func(k *schema.Key) bool { return referencesAll(a, k) })
	}
	if len(keys) > 0 && slices.ContainsFunc(lock.Facts.Disjuncts, other) {
		p.Message += ": one side of its OR mentions no key of the table"
		c.reportQuery(s, lock, p)
	}
}

// purgedParents makes sure that a lock does not find a parent that was purged by
// an UPDATE: its row is still there.
func (c *checker) purgedParents(s *model.Scope) {
	for _, l := range c.parentLocks(s) {
		if c.onRow(l) {
			c.liveness(s, l.Call, l.of)
		}
	}
}

func (c *checker) liveness(s *model.Scope, lock *model.Call, parent *model.Scope) {
	if parent.Purge == nil || parent.Purge.Row == nil || parent.Purge.Row.Facts.Kind != schema.Update {
		return
	}
	var marks []string
	for _, set := range parent.Purge.Row.Facts.Sets {
		marks = append(marks, set.Column)
	}
	if len(marks) == 0 || slices.ContainsFunc(marks, func(m string) bool { return slices.Contains(lock.Facts.ReferencedColumns, m) }) {
		return
	}
	c.report(s, diag.Problem{Pos: lock.Pos,
		Message: fmt.Sprintf("%s finds rows of %s that were purged, too: %s marks them by %s, which the WHERE does not mention", lock.Query.Name, lock.Parent, parent.Purge.Row.Query.Name, list(marks, "and")),
		Fix:     "add the condition to the WHERE, such as " + c.living(parent, marks[0]) + ", and run sqlc generate",
		Related: []diag.Related{declared(lock), declared(parent.Purge.Row)}})
}

// living is the condition that a row is not marked as purged, as far as the
// column's type tells.
func (c *checker) living(s *model.Scope, mark string) string {
	t := c.catalog.Table(s.Purge.Row.Facts.Target)
	if t == nil || t.Column(mark) == nil {
		return mark + " IS NULL"
	}
	switch col := t.Column(mark); {
	case col.Type == "bool":
		return "NOT " + mark
	case col.NotNull:
		return mark + " = …"
	default:
		return mark + " IS NULL"
	}
}

// unknownParents warns of a parent whose type no scope of the document has, though
// its lock is on the rows of one that it may be meant to be: what is stored under
// the type is not found by that one's purge.
func (c *checker) unknownParents(s *model.Scope) {
	for _, l := range c.parentLocks(s) {
		if l.of == nil {
			c.strangers(s, l.Call, l.tables)
		}
	}
}

func (c *checker) strangers(s *model.Scope, lock *model.Call, tables []string) {
	for _, other := range c.project.Scopes {
		if table := c.rowTable(other); table == "" || len(tables) != 1 || tables[0] != table {
			continue
		}
		c.report(s, diag.Problem{Pos: lock.Pos,
			Message: fmt.Sprintf("no scope has the type %q, and %s locks %s, which the rows of %s are in", lock.Parent, lock.Query.Name, tables[0], other.Name),
			Fix:     fmt.Sprintf("did you mean type: %s?", other.Type), Related: []diag.Related{{Pos: other.Pos, Message: "the scope " + other.Name}}})
		return
	}
}

// purgeLocks reports whether the purge of a scope locks one of the tables.
func (c *checker) purgeLocks(s *model.Scope, tables []string) bool {
	if s.Purge == nil {
		return false
	}
	return slices.ContainsFunc(withRole(s.Purge.Body, model.PurgeLock), func(lock *model.Call) bool {
		return slices.ContainsFunc(lockedTables(lock), func(t string) bool { return slices.Contains(tables, t) })
	})
}
