package check

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// reaches reports whether a DELETE of a purge may delete the row of a table that
// a call of create inserts or reads: nothing that it compares is certainly
// something else.
func (c *checker) reaches(d, row *model.Call, table string, s *model.Scope) bool {
	if !c.mayMatch(comparisons(d, table, s.Purge), row, s) {
		return false
	}
	for _, w := range d.Facts.InSubquery {
		if w.Table != table {
			continue
		}
		if other := rowOf(given(row, w.Column), w.RefTable, w.RefColumn); other != nil && !c.mayMatch(compared(d, w.Equal, w.RefTable, s.Purge), other, s) {
			return false
		}
	}
	return true
}

// mayMatch reports whether the row that a call of create inserts or reads may
// have what a purge compares its columns with.
func (c *checker) mayMatch(conditions []comparison, row *model.Call, s *model.Scope) bool {
	for _, x := range conditions {
		has := givenSense(row, x.Column, s.Create)
		for _, read := range comparisons(row, x.Table, s.Create) {
			if read.Column == x.Column && row.Facts.Kind == schema.Select {
				has = read.sense
			}
		}
		if !c.mayEqual(x.sense, has, s) {
			return false
		}
	}
	return true
}

// surelyReaches reports whether a DELETE deletes everything that an insert wrote.
func surelyReaches(d, insert *model.Call, s *model.Scope) bool {
	compared := comparisons(d, insert.Facts.Target, s.Purge)
	if d.Facts.Target != insert.Facts.Target || len(d.Guards) > 0 || len(compared) == 0 {
		return false
	}
	for _, name := range d.Facts.ReferencedColumns {
		i := slices.IndexFunc(compared, func(x comparison) bool { return x.Column == name })
		if i < 0 || !surelyEqual(compared[i].sense, givenSense(insert, name, s.Create)) {
			return false
		}
	}
	return true
}

// rowOf is the call whose one row an argument is a column of, nil when that is
// not known, or is another column.
func rowOf(a *model.Arg, table, column string) *model.Call {
	if a == nil {
		return nil
	}
	v := a.Value
	for {
		switch x := v.(type) {
		case *model.Conversion:
			v = x.X
		case *model.ColumnValue:
			if x.Index >= len(x.Call.Facts.Returns) {
				return nil
			}
			ret := x.Call.Facts.Returns[x.Index]
			if ret.Table != table || ret.Column != column || x.Call.Facts.Kind != schema.Insert && x.Call.Facts.Kind != schema.Select {
				return nil
			}
			return x.Call
		default:
			return nil
		}
	}
}
