package plan

import "github.com/specgen-dev/specgen/internal/goname"

// Expr is a Go expression: *Ident, *Select, *Index, *Qualified, *CallExpr,
// *Composite, *Lit, *Convert, *Deref, *Binary or *Not.
type Expr interface{ expr() }

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

func (*Ident) expr()     {}
func (*Select) expr()    {}
func (*Index) expr()     {}
func (*Qualified) expr() {}
func (*CallExpr) expr()  {}
func (*Composite) expr() {}
func (*Lit) expr()       {}
func (*Convert) expr()   {}
func (*Deref) expr()     {}
func (*AddrOf) expr()    {}
func (*Binary) expr()    {}
func (*Not) expr()       {}

const scopePath = "github.com/specgen-dev/specgen/scope"

// inScope is a name of the runtime package.
func inScope(name string) *Qualified { return &Qualified{Pkg: scopePath, PkgName: "scope", Name: name} }

func ident(name string) *Ident { return &Ident{Name: name} }

func call(fun Expr, args ...Expr) *CallExpr { return &CallExpr{Fun: fun, Args: args} }
