package model

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/spec"
)

// DataSet is a list of constants (`data`).
type DataSet struct {
	Name   string
	Struct *DataStruct
	Rows   []*DataRow
	Pos    diag.Pos

	key     string
	keyless bool // no field has that name, which was reported
	used    bool
}

// Key is the field that names a row, "" for none.
func (set *DataSet) Key() string { return set.key }

// DataStruct is the type of a row of constants.
type DataStruct struct {
	Name   string       // such as builtin_role or builtin_role_grant
	Fields []*DataField // sorted by name

	key   string            // that names a row, "" for none
	slips map[string]string // misspelt fields, and what they may be meant to be
}

// DataField is one field of a row of constants. Its shape is that of the first
// use; a literal's own where nothing uses it.
type DataField struct {
	Name   string
	Shape  Shape
	Nested *DataStruct // of a list of rows, else nil

	typed bool
	exprs []spec.Expr
}

// DataRow is one row of constants, its cells in the order of the fields.
type DataRow struct {
	Cells []DataCell
}

// DataCell is one value: a literal, or the rows of a nested list.
type DataCell struct {
	Literal *Literal
	Rows    []*DataRow

	expr spec.Expr
}

// field returns the field of a name, nil for none.
func (s *DataStruct) field(name string) *DataField {
	for _, f := range s.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Constants are the field's values in all rows of the list.
func (f *DataField) Constants() []*Literal {
	var out []*Literal
	for _, e := range f.exprs {
		if l, wrong := literal(e, f.Shape); wrong == "" {
			out = append(out, l)
		}
	}
	return out
}

func (s *DataStruct) names() []string {
	var names []string
	for _, f := range s.Fields {
		names = append(names, f.Name)
	}
	return names
}

// resolveData checks the shape of every list of constants: all rows have the
// same fields.
func (r *resolver) resolveData() {
	r.data = map[string]*DataSet{}
	variables := goNames{}
	var rows goname.Namer // roles and role_s have different rows, both named role
	docs := slices.Clone(r.doc.Data)
	slices.SortStableFunc(docs, func(a, b *spec.Data) int { return strings.Compare(a.Name.Value, b.Name.Value) })
	for _, d := range docs {
		name := d.Name.Value
		if r.data[name] != nil {
			continue // the parser reported the duplicate
		}
		set := &DataSet{Name: name, Pos: d.Name.Pos, key: d.Key.Value, Struct: &DataStruct{Name: goname.Singular(name), key: d.Key.Value}}
		r.data[name] = set
		variables.clash(r, "data", name, goname.Unexported(name), set.Pos)
		if d.Rows == nil {
			continue
		}
		r.dataFields(set.Struct, [][]spec.Expr{d.Rows.Items})
		nameRows(set.Struct, &rows)
		set.Rows = r.dataRows(set.Struct, d.Rows.Items)
		r.checkKey(set, d)
	}
}

// dataFields collects the fields of all rows of a list, nested lists included.
func (r *resolver) dataFields(s *DataStruct, lists [][]spec.Expr) {
	nested := map[string][][]spec.Expr{}
	seen := map[string]*DataField{}
	for _, items := range lists {
		for _, item := range items {
			m, ok := item.(*spec.Map)
			if !ok {
				r.fail(item.Position(), "SG220", "write it as a mapping, such as {name: …}", "a row of data must be a mapping")
				continue
			}
			for _, b := range m.Entries {
				f := seen[b.Name.Value]
				if f == nil {
					f = &DataField{Name: b.Name.Value}
					seen[f.Name] = f
					s.Fields = append(s.Fields, f)
				}
				if list, ok := b.Value.(*spec.List); ok && holdsRows(list) {
					nested[f.Name] = append(nested[f.Name], list.Items)
				}
				f.exprs = append(f.exprs, b.Value)
			}
		}
	}
	slices.SortFunc(s.Fields, func(a, b *DataField) int { return strings.Compare(a.Name, b.Name) })
	r.slips(s, lists)
	fields := goNames{}
	for _, f := range s.Fields {
		fields.clash(r, "fields", f.Name, goname.Exported(f.Name), f.exprs[0].Position())
		if lists := nested[f.Name]; lists != nil {
			f.Nested = &DataStruct{Name: s.Name + "_" + goname.Singular(f.Name)}
			f.Shape = listOf(Shape{Kind: Constant})
			r.dataFields(f.Nested, lists)
		}
	}
}

// nameRows gives the type of each list's rows a name of its own.
func nameRows(s *DataStruct, names *goname.Namer) {
	s.Name = goname.Snake(names.Unique(goname.Unexported(s.Name)))
	for _, f := range s.Fields {
		if f.Nested != nil {
			nameRows(f.Nested, names)
		}
	}
}

func holdsRows(l *spec.List) bool {
	return slices.ContainsFunc(l.Items, func(e spec.Expr) bool { _, ok := e.(*spec.Map); return ok })
}

func (r *resolver) dataRows(s *DataStruct, items []spec.Expr) []*DataRow {
	var rows []*DataRow
	for _, item := range items {
		m, ok := item.(*spec.Map)
		if !ok {
			continue
		}
		row := &DataRow{Cells: make([]DataCell, len(s.Fields))}
		for i, f := range s.Fields {
			at := slices.IndexFunc(m.Entries, func(b *spec.Binding) bool { return b.Name.Value == f.Name })
			switch {
			case at < 0 && s.slipped(f.Name, m):
			case at < 0 && f.Nested == nil:
				r.fail(m.Pos, "SG221", "give every row of the list the same fields", "this row has no %q, and other rows have", f.Name)
			case at < 0:
			case f.Nested == nil:
				row.Cells[i].expr = m.Entries[at].Value
			default:
				if list, ok := m.Entries[at].Value.(*spec.List); ok {
					row.Cells[i].Rows = r.dataRows(f.Nested, list.Items)
				} else {
					r.fail(m.Entries[at].Value.Position(), "SG221", "give every row of the list the same fields", "%q is a list of rows elsewhere", f.Name)
				}
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// checkKey makes sure that the key names each row once.
func (r *resolver) checkKey(set *DataSet, d *spec.Data) {
	if set.key == "" {
		return
	}
	i := slices.IndexFunc(set.Struct.Fields, func(f *DataField) bool { return f.Name == set.key })
	if i < 0 {
		r.failNear(d.Key.Pos, "SG205", set.key, set.Struct.names(), "rows of data %q have no field %q", set.Name, set.key)
		set.keyless = true
		return
	}
	seen := map[string]diag.Pos{}
	for _, row := range set.Rows {
		e := row.Cells[i].expr
		if e == nil {
			continue
		}
		if at, ok := seen[e.String()]; ok {
			r.problems.Add(diag.Problem{Pos: e.Position(), Code: "SG222", Message: "two rows of data " + set.Name + " have the key " + e.String(),
				Fix: "the key names one row; make it unique", Related: []diag.Related{{Pos: at, Message: "the first one"}}})
			continue
		}
		seen[e.String()] = e.Position()
	}
}

// rowIndex returns the place of the row with a key, -1 for none, and the keys.
func (set *DataSet) rowIndex(key string) (int, []string) {
	i := slices.IndexFunc(set.Struct.Fields, func(f *DataField) bool { return f.Name == set.key })
	if i < 0 {
		return -1, nil
	}
	found, keys := -1, []string{}
	for n, row := range set.Rows {
		if s, ok := row.Cells[i].expr.(*spec.Scalar); ok {
			keys = append(keys, s.Text)
			if s.Text == key {
				found = n
			}
		}
	}
	return found, keys
}

// typeField gives an untyped field the shape of its first use, after checking
// every row's value against it.
func (r *resolver) typeField(f *DataField, to Shape) {
	if f.typed || f.Nested != nil {
		return
	}
	f.Shape, f.typed = to.plain(), true
	if hasNull(f.exprs) {
		f.Shape = to
	}
	for _, e := range f.exprs {
		if _, wrong := literal(e, f.Shape); wrong != "" {
			r.fail(wrongAt(e, f.Shape), "SG302", "", "%s %s", e, wrong)
		}
	}
}

func hasNull(exprs []spec.Expr) bool {
	return slices.ContainsFunc(exprs, func(e spec.Expr) bool {
		s, ok := e.(*spec.Scalar)
		return ok && s.Kind == spec.Null
	})
}

// finishData types what no query typed, and fills in the literals of what is used.
// Beside errors, what would type a field may be what was reported.
func (r *resolver) finishData() {
	for _, set := range r.data {
		if !set.used {
			continue
		}
		r.project.Data = append(r.project.Data, set)
		r.finishRows(set.Struct, set.Rows)
	}
	slices.SortFunc(r.project.Data, func(a, b *DataSet) int { return strings.Compare(a.Name, b.Name) })
}

func (r *resolver) finishRows(s *DataStruct, rows []*DataRow) {
	for i, f := range s.Fields {
		if f.Nested == nil && !r.problems.HasErrors() {
			r.typeField(f, ownShape(f.exprs))
		}
		for _, row := range rows {
			c := &row.Cells[i]
			if f.Nested != nil {
				r.finishRows(f.Nested, c.Rows)
			} else if c.expr != nil {
				c.Literal, _ = literal(c.expr, f.Shape)
			}
		}
	}
}

// ownShape is the shape that a constant has by itself.
func ownShape(exprs []spec.Expr) Shape {
	for _, e := range exprs {
		s, ok := e.(*spec.Scalar)
		if !ok {
			return Shape{Go: goname.Basic("byte").SliceOf(), Base: goname.Basic("byte").SliceOf(), Kind: JSON}
		}
		switch s.Kind {
		case spec.Bool:
			return boolShape
		case spec.Int:
			return int64Shape
		case spec.Float:
			return floatShape
		case spec.String:
			return textShape
		case spec.Binary:
			return Shape{Go: goname.Basic("byte").SliceOf(), Base: goname.Basic("byte").SliceOf(), Kind: Bytes}
		}
	}
	return textShape
}
