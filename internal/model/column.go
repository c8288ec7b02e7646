package model

import (
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/schema"
)

// findColumn finds the column that a path names in the answer of a call, and
// how many elements of the path it took: two for an embedded table's column.
func findColumn(c *Call, path []string) (index, taken int) {
	for i := range c.Query.Columns {
		if columnName(c, i) == path[0] || goname.Equal(c.Query.Columns[i].Field, path[0]) {
			return i, 1
		}
	}
	if len(path) > 1 {
		for i, col := range c.Query.Columns {
			if outer, inner, ok := strings.Cut(col.Field, "."); ok && goname.Equal(outer, path[0]) && goname.Equal(inner, path[1]) {
				return i, 2
			}
		}
	}
	return -1, 0
}

// columnName is a column's name as SQL has it; the Go field in SQL's spelling
// where the SQL could not tell.
func columnName(c *Call, i int) string {
	if ret := returned(c, i); ret != nil && ret.Name != "" && !strings.Contains(c.Query.Columns[i].Field, ".") {
		return ret.Name
	}
	return goname.Snake(c.Query.Columns[i].Field)
}

func columnNames(c *Call) []string {
	var names []string
	for i := range c.Query.Columns {
		names = append(names, columnName(c, i))
	}
	return names
}

// returned is what the SQL says of a column of the answer, nil when it does
// not line up with the Go code.
func returned(c *Call, i int) *schema.Result {
	if c.Facts == nil || len(c.Facts.Returns) != len(c.Query.Columns) {
		return nil
	}
	return &c.Facts.Returns[i]
}

// columnShape is the shape of one column of a call's answer.
func (r *resolver) columnShape(c *Call, i int) Shape {
	s := shapeOf(c.Query.Columns[i].Type, c.Query.Package)
	ret := returned(c, i)
	if ret == nil {
		return s
	}
	if t := r.catalog.Table(ret.Table); t != nil {
		if col := t.Column(ret.Column); col != nil {
			return r.withSQL(s, col.Type, !col.NotNull && !ret.Present || ret.MayBeNull)
		}
	}
	return s
}

// column is one column of a call's one row. Its argument is known where the
// statement itself fixes the column to a parameter.
func (r *resolver) column(c *Call, i int) *ColumnValue {
	v := &ColumnValue{Call: c, Index: i, Of: r.columnShape(c, i)}
	ret := returned(c, i)
	if c.Gathers() {
		v.Known = r.gatheredArg(c, ret, v.Of)
		return v
	}
	if ret == nil || ret.Param == 0 || ret.Param > len(c.Query.Params) || r.mayBeCut(ret) {
		return v
	}
	name := c.Query.Params[ret.Param-1].Name
	for _, a := range c.Args {
		if a.Param.Name == name && a.Shape.Kind == v.Of.Kind && a.Value != nil {
			v.Known = a
		}
	}
	return v
}

// mayBeCut reports whether the stored text may differ from the sent one:
// varchar(n) loses blanks past its length (PostgreSQL manual, section 8.3).
func (r *resolver) mayBeCut(ret *schema.Result) bool {
	col := r.tableColumn(ret.Table, ret.Column)
	return col != nil && col.Length > 0
}

// gatheredArg is the argument that gives a column its value, in a call that is
// gathered: which of its rows is that of a turn is only known by what the turn
// itself gave, and that the statement stores as it is.
func (r *resolver) gatheredArg(c *Call, ret *schema.Result, of Shape) *Arg {
	if ret == nil || c.Facts.OnConflict == "update" {
		return nil
	}
	if t := r.catalog.Table(ret.Table); t == nil || !r.catalog.Keeps(t, c.Facts.Events(), ret.Column) {
		return nil
	}
	for _, a := range c.Args {
		if a.Gathered && a.column != nil && a.written && ret.Table == c.Facts.Target && a.column.Name == ret.Column && elemOf(a).Kind == of.Kind && a.column.Length == 0 {
			return a
		}
	}
	return nil
}
