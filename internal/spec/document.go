// Package spec parses specgen.yaml into a document in which every value knows
// its position. It checks the shape of the file (known keys, right kinds,
// expressions that parse), and nothing that needs the schema or the queries.
//
// YAML nodes do not leave this package.
package spec

import (
	"time"

	"github.com/specgen-dev/specgen/internal/diag"
)

// Document is one specgen.yaml. Mappings keep the order in which they are
// written; stages that must not depend on it sort by name.
type Document struct {
	File      string
	Sqlc      []Text // paths of sqlc configuration files, relative to File's directory
	Output    Output
	Go        Text // import path of the package that $go.Name(…) refers to; may be empty
	Context   []*Declaration
	Data      []*Data
	Blocks    []*Block
	Scopes    []*Scope
	Ignores   []*Ignore
	ParseLoss *ParseLoss // nil for none
}

// Text is a string with its position. An absent one has an empty Value and the
// position of what it is absent from.
type Text struct {
	Value string
	Pos   diag.Pos
}

// Output says where the generated package goes.
type Output struct {
	Dir     Text // relative to the document's directory
	Package Text // defaults to the last element of Dir
}

// Declaration is an entry of `context` or `inputs`.
type Declaration struct {
	Name    Text
	Type    Text // such as "uuid", "[]uuid", "bool"; empty: taken from the parameter of that name
	Default Expr // nil for none; a literal
	Doc     Text
}

// Data is a named list of constant rows.
type Data struct {
	Name Text
	Key  Text  // the field that names a row; may be empty
	Rows *List // of *Map
}

// Block is a list of steps that several scopes share.
type Block struct {
	Name   Text
	Params []Text
	Steps  []Step
}

// Scope is one entry of `scopes`.
type Scope struct {
	Name        Text // the key
	Doc         Text
	Type        Text // the stored value; the key where not written
	Isolation   Text // "repeatable read"; may be empty
	Inputs      []*Declaration
	Parents     []*Parent
	Before      []*Hook
	Row         *Query // nil when missing, which is reported
	Found       *Query // looks the scope up by its id; nil for none
	ID          Expr   // nil when not written: $row.id
	Create      []Step
	AfterCommit []*Hook
	Result      []Text
	Purge       *Purge // nil for none
	Errors      []*ConstraintError
	Pos         diag.Pos
}

// Parent is an entry of `parents`.
type Parent struct {
	Type    Text // the stored scope type
	As      Text // defaults to Type
	Lock    *Query
	ID      Expr  // nil when not written: $<as>.id
	When    Cond  // nil for always
	For     *Each // nil for exactly one
	Missing Text  // error name; may be empty
	Unsafe  Text  // why it needs no lock; may be empty
	Pos     diag.Pos
}

// Hook is an entry of `before` or `after_commit`: a call of a Go function.
type Hook struct {
	Call Expr // a *Call; anything else was reported
	As   Text // name of its result; may be empty; not in after_commit
	When Cond // nil for always
	Pos  diag.Pos
}

// Query names a query and binds its parameters. A plain string in the YAML is
// a Query without bindings.
type Query struct {
	Name Text // "CreateRole" or "audit.InsertEvent"
	With []*Binding
	Pos  diag.Pos
}

// Binding gives a parameter, an input or a block parameter its value.
type Binding struct {
	Name  Text
	Value Expr
}

// Purge is the `purge` of a scope.
type Purge struct {
	Before      []*Hook
	Lock        *Query // nil when not written
	Children    []*Child
	Refuse      []*Refusal
	Steps       []Step
	Row         *Query // nil when missing, which is reported
	Missing     Text   // of row, when it leaves the row that the lock found; may be empty
	Keep        []Text
	AfterCommit []*Hook
	Unsafe      Text // why it needs no lock; may be empty
	Pos         diag.Pos
}

// Child is an entry of `children`.
type Child struct {
	Scope Text
	List  *Query
	Found Text // "refuse" or "cascade"
	Error Text // for refuse; may be empty
	Pos   diag.Pos
}

// Refusal is an entry of `refuse`.
type Refusal struct {
	Query *Query
	Error Text
	Pos   diag.Pos
}

// ConstraintError maps a constraint to an exported error.
type ConstraintError struct {
	Constraint Text
	Error      Text
}

// Step is one element of a list of steps: *QueryStep, *UseStep, *ForStep or *ScopeStep.
//
//sumtype:decl
type Step interface {
	Position() diag.Pos
	parts() ([]Expr, Cond, []Step)
}

// QueryStep calls one query.
type QueryStep struct {
	Query   *Query
	As      Text // the row; may be empty
	Into    Text // the list of rows, after the loop; may be empty
	When    Cond
	Expect  *Expect // nil for any number of rows
	Missing Text    // error name for a row that must be there; may be empty
	Unsafe  Text    // why its rows need no lock; may be empty
	Pos     diag.Pos
}

// UseStep runs a block.
type UseStep struct {
	Block Text
	As    Text // prefix for the block's names; may be empty
	With  []*Binding
	When  Cond
	Pos   diag.Pos
}

// ForStep runs steps for each element of a list, or for each group of rows.
type ForStep struct {
	Each  *Each
	By    []Text // the columns that make groups of the rows; nil for a loop over elements
	Where []*Filter
	When  Cond
	Do    []Step
	Pos   diag.Pos
}

// ScopeStep creates a nested scope by that scope's own steps.
type ScopeStep struct {
	Scope Text
	As    Text // defaults to the scope's name
	With  []*Binding
	When  Cond
	Pos   diag.Pos
}

// Position returns where the step begins.
func (s *QueryStep) Position() diag.Pos { return s.Pos }

// Position returns where the step begins.
func (s *UseStep) Position() diag.Pos { return s.Pos }

// Position returns where the step begins.
func (s *ForStep) Position() diag.Pos { return s.Pos }

// Position returns where the step begins.
func (s *ScopeStep) Position() diag.Pos { return s.Pos }

// Each is `for: name in $list`.
type Each struct {
	Var Text
	In  *Ref
}

// Expect bounds the number of rows that a query affects, or returns.
type Expect struct {
	AtMost  bool  // "at_most N" rather than N
	AtLeast bool  // "at_least N"
	N       int64 // 1 or more with AtLeast
	Pos     diag.Pos
}

// Filter is one entry of `where`: a field of the loop's element.
type Filter struct {
	Field Text
	Not   bool   // {not: x} and {not: {in: […]}}
	Any   []Expr // one value, or the values of {in: […]}
	// List is the list of {in: $ref}; then Any is empty.
	List *Ref
}

// Cond is a `when`: *Truth, *Is, *SetCond, *Not, *All or *AnyOf.
//
//sumtype:decl
type Cond interface {
	Position() diag.Pos
	parts() ([]Expr, []Cond)
}

// Truth is a boolean value.
type Truth struct{ Value Expr }

// Is is {equal: [a, b]}.
type Is struct {
	Left, Right Expr
	Pos         diag.Pos
}

// SetCond is {set: $x}: the value is not NULL, nil or left out.
type SetCond struct {
	Value Expr
	Pos   diag.Pos
}

// Not is {not: condition}.
type Not struct {
	Cond Cond
	Pos  diag.Pos
}

// All is {all: [conditions]}.
type All struct {
	Conds []Cond
	Pos   diag.Pos
}

// AnyOf is {any: [conditions]}.
type AnyOf struct {
	Conds []Cond
	Pos   diag.Pos
}

// Position returns where the condition begins.
func (c *Truth) Position() diag.Pos { return c.Value.Position() }

// Position returns where the condition begins.
func (c *Is) Position() diag.Pos { return c.Pos }

// Position returns where the condition begins.
func (c *SetCond) Position() diag.Pos { return c.Pos }

// Position returns where the condition begins.
func (c *Not) Position() diag.Pos { return c.Pos }

// Position returns where the condition begins.
func (c *All) Position() diag.Pos { return c.Pos }

// Position returns where the condition begins.
func (c *AnyOf) Position() diag.Pos { return c.Pos }

// Expr is a value: *Ref, *Call, *New, *Now, *Concat, *Scalar, *List or *Map.
//
//sumtype:decl
type Expr interface {
	Position() diag.Pos
	// String is the expression as the user would write it, in one line.
	String() string
	parts() []Expr
}

// Ref is $root.path….
type Ref struct {
	Root string   // such as "row", "input", "scope", "data", or a name the user gave
	Path []string // such as ["id"]
	Pos  diag.Pos
}

// Call is $go.Func(args), or a conversion such as $uuid(x).
type Call struct {
	Go   bool   // of the Go package; else a built-in conversion
	Func string // "RoleName", "uuid", "int", "text"
	Args []Expr
	Pos  diag.Pos
}

// New is $new.uuid: a value made by the client.
type New struct {
	Kind string // "uuid"
	Pos  diag.Pos
}

// Now is $now, or $now plus or minus a duration.
type Now struct {
	Offset time.Duration
	Pos    diag.Pos
}

// Concat is a string with ${…} in it.
type Concat struct {
	Parts []Expr // *Scalar strings and others, in order
	Pos   diag.Pos
}

// ScalarKind says what a Scalar is.
type ScalarKind int

// The kinds of Scalar, by the tags of YAML's core schema.
const (
	Null ScalarKind = iota
	Bool
	Int
	Float
	String
	Binary
)

// Scalar is a literal. Its Text is canonical: "true", "-12", "1.5", a string's
// characters, a binary's bytes.
type Scalar struct {
	Kind ScalarKind
	Text string
	Pos  diag.Pos
}

// List is a YAML sequence of values.
type List struct {
	Items []Expr
	Pos   diag.Pos
}

// Map is a YAML mapping of values, in the order of the file.
type Map struct {
	Entries []*Binding
	Pos     diag.Pos
}

// Position returns where the expression begins.
func (e *Ref) Position() diag.Pos { return e.Pos }

// Position returns where the expression begins.
func (e *Call) Position() diag.Pos { return e.Pos }

// Position returns where the expression begins.
func (e *New) Position() diag.Pos { return e.Pos }

// Position returns where the expression begins.
func (e *Now) Position() diag.Pos { return e.Pos }

// Position returns where the expression begins.
func (e *Concat) Position() diag.Pos { return e.Pos }

// Position returns where the expression begins.
func (e *Scalar) Position() diag.Pos { return e.Pos }

// Position returns where the expression begins.
func (e *List) Position() diag.Pos { return e.Pos }

// Position returns where the expression begins.
func (e *Map) Position() diag.Pos { return e.Pos }
