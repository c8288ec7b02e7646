package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// rowFunctions are functions of PostgreSQL that take any row: t.count is count(t)
// where t has no such column.
var rowFunctions = []string{"count", "row_to_json", "to_json", "to_jsonb"}

// named notes a column that an expression names, if none of the tables that it may
// be of has it.
func (a *analyzer) named(ref *pg.ColumnRef, s *scope) {
	parts := texts(ref.Fields)
	if a.absent != nil || len(parts) == 0 || ref.Fields[len(parts)-1].GetAStar() != nil {
		return
	}
	name := parts[len(parts)-1]
	if len(parts) > 1 {
		if item := s.item(parts[:len(parts)-1]); item != nil && !a.callable(name) {
			a.lacks(name, item)
		}
		return
	}
	for _, item := range s.items {
		if _, ok := item.column(name); ok {
			return // nearly always
		}
	}
	if s.item(parts) != nil || s.names(name) {
		return // the whole row, or an output
	}
	var items []*fromItem
	for outer := s; outer != nil; outer = outer.outer {
		if slices.ContainsFunc(outer.merged, func(c column) bool { return c.name == name }) {
			return
		}
		items = append(items, outer.items...)
	}
	a.lacks(name, items...)
}

// lacks notes a column that none of some items has, if all of them are tables whose
// columns are certain.
func (a *analyzer) lacks(name string, items ...*fromItem) {
	if a.absent != nil || len(items) == 0 || name == "oid" || slices.Contains(systemColumns, name) {
		return
	}
	absent := Absent{Column: name}
	for _, item := range items {
		if _, ok := item.column(name); ok || !a.certain(item) {
			return
		}
		if !slices.Contains(absent.Tables, item.def) {
			absent.Tables = append(absent.Tables, item.def)
		}
	}
	a.absent = &absent
}

// certain reports an item whose columns are those of a table of the files, whatever
// the search_path is.
func (a *analyzer) certain(item *fromItem) bool {
	return item.def != nil && !item.renamed && a.catalog.Certain(item.def)
}

// callable reports a name that may be a function of a row: t.name is name(t), too.
func (a *analyzer) callable(name string) bool {
	return slices.Contains(rowFunctions, name) || len(a.catalog.functionsNamed("", name)) > 0
}

// names reports an output of the SELECT list, which ORDER BY, GROUP BY and DISTINCT
// ON may name.
func (s *scope) names(name string) bool {
	return slices.ContainsFunc(s.outputs, func(c column) bool { return c.name == name })
}

// using notes a column of JOIN … USING that one side does not have.
func (a *analyzer) using(names []string, left, right []*fromItem) {
	for _, name := range names {
		a.lacks(name, left...)
		a.lacks(name, right...)
	}
}
