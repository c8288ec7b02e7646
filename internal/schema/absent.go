package schema

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
)

// Absent is what a query names and the schema does not have: a table, or a Column
// of Tables, none of which has it.
type Absent struct {
	Table  string
	Column string
	Tables []*Table
	Past   Past // of the table, or of the column if it was of one table
}

// Past is a statement of the schema that took a name away; the zero Past is none.
type Past struct {
	Pos diag.Pos
	Now string // the new name, "" for what was dropped
}

// Absent returns the first such thing, and false where there is none for certain:
// a server has its own relations, extensions bring some, and a statement of the
// schema that was not read may make any.
func (c *Catalog) Absent(q *Query) (Absent, bool) {
	if c.unread {
		return Absent{}, false
	}
	for _, name := range slices.Concat(q.Writes, q.Reads) {
		if c.table("", name) == nil && c.Table(name) == nil && !c.mayHave(name, slices.Contains(q.Writes, name)) {
			return Absent{Table: name, Past: c.past[name]}, true
		}
	}
	if q.absent == nil {
		return Absent{}, false
	}
	absent := *q.absent
	for _, t := range absent.Tables {
		if past, ok := t.past[absent.Column]; ok {
			absent.Tables, absent.Past = []*Table{t}, past
			break
		}
	}
	return absent, true
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

// took notes that the current statement took a name away.
func (l *loader) took(from *map[string]Past, name, now string) {
	if *from == nil {
		*from = map[string]Past{}
	}
	(*from)[name] = Past{Pos: l.source.pos(l.start), Now: now}
}
