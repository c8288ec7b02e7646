package plan

import (
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// table declares the variable and the types of a list of constants.
func table(set *model.DataSet) *Table {
	t := &Table{Var: dataVar(set), Doc: set.Name}
	t.Types = dataStructs(set.Struct)
	t.Rows = dataRows(set.Struct, set.Rows)
	return t
}

func dataVar(set *model.DataSet) string { return goname.Unexported(set.Name) + "Data" }

func dataType(s *model.DataStruct) string { return goname.Unexported(s.Name) + "Row" }

func dataStructs(s *model.DataStruct) []*Struct {
	out := []*Struct{{Name: dataType(s)}}
	for _, f := range s.Fields {
		typ := f.Shape.Go
		if f.Nested != nil {
			typ = goname.Basic(dataType(f.Nested)).SliceOf()
			out = append(out, dataStructs(f.Nested)...)
		}
		out[0].Fields = append(out[0].Fields, &Field{Name: goname.Exported(f.Name), Type: typ})
	}
	return out
}

func dataRows(s *model.DataStruct, rows []*model.DataRow) *Composite {
	c := &Composite{Type: goname.Basic(dataType(s)).SliceOf(), Lines: true}
	for _, row := range rows {
		r := &Composite{Type: goname.Basic(dataType(s)), Elide: true}
		for i, f := range s.Fields {
			cell := row.Cells[i]
			switch {
			case f.Nested != nil && len(cell.Rows) > 0:
				r.Fields = append(r.Fields, FieldValue{Name: goname.Exported(f.Name), Value: dataRows(f.Nested, cell.Rows)})
			case cell.Literal != nil:
				r.Fields = append(r.Fields, FieldValue{Name: goname.Exported(f.Name), Value: literal(cell.Literal)})
			}
		}
		c.Fields = append(c.Fields, FieldValue{Value: r})
	}
	return c
}
