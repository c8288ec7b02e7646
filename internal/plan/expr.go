package plan

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/goname"
)

// Expr is a Go expression: *Ident, *Select, *Index, *Qualified, *CallExpr,
// *First, *Composite, *Func, *Lit, *Convert, *Deref, *AddrOf, *Binary or *Not.
//
//sumtype:decl
type Expr interface {
	operands() []Expr // nil among them for what is left out
	fails() bool      // whether it may panic by itself
}

// Ident is a local name, or a name of the generated package.
type Ident struct{ Name string }

// Select is x.name.
type Select struct {
	X    Expr
	Name string
}

// Index is x[i].
type Index struct {
	X       Expr
	I       int
	Comment string // what the element is; plain words only, "" for none
}

// First is x[0] of a list that is not empty: the rows of a group.
type First struct{ X Expr }

// Qualified is a name of another package.
type Qualified struct{ Pkg, PkgName, Name string }

// CallExpr is fun(args).
type CallExpr struct {
	Fun  Expr
	Args []Expr
}

// Composite is type{fields}, with & in front when Addr is set.
type Composite struct {
	Type   goname.Type
	Addr   bool
	Elide  bool // the type is left out: an element of a slice literal
	Fields []FieldValue
	Lines  bool // one field a line
}

// FieldValue is one field or element of a Composite; elements have no name.
type FieldValue struct {
	Name  string
	Value Expr
}

// Func is func(param type) result { return value }.
type Func struct {
	Param        string
	Type, Result goname.Type
	Value        Expr
}

// Lit is a literal in Go source.
type Lit struct{ Source string }

// Convert is type(x).
type Convert struct {
	Type goname.Type
	X    Expr
}

// Deref is *x.
type Deref struct{ X Expr }

// AddrOf is &x.
type AddrOf struct{ X Expr }

// Binary is left op right, in parentheses where it stands inside another.
type Binary struct {
	Op          string // "==", "!=", ">", "&&", "||"
	Left, Right Expr
}

// Not is !x.
type Not struct{ X Expr }

func (*Ident) operands() []Expr     { return nil }
func (e *Select) operands() []Expr  { return []Expr{e.X} }
func (e *Index) operands() []Expr   { return []Expr{e.X} }
func (e *First) operands() []Expr   { return []Expr{e.X} }
func (*Qualified) operands() []Expr { return nil }
func (e *CallExpr) operands() []Expr {
	return append([]Expr{e.Fun}, e.Args...)
}
func (e *Composite) operands() []Expr {
	var out []Expr
	for _, f := range e.Fields {
		out = append(out, f.Value)
	}
	return out
}
func (e *Func) operands() []Expr    { return []Expr{e.Value} }
func (*Lit) operands() []Expr       { return nil }
func (e *Convert) operands() []Expr { return []Expr{e.X} }
func (e *Deref) operands() []Expr   { return []Expr{e.X} }
func (e *AddrOf) operands() []Expr  { return []Expr{e.X} }
func (e *Binary) operands() []Expr  { return []Expr{e.Left, e.Right} }
func (e *Not) operands() []Expr     { return []Expr{e.X} }

func (*Ident) fails() bool     { return false }
func (*Select) fails() bool    { return false }
func (*Index) fails() bool     { return true } // the list may be shorter
func (*First) fails() bool     { return false }
func (*Qualified) fails() bool { return false }
func (e *CallExpr) fails() bool {
	switch fun := e.Fun.(type) {
	case *Qualified:
		return !slices.Contains(harmless, fun.Pkg)
	case *Select:
		return fun.Name == "NewUUID" // its source may be the application's
	default:
		return false // a builtin
	}
}
func (*Composite) fails() bool { return false }
func (*Func) fails() bool      { return false }
func (*Lit) fails() bool       { return false }
func (*Convert) fails() bool   { return false }
func (*Deref) fails() bool     { return false } // nil was looked for in front of it
func (*AddrOf) fails() bool    { return false }
func (*Binary) fails() bool    { return false }
func (*Not) fails() bool       { return false }

// harmless are the packages whose functions, as generated code calls them, do not
// panic. Those of the application may.
var harmless = []string{scopePath, runtimePath, "slices", "strconv", "time"}

const (
	scopePath   = "github.com/specgen-dev/specgen/scope"
	runtimePath = scopePath + "/runtime"
)

// inScope is a name of package scope.
func inScope(name string) *Qualified { return &Qualified{Pkg: scopePath, PkgName: "scope", Name: name} }

// inRuntime is a name of package scope/runtime.
func inRuntime(name string) *Qualified {
	return &Qualified{Pkg: runtimePath, PkgName: "runtime", Name: name}
}

func ident(name string) *Ident { return &Ident{Name: name} }

func call(fun Expr, args ...Expr) *CallExpr { return &CallExpr{Fun: fun, Args: args} }
