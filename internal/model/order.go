package model

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/schema"
)

// Tables says which tables hang together by foreign keys.
type Tables struct {
	// References lists, for each table, the tables that its foreign keys refer to.
	References map[string][]string
	// Cascades lists, for each table, those whose rows a DELETE from it takes or
	// changes, however long the chain of foreign keys.
	Cascades map[string][]string

	constraints map[string][]Constraint // of each table
	referrers   []Constraint            // foreign keys that keep rows from being deleted
	defaults    map[string][]string     // the columns of each table that have one
}

// Defaults are the columns that an INSERT leaves to their defaults: nothing in
// the document sets them.
func (t Tables) Defaults(c *Call) []string {
	if c.Facts.Kind != schema.Insert {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.defaults[c.Facts.Target]), func(name string) bool {
		return slices.ContainsFunc(c.Facts.Sets, func(s schema.ColumnValue) bool { return s.Column == name })
	})
}

// KeepOrder reports whether b, the later of two calls, must not overtake a: a
// locks rows, one of both is not understood, or one writes a table that the other
// touches or that a foreign key ties to one that it writes.
func (t Tables) KeepOrder(a, b *Call) bool {
	if a.LocksRows() || a.Role == PurgeLock || a.Opaque() || b.Opaque() {
		return true
	}
	return t.writesFor(a, b) || t.writesFor(b, a)
}

// writesFor reports whether a writes a table that b touches or refers to, or
// that refers to one that b writes.
func (t Tables) writesFor(a, b *Call) bool {
	for _, written := range t.changes(a) {
		if b.Touches(written) {
			return true
		}
		for _, other := range t.changes(b) {
			if slices.Contains(t.References[other], written) || slices.Contains(t.References[written], other) {
				return true
			}
		}
	}
	return false
}

// changes are the tables that a call writes, and those that change with them.
func (t Tables) changes(c *Call) []string {
	tables := c.Writes()
	if c.Deletes() {
		for _, table := range c.Writes() {
			tables = append(tables[:len(tables):len(tables)], t.Cascades[table]...)
		}
	}
	return tables
}

// tablesOf reads the foreign keys of a schema.
func tablesOf(c *schema.Catalog) Tables {
	return Tables{References: references(c), Cascades: cascades(c), constraints: constraintsOf(c), referrers: referrersOf(c), defaults: defaultsOf(c)}
}

func defaultsOf(c *schema.Catalog) map[string][]string {
	out := map[string][]string{}
	for _, t := range c.Tables {
		for _, col := range t.Columns {
			if col.Default {
				out[t.QualifiedName()] = append(out[t.QualifiedName()], col.Name)
			}
		}
	}
	return out
}

// references lists, for each table, those that its foreign keys refer to.
func references(c *schema.Catalog) map[string][]string {
	refs := map[string][]string{}
	for _, t := range c.Tables {
		for _, k := range t.ForeignKeys {
			refs[t.QualifiedName()] = append(refs[t.QualifiedName()], k.RefTable)
		}
	}
	return refs
}

// cascades lists, for each table, those whose rows go or change with the rows
// that are deleted from it, however long the chain of foreign keys.
func cascades(c *schema.Catalog) map[string][]string {
	direct := map[string][]string{}
	for _, t := range c.Tables {
		for _, k := range t.ForeignKeys {
			if k.OnDelete != "NO ACTION" && k.OnDelete != "RESTRICT" {
				direct[k.RefTable] = append(direct[k.RefTable], t.QualifiedName())
			}
		}
	}
	all := map[string][]string{}
	for table := range direct {
		reached := []string{table}
		for i := 0; i < len(reached); i++ {
			for _, next := range direct[reached[i]] {
				if !slices.Contains(reached, next) {
					reached = append(reached, next)
				}
			}
		}
		all[table] = reached[1:]
	}
	return all
}

// Calls lists the calls in a body, in order, those of loops, conditions and nested
// scopes included.
func Calls(body []Node) []*Call {
	var out []*Call
	for _, n := range body {
		switch n := n.(type) {
		case *Call:
			out = append(out, n)
		case *Loop:
			out = append(out, Calls(n.Body)...)
		case *Guard:
			out = append(out, Calls(n.Body)...)
		case *Nested:
			out = append(out, Calls(n.Body)...)
		}
	}
	return out
}
