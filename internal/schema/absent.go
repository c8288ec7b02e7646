package schema

import (
	"slices"
	"strings"
)

// Absent is what a query names and the schema does not have: a table, or with a
// Column a column of it.
type Absent struct{ Table, Column string }

// Absent returns the first such thing, and false where there is none for certain:
// a server has its own relations, extensions bring some, and a statement of the
// schema that was not read may make any.
func (c *Catalog) Absent(q *Query) (Absent, bool) {
	if c.unread {
		return Absent{}, false
	}
	for _, name := range slices.Concat(q.Writes, q.Reads) {
		if c.table("", name) == nil && c.Table(name) == nil && !c.mayHave(name, slices.Contains(q.Writes, name)) {
			return Absent{Table: name}, true
		}
	}
	t := c.Table(q.Target)
	if t == nil || t.open || t.Uncertain {
		return Absent{}, false
	}
	for _, set := range q.Sets {
		if set.Table == q.Target && set.Column != "" && t.Column(set.Column) == nil {
			return Absent{Table: q.Target, Column: set.Column}, true
		}
	}
	return Absent{}, false
}

// mayHave reports whether a relation that is no table of the files may be there.
func (c *Catalog) mayHave(name string, written bool) bool {
	schema, bare, qualified := cutLast(name)
	switch {
	case schema == "pg_catalog", schema == "information_schema", strings.HasPrefix(bare, "pg_"), c.others[name], c.extended && !written:
		return true
	case qualified:
		return !c.schemas[schema] // made elsewhere
	default: // found by a search_path
		return slices.ContainsFunc(c.Tables, func(t *Table) bool { return t.Name == bare })
	}
}
