package model

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// mayVanish lists the foreign keys by which a row that a call writes refers to rows
// that were read and not locked, such as roles.role_preset_id to the preset that
// the role is a copy of: somebody may have deleted these since. A violation of one
// is a conflict of two transactions, and no mistake of the caller.
func (r *resolver) mayVanish(c *Call) []string {
	t := r.catalog.Table(c.Facts.Target)
	if t == nil || c.Facts.Kind != schema.Insert && c.Facts.Kind != schema.Update {
		return nil
	}
	var names []string
	for _, k := range t.ForeignKeys {
		refers := func(i int, a *Arg) bool {
			return a.written && a.column != nil && a.column.Name == k.Columns[i] && r.readFrom(a.Value, k.RefTable, k.RefColumns[i])
		}
		for i := range min(len(k.Columns), len(k.RefColumns)) {
			if slices.ContainsFunc(c.Args, func(a *Arg) bool { return refers(i, a) }) {
				names = append(names, k.Name)
				break
			}
		}
	}
	return names
}

// readFrom reports whether a value is a column of a table's row that a SELECT read
// without locking it.
func (r *resolver) readFrom(v Value, table, column string) bool {
	var c *Call
	i := -1
	switch x := v.(type) {
	case *Conversion:
		return r.readFrom(x.X, table, column)
	case *ColumnValue:
		c, i = x.Call, x.Index
	case *FieldValue:
		if e, ok := x.Of.(*ElemValue); ok && e.Loop.Rows() != nil {
			c = e.Loop.Rows()
			i = slices.IndexFunc(c.Query.Columns, func(col sqlcapi.Column) bool { return col.Field == x.Field })
		}
	case *ElemValue: // of a query of one column
		if c = x.Loop.Rows(); c != nil && x.Loop.Groups() == nil && len(c.Query.Columns) == 1 {
			i = 0
		}
	default: // no column of a row
	}
	if c == nil || i < 0 || c.Facts.Kind != schema.Select || slices.ContainsFunc(c.Facts.Locks, func(l schema.Lock) bool { return l.Table == table }) {
		return false
	}
	ret := returned(c, i)
	return ret != nil && ret.Table == table && ret.Column == column
}
