package sqlcapi

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
)

// nameLine is the first line of a query's constant.
var nameLine = regexp.MustCompile(`^-- name: (\S+) :(\w+)\s*(?:\n|$)`)

// argument is one parameter of a generated function.
type argument struct {
	name string
	typ  goname.Type
}

// isQuery reports whether a method of Queries runs a query: WithTx does not.
func isQuery(m *goMethod) bool {
	params := m.decl.Type.Params.List
	return len(params) > 0 && len(params[0].Names) == 1 && source(params[0].Type) == "context.Context"
}

// query reads one method of Queries. It reports false for a method that is not
// written as sqlc writes it.
func (c *goCode) query(m *goMethod) (*Query, bool) {
	q := &Query{Name: m.decl.Name.Name, goPos: c.pos(m.decl.Name.Pos())}
	args := c.arguments(m)[1:] // the first is the context
	if len(args) > 0 && args[0].typ.Name == "DBTX" {
		args = args[1:]
	}
	call := databaseCall(m.decl)
	if call == nil || m.decl.Body == nil {
		return nil, false
	}
	switch call.Fun.(*ast.SelectorExpr).Sel.Name {
	case "CopyFrom":
		return q, c.copyFrom(q, call, args)
	case "SendBatch":
		return q, c.batch(q, m, args)
	default:
		return q, c.single(q, m, call, args)
	}
}

// arguments lists the parameters of a method.
func (c *goCode) arguments(m *goMethod) []argument {
	var args []argument
	for _, field := range m.decl.Type.Params.List {
		t := c.typeOf(m.file, field.Type)
		for _, name := range field.Names {
			args = append(args, argument{name.Name, t})
		}
	}
	return args
}

// databaseCall finds the call of the DBTX in a method: on q.db, or on the
// parameter db with emit_methods_with_db_argument.
func databaseCall(d *ast.FuncDecl) *ast.CallExpr {
	return findCall(d, func(call *ast.CallExpr, sel *ast.SelectorExpr) bool {
		if on := source(sel.X); on != "db" && !strings.HasSuffix(on, ".db") {
			return false
		}
		switch sel.Sel.Name {
		case "Exec", "Query", "QueryRow", "CopyFrom", "SendBatch":
			return len(call.Args) >= 2
		}
		return false
	})
}

// findCall returns the first method call in a function that match accepts.
func findCall(d *ast.FuncDecl, match func(*ast.CallExpr, *ast.SelectorExpr) bool) *ast.CallExpr {
	var found *ast.CallExpr
	if d.Body == nil {
		return nil
	}
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && found == nil {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && match(call, sel) {
				found = call
			}
		}
		return found == nil
	})
	return found
}

// single reads a method that sends one statement: its call is
// (ctx, constant, $1, $2, …).
func (c *goCode) single(q *Query, m *goMethod, call *ast.CallExpr, args []argument) bool {
	if !c.constant(q, call.Args[1]) || !c.params(q, call.Args[2:], args) {
		return false
	}
	if q.Cmd != "one" && q.Cmd != "many" {
		return true
	}
	results := m.decl.Type.Results
	if results == nil || len(results.List) != 2 {
		return false
	}
	row := c.typeOf(m.file, results.List[0].Type)
	return c.answer(q, m, row, q.Cmd == "many")
}

// constant takes the SQL and the command from the constant that a call names.
func (c *goCode) constant(q *Query, e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	q.SQL = c.consts[id.Name]
	match := nameLine.FindStringSubmatch(q.SQL)
	if match == nil || match[1] != q.Name {
		return false
	}
	q.Cmd = match[2]
	return true
}

// params reads what a call passes as $1, $2 and so on: fields of a struct
// argument, or the arguments themselves.
func (c *goCode) params(q *Query, passed []ast.Expr, args []argument) bool {
	var order []string // of the fields, or the arguments
	for _, e := range passed {
		switch e := e.(type) {
		case *ast.Ident:
			i := slices.IndexFunc(args, func(a argument) bool { return a.name == e.Name })
			if i < 0 {
				return false
			}
			q.Params = append(q.Params, Param{Name: e.Name, Type: args[i].typ})
		case *ast.SelectorExpr:
			if len(args) != 1 || source(e.X) != args[0].name {
				return false
			}
			field, ok := c.field(args[0].typ, e.Sel.Name)
			if !ok {
				return false
			}
			q.ParamStruct = args[0].typ
			q.Params = append(q.Params, Param{Name: e.Sel.Name, Type: field.Type})
		default:
			return false
		}
	}
	if q.ParamStruct.IsZero() {
		for _, a := range args {
			order = append(order, a.name)
		}
	} else {
		order = c.fieldNames(q.ParamStruct)
	}
	q.setParamOrder(order)
	return len(q.ParamOrder) == len(order)
}

// setParamOrder finds the first parameter of each name.
func (q *Query) setParamOrder(names []string) {
	q.ParamOrder = nil
	for _, name := range names {
		if i := slices.IndexFunc(q.Params, func(p Param) bool { return p.Name == name }); i >= 0 {
			q.ParamOrder = append(q.ParamOrder, i)
		}
	}
}

// answer reads the columns from the Scan in a method. The method gives back one
// row, or a slice of them.
func (c *goCode) answer(q *Query, m *goMethod, row goname.Type, many bool) bool {
	if many {
		row = row.Elem()
	}
	q.Row = row
	scan := findCall(m.decl, func(_ *ast.CallExpr, sel *ast.SelectorExpr) bool { return sel.Sel.Name == "Scan" })
	if scan == nil || row.IsZero() {
		return false
	}
	for _, e := range scan.Args {
		address, ok := e.(*ast.UnaryExpr)
		if !ok {
			return false
		}
		column, ok := c.column(row, address.X)
		if !ok {
			return false
		}
		q.Columns = append(q.Columns, column)
	}
	return len(q.Columns) > 0
}

// column reads one target of a Scan: a bare variable, a field of the row, or a
// field of a struct in it (sqlc.embed).
func (c *goCode) column(row goname.Type, e ast.Expr) (Column, bool) {
	path, ok := fieldPath(e)
	if !ok {
		return Column{}, false
	}
	t := row
	for _, name := range path {
		field, ok := c.field(t, name)
		if !ok {
			return Column{}, false
		}
		t = field.Type
	}
	return Column{Field: strings.Join(path, "."), Type: t}, true
}

// fieldPath takes the fields from an expression such as i.User.ID: [User ID].
func fieldPath(e ast.Expr) ([]string, bool) {
	switch e := e.(type) {
	case *ast.Ident:
		return nil, true
	case *ast.SelectorExpr:
		path, ok := fieldPath(e.X)
		return append(path, e.Sel.Name), ok
	}
	return nil, false
}

// field finds a field of a struct type of the package, or of a pointer to or a
// slice of one.
func (c *goCode) field(t goname.Type, name string) (Field, bool) {
	s := c.structs[t.Name]
	if s == nil || t.Pkg != c.importPath {
		return Field{}, false
	}
	i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return s.Fields[i], true
}

func (c *goCode) fieldNames(t goname.Type) []string {
	var names []string
	for _, f := range c.structs[t.Name].Fields {
		names = append(names, f.Name)
	}
	return names
}
