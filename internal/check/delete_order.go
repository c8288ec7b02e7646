package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// refuses reports whether a foreign key refuses the DELETE of a row that is
// referred to, at the end of that statement: RESTRICT always does, NO ACTION
// unless it may be deferred to the end of the transaction (PostgreSQL manual,
// CREATE TABLE).
func refuses(k *schema.ForeignKey) bool {
	return k.OnDelete == "RESTRICT" || k.OnDelete == "NO ACTION" && !k.Deferrable
}

// deleteOrder makes sure that a purge deletes rows after those that refer to
// them. It is silent where the condition of the first DELETE may leave out the
// rows that are referred to, and where something before may have removed or
// changed the rows that refer.
func (c *checker) deleteOrder(s *model.Scope) {
	touched := c.childTables(s) // whose rows may be gone, or refer to nothing any more
	calls := own(s.Purge.Body)
	for i, first := range calls {
		for _, table := range append(c.taken(first.Facts.Target, nil), first.Facts.Writes...) {
			touched[table] = true
		}
		table := c.catalog.Table(first.Facts.Target)
		if first.Facts.Kind != schema.Delete || table == nil || table.Reacts(schema.OnDelete) || !takesAll(first, s) {
			continue
		}
		parents := append(c.taken(first.Facts.Target, nil), first.Facts.Target)
		for _, later := range calls[i+1:] {
			child := c.catalog.Table(later.Facts.Target)
			if later.Facts.Kind != schema.Delete || child == nil || touched[later.Facts.Target] {
				continue
			}
			k := blocking(child, parents)
			if k == nil || blocking(table, []string{later.Facts.Target}) != nil {
				continue // in a cycle, no order is right by itself
			}
			c.report(s, diag.Problem{Pos: first.Pos,
				Message: fmt.Sprintf("%s deletes from %s before %s deletes the rows of %s, which refer to %s by %s and refuse it", first.Query.Name, first.Facts.Target, later.Query.Name, later.Facts.Target, k.RefTable, k.Name),
				Fix:     fmt.Sprintf("put %s in front of %s", later.Query.Name, first.Query.Name),
				Related: []diag.Related{{Pos: later.Pos, Message: later.Query.Name + " comes here"}, {Pos: k.Pos, Message: "the foreign key " + k.Name}}})
			break
		}
	}
}

// childTables are the tables whose rows the purges of children remove before the
// steps of a purge, and those of which a refusal makes sure that there are none.
func (c *checker) childTables(s *model.Scope) map[string]bool {
	out := map[string]bool{}
	for _, call := range own(s.Purge.Body) {
		switch {
		case call.Role == model.Refusal, call.Role == model.ChildList && !call.Cascade:
			for _, table := range call.Facts.Reads {
				out[table] = true
			}
		case call.Role == model.ChildList && call.Child.Purge != nil:
			for _, inner := range model.Calls(call.Child.Purge.Body) {
				for _, table := range append(c.taken(inner.Facts.Target, nil), inner.Facts.Writes...) {
					out[table] = true
				}
			}
		}
	}
	return out
}

// takesAll reports whether a DELETE takes all rows of its table that belong to the
// scope: it compares nothing but columns with the scope's id, and types beside it.
func takesAll(d *model.Call, s *model.Scope) bool {
	compared := comparisons(d, d.Facts.Target, s.Purge)
	if len(d.Facts.Disjuncts) > 0 || len(d.Facts.InSubquery) > 0 || len(d.Guards) > 0 || len(compared) == 0 {
		return false
	}
	for _, name := range d.Facts.ReferencedColumns {
		i := slices.IndexFunc(compared, func(x comparison) bool { return x.Column == name })
		if i < 0 || !compared[i].scopeID && !(compared[i].constant && compared[i].text == s.Type) {
			return false
		}
	}
	return true
}

// deletesOf lists the DELETEs of a purge, in order.
func deletesOf(s *model.Scope) []*model.Call {
	return slices.DeleteFunc(own(s.Purge.Body), func(call *model.Call) bool { return call.Facts.Kind != schema.Delete })
}

// blocking is a foreign key of a table that refuses the DELETE of the rows of
// one of the tables, nil for none. One that refers to its own table is checked at
// the end of a statement that may delete both.
func blocking(child *schema.Table, parents []string) *schema.ForeignKey {
	i := slices.IndexFunc(child.ForeignKeys, func(k *schema.ForeignKey) bool {
		return refuses(k) && k.RefTable != child.QualifiedName() && slices.Contains(parents, k.RefTable)
	})
	if i < 0 {
		return nil
	}
	return child.ForeignKeys[i]
}

// keptReferences refuses a `keep` of rows whose foreign key refuses the DELETE
// of the scope's row, or of what a step deletes.
func (c *checker) keptReferences(s *model.Scope) {
	deletes := deletesOf(s)
	for _, kept := range s.Purge.Keep {
		table := kept.Table.QualifiedName()
		if slices.ContainsFunc(deletes, func(d *model.Call) bool { return d.Facts.Target == table }) {
			continue
		}
		for _, insert := range own(s.Create.Body) {
			if insert.Facts.Kind != schema.Insert || insert.Facts.Target != table {
				continue
			}
			for _, k := range kept.Table.ForeignKeys {
				d := c.refused(s, insert, k, deletes)
				if d == nil {
					continue
				}
				whose := "rows of " + k.RefTable
				if d == s.Purge.Row {
					whose = "the row of " + scopesHere
				}
				c.report(s, diag.Problem{Pos: kept.Pos,
					Message: fmt.Sprintf("the rows of %s cannot be kept: they refer to %s by %s, which refuses %s", table, whose, k.Name, d.Query.Name),
					Fix:     "delete them in a step of the purge, or have the foreign key ON DELETE SET NULL",
					Related: []diag.Related{{Pos: k.Pos, Message: "the foreign key " + k.Name}, {Pos: insert.Pos, Message: insert.Query.Name + " writes them"}, {Pos: d.Pos, Message: d.Query.Name + " comes here"}}})
			}
		}
	}
}

// refused is the DELETE of a purge that a foreign key refuses for the rows of an
// insert, nil where that is not certain.
func (c *checker) refused(s *model.Scope, insert *model.Call, k *schema.ForeignKey, deletes []*model.Call) *model.Call {
	if t := c.catalog.Table(k.RefTable); !refuses(k) || t == nil || t.Reacts(schema.OnDelete) || len(k.Columns) != 1 || len(k.RefColumns) != 1 {
		return nil
	}
	row := rowOf(given(insert, k.Columns[0]), k.RefTable, k.RefColumns[0])
	for _, d := range deletes {
		ofScope := d == s.Purge.Row && givenSense(insert, k.Columns[0], s.Create).scopeID
		ofStep := d != s.Purge.Row && row != nil && row.Facts.Kind == schema.Insert && surelyReaches(d, row, s)
		if d.Facts.Target == k.RefTable && (ofScope || ofStep) {
			return d
		}
	}
	return nil
}
