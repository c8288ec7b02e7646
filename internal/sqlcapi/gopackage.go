package sqlcapi

import (
	"go/ast"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
)

// fill puts everything that needs no SQL file into the package.
func (c *goCode) fill(p *Package, modelsFile string) {
	p.structs = c.structs
	p.Enums = c.enums(p.options.enumPointers)
	p.DBArgument = c.newTakesNothing()
	p.CopyFrom = c.hasDBMethod("CopyFrom")
	p.SendBatch = c.hasDBMethod("SendBatch")
	for _, name := range slices.Sorted(maps.Keys(c.structs)) {
		if filepath.Base(c.types[name].file.path) == modelsFile && !c.isNullEnum(name) {
			p.Models = append(p.Models, c.structs[name])
		}
	}
}

// isNullEnum reports whether a struct is the NullX of an enum X, whether or not
// pointers have taken its place.
func (c *goCode) isNullEnum(name string) bool {
	base, ok := strings.CutPrefix(name, "Null")
	if !ok || c.types[base] == nil {
		return false
	}
	id, ok := c.types[base].spec.Type.(*ast.Ident)
	return ok && id.Name == "string"
}

// newTakesNothing reports whether New has no parameter, as it is with
// emit_methods_with_db_argument.
func (c *goCode) newTakesNothing() bool {
	for _, f := range c.files {
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "New" {
				return fn.Type.Params.NumFields() == 0
			}
		}
	}
	return false
}

// hasDBMethod reports whether the interface DBTX has a method.
func (c *goCode) hasDBMethod(name string) bool {
	t := c.types["DBTX"]
	if t == nil {
		return false
	}
	i, ok := t.spec.Type.(*ast.InterfaceType)
	if !ok {
		return false
	}
	return slices.ContainsFunc(i.Methods.List, func(m *ast.Field) bool {
		return slices.ContainsFunc(m.Names, func(id *ast.Ident) bool { return id.Name == name })
	})
}

func (c *goCode) local(name string) goname.Type {
	return goname.Named(c.importPath, c.name, name)
}
