package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// rowTable is the table that the row of a scope is in, "" when it is not known.
func (c *checker) rowTable(s *model.Scope) string {
	if s == nil || s.Broken || s.Create == nil || s.Create.Row == nil || c.catalog.Table(s.Create.Row.Facts.Target) == nil {
		return ""
	}
	return s.Create.Row.Facts.Target
}

// scopeOfType is the scope of a stored type, nil for one of another document.
func (c *checker) scopeOfType(typ string) *model.Scope {
	for _, s := range c.project.Scopes {
		if s.Type == typ {
			return s
		}
	}
	return nil
}

// tablesOnly reports whether names are tables of the schema, all of them: of a
// view it is not known what is behind it.
func (c *checker) tablesOnly(names []string) bool {
	return len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return c.catalog.Table(n) == nil })
}

func lockedTables(call *model.Call) []string {
	var tables []string
	for _, l := range call.Facts.Locks {
		tables = append(tables, l.Table)
	}
	return tables
}

// parents makes sure that the locks of parents are on rows of the parents' own
// tables, and do not find those that were purged by marking them.
func (c *checker) parents(s *model.Scope) {
	for _, lock := range withRole(s.Create.Body, model.ParentLock) {
		parent := c.scopeOfType(lock.Parent)
		table := c.rowTable(parent)
		tables := lockedTables(lock)
		if parent == nil {
			c.strangers(s, lock, tables)
		}
		if table == "" || !c.tablesOnly(tables) {
			continue
		}
		if !slices.Contains(tables, table) && c.purgeLocks(parent, tables) {
			continue // both lock the same
		}
		if !slices.Contains(tables, table) {
			c.report(s, diag.Problem{Pos: lock.Pos, Code: codeParentLock,
				Message: fmt.Sprintf("%s locks %s, and a %s is a row of %s: nothing keeps it from being purged meanwhile", lock.Query.Name, list(tables, "and"), lock.Parent, table),
				Fix:     "name a query that locks the parent's row FOR KEY SHARE", Related: []diag.Related{declared(lock), {Pos: parent.Create.Row.Query.Pos, Message: parent.Create.Row.Query.Name + " makes the row"}}})
			continue
		}
		c.oneParent(s, lock, table)
		c.liveness(s, lock, parent)
	}
}

// oneParent refuses a parent's lock that takes another row than that of the
// parent: by a comparison that most rows pass, or by an OR with something that is
// no key of the table.
func (c *checker) oneParent(s *model.Scope, lock *model.Call, table string) {
	t := c.catalog.Table(table)
	if len(lock.Facts.Reads) != 1 {
		return
	}
	p := diag.Problem{Pos: lock.Pos, Code: codeManyRows, Fix: "compare a key of the table by =, and run sqlc generate", Related: []diag.Related{declared(lock)}}
	p.Message = fmt.Sprintf("%s may lock another row of %s than the parent's", lock.Query.Name, table)
	if len(lock.Facts.Unequal) > 0 && !keepsTo(lock) {
		p.Message += fmt.Sprintf(": it compares %s, and not by =", lock.Facts.Unequal[0].Column)
		c.reportQuery(s, lock, p)
		return
	}
	keys := uniqueKeys(t)
	other := func(a schema.Arm) bool {
		return !slices.ContainsFunc(keys, func(k *schema.Key) bool { return mentionsAll(a, k) })
	}
	if len(keys) > 0 && slices.ContainsFunc(lock.Facts.Arms, other) {
		p.Message += ": one side of its OR mentions no key of the table"
		c.reportQuery(s, lock, p)
	}
}

// strangers warns of a parent whose type no scope of the document has, though its
// lock is on the rows of one that it may be meant to be: that one's purge is not
// known to be waited for, and what is stored under the type is not found by it.
func (c *checker) strangers(s *model.Scope, lock *model.Call, tables []string) {
	for _, other := range c.project.Scopes {
		if table := c.rowTable(other); table == "" || len(tables) != 1 || tables[0] != table {
			continue
		}
		c.report(s, diag.Problem{Pos: lock.Pos, Severity: diag.Warning, Code: codeStranger,
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

// liveness makes sure that a lock does not find a parent that was purged by an
// UPDATE: its row is still there.
func (c *checker) liveness(s *model.Scope, lock *model.Call, parent *model.Scope) {
	if parent.Purge == nil || parent.Purge.Row == nil || parent.Purge.Row.Facts.Kind != schema.Update {
		return
	}
	var marks []string
	for _, set := range parent.Purge.Row.Facts.Sets {
		marks = append(marks, set.Column)
	}
	if len(marks) == 0 || slices.ContainsFunc(marks, func(m string) bool { return slices.Contains(lock.Facts.Mentions, m) }) {
		return
	}
	c.report(s, diag.Problem{Pos: lock.Pos, Code: codeLiveness,
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

// cardinality makes sure that a purge locks and removes the one row of its scope.
func (c *checker) cardinality(s *model.Scope) {
	row := s.Purge.Row
	table := row.Facts.Target
	for _, lock := range withRole(s.Purge.Body, model.PurgeLock) {
		tables := lockedTables(lock)
		if c.catalog.Table(table) != nil && c.tablesOnly(tables) && !slices.Contains(tables, table) && !c.standsFor(s, tables) {
			c.report(s, diag.Problem{Pos: lock.Pos, Code: codePurgeLock,
				Message: fmt.Sprintf("%s locks %s, and %s removes a row of %s: nobody waits for the purge of %s", lock.Query.Name, list(tables, "and"), row.Query.Name, table, scopesHere),
				Fix:     "name a query that locks the scope's row FOR UPDATE", Related: []diag.Related{declared(lock), declared(row)}})
			continue
		}
		if len(tables) == 1 && tables[0] == table {
			c.oneRow(s, lock, tables[0])
		}
	}
	c.oneRow(s, row, table)
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
	p := diag.Problem{Pos: call.Pos, Code: codeManyRows,
		Message: fmt.Sprintf("%s may take many rows of %s: its WHERE mentions no key of the table", call.Query.Name, table),
		Fix:     "compare " + strings.Join(keys[0].Columns, " and ") + " with the id of the scope, and run sqlc generate", Related: []diag.Related{declared(call), {Pos: keys[0].Pos, Message: "the key " + keys[0].Name}}}
	if column := c.passesOthers(call, s); column != "" {
		p.Message = fmt.Sprintf("%s may take many rows of %s: it compares %s with the id of %s, and not by =", call.Query.Name, table, column, scopesHere)
		p.Fix = fmt.Sprintf("write %s = @id, and run sqlc generate", column)
		c.report(s, p)
		return
	}
	for _, arm := range alternatives(call.Facts) {
		if !slices.ContainsFunc(append(c.drawnKeys(s, t), keys...), func(k *schema.Key) bool { return mentionsAll(arm, k) }) {
			c.report(s, p)
			return
		}
	}
}

// mentionsAll reports whether conditions mention every column of a key.
func mentionsAll(a schema.Arm, k *schema.Key) bool {
	return !slices.ContainsFunc(k.Columns, func(name string) bool { return name != "" && !slices.Contains(a.Mentions, name) })
}

// drawnKeys are the columns of the scope's row that hold a uuid or a number of
// its own: where the tenant is part of every key, they tell the rows apart all
// the same.
func (c *checker) drawnKeys(s *model.Scope, t *schema.Table) []*schema.Key {
	var keys []*schema.Key
	if s.Create.Row.Facts.Target != t.QualifiedName() {
		return nil
	}
	for _, col := range t.Columns {
		a := given(s.Create.Row, col.Name)
		drawn := a == nil && col.Default && (col.Type == "uuid" || col.Identity)
		if a != nil {
			_, drawn = plain(a.Value).(*model.NewUUID)
		}
		if drawn && foreignKey(t, col.Name) == nil {
			keys = append(keys, &schema.Key{Columns: []string{col.Name}})
		}
	}
	return keys
}

// uniqueKeys are the primary key and the unique ones.
func uniqueKeys(t *schema.Table) []*schema.Key {
	if t.PrimaryKey == nil {
		return t.Uniques
	}
	return append([]*schema.Key{t.PrimaryKey}, t.Uniques...)
}

// ownsMore reports whether the document says that more than a row belongs to a
// scope: create writes it, or purge does something about it.
func ownsMore(s *model.Scope) bool {
	more := func(call *model.Call) bool {
		return len(call.Writes()) > 0 && call.Role != model.ScopeRow && call.Role != model.PurgeRow
	}
	if slices.ContainsFunc(model.Calls(s.Create.Body), more) {
		return true
	}
	return s.Purge != nil && (len(s.Purge.AfterCommit) > 0 || slices.ContainsFunc(s.Purge.Body, func(n model.Node) bool {
		call, ok := n.(*model.Call)
		return !ok || call.Role != model.PurgeLock && call.Role != model.PurgeRow
	}))
}

// cascades makes sure that no foreign key takes the rows of another scope, and
// leaves the rights that its purge would remove.
func (c *checker) cascades(s *model.Scope) {
	clean := c.cleaning(s.Purge)
	handled := map[string]bool{} // tables whose rows are gone when the purge deletes
	for child := range clean.children {
		handled[c.rowTable(child)] = true
	}
	for _, call := range withRole(s.Purge.Body, model.Refusal) {
		for _, table := range call.Facts.Reads {
			handled[table] = true
		}
	}
	for _, d := range clean.deletes {
		handled[d.Facts.Target] = handled[d.Facts.Target] || d != s.Purge.Row
	}
	for _, d := range clean.deletes {
		taken := c.taken(d.Facts.Target, handled)
		for _, table := range taken {
			var names []string
			related := []diag.Related{{}}
			for _, other := range c.project.Scopes {
				if c.rowTable(other) == table && ownsMore(other) {
					names = append(names, other.Name)
					related = append(related, diag.Related{Pos: other.Pos, Message: "the scope " + other.Name})
				}
			}
			if len(names) == 0 {
				continue
			}
			k := c.cascade(table, append(taken, d.Facts.Target))
			related[0] = diag.Related{Pos: k.Pos, Message: "the foreign key " + k.Name + " is ON DELETE CASCADE"}
			c.report(s, diag.Problem{Pos: d.Pos, Code: codeCascade,
				Message: fmt.Sprintf("%s takes the rows of %s with it, and leaves what else belongs to each %s", d.Query.Name, table, list(names, "or")),
				Fix:     fmt.Sprintf("add {scope: %s, list: …, found: cascade} to `children` of the purge, or found: refuse", names[0]), Related: related})
		}
	}
}

// cascade is the foreign key by which a table's rows go with those of another.
func (c *checker) cascade(table string, parents []string) *schema.ForeignKey {
	for _, k := range c.catalog.Table(table).ForeignKeys {
		if k.OnDelete == "CASCADE" && slices.Contains(parents, k.RefTable) {
			return k
		}
	}
	return &schema.ForeignKey{}
}
