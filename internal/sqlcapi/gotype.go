package sqlcapi

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/token"
	"strconv"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
)

// goImport is one import of a generated file.
type goImport struct {
	path  string
	name  string // the package's name in this file: certain with an alias, else guessed
	alias bool
	used  bool // a guess that the file's identifiers confirm
}

// readImports resolves the names of a file's imports. An import without alias
// does not say the package's name; where the guess from the path of one fits
// nothing in the file, and one identifier is left over, they belong together: Go
// accepts neither an unused import nor an undeclared identifier.
func readImports(f *ast.File) []goImport {
	qualifiers := map[string]bool{}
	for _, d := range f.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := sel.X.(*ast.Ident); ok {
					qualifiers[id.Name] = true
				}
			}
			return true
		})
	}
	var imports []goImport
	var unmatched []int
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		i := goImport{path: path, name: packageName(path)}
		if spec.Name != nil {
			i.name, i.alias = spec.Name.Name, true
		}
		i.used = qualifiers[i.name]
		if !i.used && !i.alias {
			unmatched = append(unmatched, len(imports))
		}
		imports = append(imports, i)
	}
	if len(unmatched) != 1 {
		return imports
	}
	for _, i := range imports {
		delete(qualifiers, i.name)
	}
	locals := localNames(f)
	var orphans []string
	for q := range qualifiers {
		if !locals[q] {
			orphans = append(orphans, q)
		}
	}
	if len(orphans) == 1 {
		imports[unmatched[0]].name = orphans[0]
	}
	return imports
}

// localNames collects every name that the functions of a file declare.
func localNames(f *ast.File) map[string]bool {
	names := map[string]bool{}
	for _, d := range f.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field:
				for _, id := range n.Names {
					names[id.Name] = true
				}
			case *ast.ValueSpec:
				for _, id := range n.Names {
					names[id.Name] = true
				}
			case *ast.AssignStmt:
				if n.Tok == token.DEFINE {
					for _, e := range n.Lhs {
						if id, ok := e.(*ast.Ident); ok {
							names[id.Name] = true
						}
					}
				}
			case *ast.RangeStmt:
				for _, e := range []ast.Expr{n.Key, n.Value} {
					if id, ok := e.(*ast.Ident); ok {
						names[id.Name] = true
					}
				}
			}
			return true
		})
	}
	return names
}

// typeOf resolves a type expression of a file. What is neither a name nor a
// pointer to or a slice of one is spelled as in the source.
func (c *goCode) typeOf(f *goFile, e ast.Expr) goname.Type {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.typeOf(f, e.X)
	case *ast.StarExpr:
		return c.typeOf(f, e.X).PointerTo()
	case *ast.ArrayType:
		if e.Len == nil {
			return c.typeOf(f, e.Elt).SliceOf()
		}
	case *ast.Ident:
		if _, declared := c.types[e.Name]; !declared && goname.IsPredeclared(e.Name) {
			return goname.Basic(e.Name)
		}
		return goname.Named(c.importPath, c.name, e.Name)
	case *ast.SelectorExpr:
		if id, ok := e.X.(*ast.Ident); ok {
			for _, i := range f.imports {
				if i.name == id.Name {
					return goname.Named(i.path, i.name, e.Sel.Name)
				}
			}
		}
	case *ast.IndexExpr:
		t := c.typeOf(f, e.X)
		t.Name += "[" + source(e.Index) + "]"
		return t
	case *ast.IndexListExpr:
		t := c.typeOf(f, e.X)
		args := make([]string, len(e.Indices))
		for i, index := range e.Indices {
			args[i] = source(index)
		}
		t.Name += "[" + strings.Join(args, ", ") + "]"
		return t
	}
	return goname.Basic(source(e))
}

// source prints an expression as gofmt does.
func source(e ast.Expr) string {
	var b bytes.Buffer
	if err := format.Node(&b, token.NewFileSet(), e); err != nil {
		return ""
	}
	return b.String()
}

// stringValue evaluates a string constant: a literal, or several joined by +,
// which is how sqlc writes a backquote inside a raw string.
func stringValue(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		left, ok := stringValue(e.X)
		right, ok2 := stringValue(e.Y)
		return left + right, ok && ok2 && e.Op == token.ADD
	case *ast.ParenExpr:
		return stringValue(e.X)
	}
	return "", false
}
