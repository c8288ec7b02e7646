package sqlcapi

import (
	"go/ast"
	"slices"
	"strings"
)

// batch reads a :batch* method, which queues the same statement for each element of
// its argument. What comes back is read by a method of its own result type.
func (c *goCode) batch(q *Query, m *goMethod, args []argument) bool {
	queue := findCall(m.decl, func(call *ast.CallExpr, sel *ast.SelectorExpr) bool {
		return sel.Sel.Name == "Queue" && len(call.Args) == 2
	})
	if queue == nil || !c.constant(q, queue.Args[0]) || !c.elementParams(q, m.decl, args) {
		return false
	}
	reader, many := "", false
	switch q.Cmd {
	case "batchexec":
		return true
	case "batchone":
		reader = "QueryRow"
	case "batchmany":
		reader, many = "Query", true
	}
	for _, r := range c.methods[q.Name+"BatchResults"] {
		if r.decl.Name.Name != reader || r.decl.Type.Params.NumFields() != 1 {
			continue
		}
		// func (b *XBatchResults) Query(f func(int, []Row, error))
		callback, ok := r.decl.Type.Params.List[0].Type.(*ast.FuncType)
		if !ok || len(callback.Params.List) != 3 {
			return false
		}
		return c.answer(q, r, c.typeOf(r.file, callback.Params.List[1].Type), many)
	}
	return false
}

// copyFrom reads a :copyfrom method. It has no statement: the call names the
// table and its columns, and an iterator the values of each row.
func (c *goCode) copyFrom(q *Query, call *ast.CallExpr, args []argument) bool {
	if len(call.Args) != 4 {
		return false
	}
	q.Cmd = "copyfrom"
	table, ok := stringList(call.Args[1])
	columns, ok2 := stringList(call.Args[2])
	if !ok || !ok2 {
		return false
	}
	q.CopyTable, q.CopyColumns = table, columns
	for _, m := range c.methods["iteratorFor"+q.Name] {
		if m.decl.Name.Name == "Values" {
			return c.elementParams(q, m.decl, args) && len(q.Params) == len(columns)
		}
	}
	return false
}

// elementParams reads the parameters of one element of a method's only
// argument, a slice: the list of values that the function builds, each the
// element itself or a field of it.
func (c *goCode) elementParams(q *Query, d *ast.FuncDecl, args []argument) bool {
	if len(args) != 1 || !args[0].typ.IsSlice() || d.Body == nil {
		return false
	}
	var values *ast.CompositeLit
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok && values == nil {
			if t := source(lit.Type); t == "[]interface{}" || t == "[]any" {
				values = lit
			}
		}
		return values == nil
	})
	if values == nil {
		return false
	}
	elem := args[0].typ.Elem()
	for _, e := range values.Elts {
		sel, ok := e.(*ast.SelectorExpr)
		if !ok { // a, or r.rows[0]
			q.Params = append(q.Params, Param{Name: args[0].name, Type: elem})
			continue
		}
		field, ok := c.field(elem, sel.Sel.Name)
		if !ok {
			return false
		}
		q.ParamStruct = args[0].typ
		q.Params = append(q.Params, Param{Name: sel.Sel.Name, Type: field.Type})
	}
	if q.ParamStruct.IsZero() {
		q.ParamOrder = []int{0}
		return len(q.Params) == 1
	}
	q.setParamOrder(c.fieldNames(q.ParamStruct))
	return true
}

// stringList evaluates []string{"a", "b"}.
func stringList(e ast.Expr) ([]string, bool) {
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	var out []string
	for _, elt := range lit.Elts {
		s, ok := stringValue(elt)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

// enums finds the types that sqlc made from enums: a string type with constants
// and, where it is not replaced by a pointer, a struct for its nullable columns.
func (c *goCode) enums(pointers bool) []*Enum {
	byName := map[string]*Enum{}
	for name, t := range c.types {
		if id, ok := t.spec.Type.(*ast.Ident); ok && id.Name == "string" {
			byName[name] = &Enum{Type: c.local(name)}
		}
	}
	for _, f := range c.files {
		for _, d := range f.syntax.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				c.enumConsts(g, byName)
			}
		}
	}
	var out []*Enum
	for name, e := range byName {
		if s := c.structs["Null"+name]; s != nil && !pointers && len(s.Fields) == 2 && s.Fields[0].Type == e.Type {
			e.NullType, e.Field = c.local(s.Name), s.Fields[0].Name
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b *Enum) int { return strings.Compare(a.Type.Name, b.Type.Name) })
	return out
}

func (c *goCode) enumConsts(g *ast.GenDecl, enums map[string]*Enum) {
	for _, spec := range g.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || len(v.Names) != 1 || len(v.Values) != 1 {
			continue
		}
		id, ok := v.Type.(*ast.Ident)
		if !ok || enums[id.Name] == nil {
			continue
		}
		if value, ok := stringValue(v.Values[0]); ok {
			e := enums[id.Name]
			e.Consts = append(e.Consts, EnumConst{Name: v.Names[0].Name, Value: value})
		}
	}
}
