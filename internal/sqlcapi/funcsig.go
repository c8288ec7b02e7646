package sqlcapi

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
)

// funcs reads the exported functions of a package, by name. Files for different
// systems may declare one function each, which is one to us.
func (c *goCode) funcs() map[string]*Func {
	found := map[string]*Func{}
	for _, f := range c.files {
		for _, d := range f.syntax.Decls {
			decl, ok := d.(*ast.FuncDecl)
			if !ok || decl.Recv != nil || !decl.Name.IsExported() {
				continue
			}
			fn := c.fn(f, decl)
			first := found[fn.Name]
			switch {
			case first == nil:
				found[fn.Name] = fn
			case !first.sameSignature(fn):
				first.setUnsupported("two files declare it, and differently")
			}
		}
	}
	return found
}

// fn reads the signature of a function.
func (c *goCode) fn(f *goFile, d *ast.FuncDecl) *Func {
	doc, _, _ := strings.Cut(d.Doc.Text(), "\n\n")
	fn := &Func{Pkg: c.importPath, PkgName: c.name, Name: d.Name.Name, Doc: strings.TrimSpace(doc), Pos: c.pos(d.Name.Pos())}
	if d.Type.TypeParams != nil {
		fn.setUnsupported("it is generic")
		return fn
	}
	reason := c.funcParams(fn, f, d.Type.Params)
	if reason == "" {
		reason = c.funcResults(fn, f, d.Type.Results)
	}
	if reason != "" {
		fn.setUnsupported(reason)
	}
	return fn
}

func (f *Func) setUnsupported(reason string) {
	f.Unsupported = reason
	f.Context, f.Params, f.Result, f.Fails = false, nil, goname.Type{}, false
}

// funcParams reads the parameters. It returns why they are unsupported, or "".
func (c *goCode) funcParams(fn *Func, f *goFile, params *ast.FieldList) string {
	contextType := goname.Named("context", "context", "Context")
	for i, p := range eachField(params) {
		if _, ok := p.typ.(*ast.Ellipsis); ok {
			return "it is variadic"
		}
		if p.name == "" || p.name == "_" {
			p.name = strconv.Itoa(i + 1)
		}
		t, reason := c.callableType(f, p.typ)
		switch {
		case reason != "":
			return fmt.Sprintf("the type of its parameter %s, %s, %s", p.name, source(p.typ), reason)
		case t == contextType && i == 0:
			fn.Context = true
		case t == contextType:
			return "it takes a context.Context that is not its first parameter"
		default:
			fn.Params = append(fn.Params, t)
		}
	}
	return ""
}

// funcResults reads the results. It returns why they are unsupported, or "".
func (c *goCode) funcResults(fn *Func, f *goFile, list *ast.FieldList) string {
	results := eachField(list)
	isError := func(e ast.Expr) bool {
		t, _ := c.callableType(f, e)
		return t == goname.Basic("error")
	}
	value := results
	if n := len(results); n > 0 && isError(results[n-1].typ) {
		fn.Fails = true
		value = results[:n-1]
	}
	if len(value) > 1 || len(value) == 1 && isError(value[0].typ) {
		spelled := make([]string, len(results))
		for i, r := range results {
			spelled[i] = source(r.typ)
		}
		return "it returns (" + strings.Join(spelled, ", ") + ")"
	}
	if len(value) == 0 {
		return ""
	}
	t, reason := c.callableType(f, value[0].typ)
	if reason != "" {
		return fmt.Sprintf("the type of its result, %s, %s", source(value[0].typ), reason)
	}
	fn.Result = t
	return ""
}

// namedField is one parameter or result.
type namedField struct {
	name string // "" for none
	typ  ast.Expr
}

// eachField takes a list such as (a, b T) apart.
func eachField(list *ast.FieldList) []namedField {
	var fields []namedField
	if list == nil {
		return nil
	}
	for _, f := range list.List {
		for _, name := range f.Names {
			fields = append(fields, namedField{name.Name, f.Type})
		}
		if len(f.Names) == 0 {
			fields = append(fields, namedField{"", f.Type})
		}
	}
	return fields
}

// callableType resolves a type of a function's signature as other packages spell
// it. It returns why they cannot, as the end of a sentence about the type.
//
// Types are compared by how they are spelled. So an alias of the package is what
// it stands for, where that has a name outside, and an import by another name
// counts as the package's own name.
func (c *goCode) callableType(f *goFile, e ast.Expr) (goname.Type, string) {
	mods := ""
	var alias goname.Type                        // the outermost one that is exported
	for aliases := 0; aliases <= len(c.types); { // a cycle of them does not compile, but it does parse
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
			continue
		case *ast.StarExpr:
			mods, e = mods+"*", x.X
			continue
		case *ast.ArrayType:
			if x.Len == nil {
				mods, e = mods+"[]", x.Elt
				continue
			}
		case *ast.Ident:
			if t := c.types[x.Name]; t != nil && t.spec.Assign.IsValid() && t.spec.TypeParams == nil {
				if alias.IsZero() && x.IsExported() {
					alias = c.local(x.Name)
					alias.Mods = mods
				}
				f, e = t.file, t.spec.Type
				aliases++
				continue
			}
		}
		if reason := c.unspeakable(f, e); reason != "" {
			if !alias.IsZero() {
				return alias, ""
			}
			return goname.Type{}, reason
		}
		t := c.typeOf(f, e)
		t.Mods = mods + t.Mods
		if i := f.importOf(e); i != nil {
			t.PkgName = i.ownName()
		}
		return t, ""
	}
	return goname.Type{}, "is an alias of itself"
}

// unspeakable says why a type without its modifiers cannot be spelled by other
// packages, or "".
func (c *goCode) unspeakable(f *goFile, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		switch {
		case c.types[e.Name] != nil && !e.IsExported():
			return "is not exported"
		case c.types[e.Name] == nil && !goname.IsPredeclared(e.Name):
			return "is declared in none of the package's files"
		}
		return ""
	case *ast.SelectorExpr:
		i := f.importOf(e)
		switch {
		case i == nil:
			return "may be of any import: write the package's name in front of the import path"
		case i.path == "C" || !e.Sel.IsExported():
			return "is not exported"
		}
		return ""
	case *ast.IndexExpr:
		return c.unspeakableInstance(f, e.X, e.Index)
	case *ast.IndexListExpr:
		return c.unspeakableInstance(f, e.X, e.Indices...)
	case *ast.ArrayType:
		if n, ok := e.Len.(*ast.BasicLit); ok && n.Kind == token.INT && c.isPredeclared(e.Elt) {
			return ""
		}
	case *ast.InterfaceType:
		if e.Methods.NumFields() == 0 {
			return ""
		}
	}
	return "has no name"
}

// unspeakableInstance judges an instance of a generic type. Its arguments are
// spelled as they stand, and so must mean the same anywhere: types that Go
// declares, or others of the generic type's package.
func (c *goCode) unspeakableInstance(f *goFile, generic ast.Expr, args ...ast.Expr) string {
	of := f.importOf(generic)
	for _, arg := range args {
		sel, ok := arg.(*ast.SelectorExpr)
		sibling := ok && sel.Sel.IsExported() && of != nil && f.importOf(sel) == of && of.name == of.ownName()
		if !sibling && !c.isPredeclared(arg) {
			return "has an argument that cannot be spelled elsewhere"
		}
	}
	return c.unspeakable(f, generic)
}

// isPredeclared reports whether an expression names a type that Go declares.
func (c *goCode) isPredeclared(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && goname.IsPredeclared(id.Name) && c.types[id.Name] == nil
}

// importOf finds the import that a type, or the generic type of an instance, is
// qualified by. It returns nil for none.
func (f *goFile) importOf(e ast.Expr) *goImport {
	switch x := e.(type) {
	case *ast.IndexExpr:
		e = x.X
	case *ast.IndexListExpr:
		e = x.X
	}
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	id, ok := sel.X.(*ast.Ident)
	if !ok {
		return nil
	}
	i := slices.IndexFunc(f.imports, func(i goImport) bool { return i.name == id.Name })
	if i < 0 {
		return nil
	}
	return &f.imports[i]
}

// ownName is the name that an imported package most likely gives itself. Where
// the end of its path can be a name, an import by another one is the file's own
// choice; else it repeats what the package says.
func (i *goImport) ownName() string {
	if last := lastElement(i.path); i.alias && token.IsIdentifier(last) {
		return last
	}
	return i.name
}
