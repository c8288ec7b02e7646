// Package model resolves a document against the schema and the generated
// queries: every name is looked up, every parameter is bound to a value with a
// rule, blocks, parents and nested scopes are expanded, and every value is
// checked against the type that takes it.
//
// A [Project] says what the user asked for, still with positions; how it is
// done (flushes, Go identifiers, statements) is decided by package plan.
package model

import (
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// Project is a resolved document. Lists are sorted by name where the document
// has a mapping, so that the order of its keys means nothing.
type Project struct {
	Package    string // of the generated code
	ImportPath string // of the generated code
	Dir        string // of the generated code, relative to the document
	Context    []*Input
	Data       []*DataSet // those that are used
	Errors     []*ErrorDef
	Scopes     []*Scope
	// Imports names the packages of sqlc and of the Go functions, by path.
	Imports map[string]string
	Tables  Tables
}

// Scope is one kind of scope with its coordinators.
type Scope struct {
	Name string // the key in the document
	Type string // the stored scope type
	Doc  string
	// Operations are what can be done to it: Create first, and Purge, which is nil for none.
	Operations    []*Operation
	Create, Purge *Operation

	ID  Shape // of the scope's id
	Pos diag.Pos

	// OverParents is where its steps go over $scope.parents, the zero Pos for nowhere.
	OverParents diag.Pos

	// Broken reports that something is wrong with the scope, which was reported:
	// what else is found in it may only follow from that.
	Broken bool

	doc     *spec.Scope
	state   resolveState
	partial bool // inputs are missing: the row's query was not found, and reported
	// purgePartial is partial of PurgeInputs, and of the lock's query.
	purgePartial bool
}

// OpKind is what an operation does to its scopes.
type OpKind string

// The kinds of operations, as the runtime's errors and events name them.
const (
	Create OpKind = "create"
	Purge  OpKind = "purge"
)

// Operation is something that can be done to scopes: what it does, in the order of the
// document.
type Operation struct {
	Kind        OpKind
	Inputs      []*Input // the fields that the caller fills beside the id, in order
	Before      []*Hook  // in front of the transaction
	Body        []Node
	Row         *Call // the call that writes or deletes the scope's row
	Found       *Call // looks a created scope up by its id, outside of the body; nil for none
	ID          Value // the id of the scope; nil when it was reported
	Keep        []*Kept
	Lists       []*Collected
	Nested      []*Nested
	AfterCommit []*Hook
	Constraints []*ConstraintError
	Level       Level // of a creator
	Items       *Loop // around Body: over the scopes that a call is for
	// Problems are what is wrong with how a purge tells its row, for package check.
	Problems []diag.Problem
	Pos      diag.Pos
}

// Kept is a table whose rows a purge leaves on purpose.
type Kept struct {
	Table *schema.Table
	Pos   diag.Pos
}

// Input is a field that the caller fills, or a value of the context.
type Input struct {
	Name    string
	Shape   Shape
	Doc     string
	Default *Literal // nil for none; with one, the caller may leave the field out
	Pos     diag.Pos
}

// ErrorDef is an exported error of the generated package.
type ErrorDef struct {
	Name string // such as ErrProjectNameTaken
	// Is is the generic sentinel of package scope that it wraps, such as "ErrAlreadyExists".
	Is  string
	Doc string // what it means, as a clause without subject: "a violation of uq_…"
	Pos diag.Pos
}

// ConstraintError maps a constraint's name to an error.
type ConstraintError struct {
	Constraint string
	Error      *ErrorDef
}

// Hook is a Go function that runs before or after the transaction.
type Hook struct {
	Call  *GoCall
	As    string // name of its result, "" for none
	Conds []Cond // all of them hold
	Pos   diag.Pos
}

// Node is a *Call, *Loop, *Guard or *Nested.
//
//sumtype:decl
type Node interface {
	inner() []Node // the nodes in it
}

// Role is what a call is to its coordinator.
type Role int

// The roles of calls.
const (
	PlainStep  Role = iota
	ParentLock      // locks a parent; no row means that there is no such parent
	ScopeRow        // writes the scope's row
	PurgeLock       // locks the scope before it goes; no row is fine
	ChildList       // lists the children of a scope
	Refusal         // counts what forbids the purge
	PurgeStep       // deletes what belongs to the scope
	PurgeRow        // deletes the scope's row; no row is fine
	LookUp          // finds the scope by its id after an unknown commit; no row is an answer
)

// Call is one call of a generated query.
type Call struct {
	Step    string // its name, such as "preset_roles.role"
	Name    string // the name of its result within its list of steps
	Query   *sqlcapi.Query
	Facts   *schema.Query
	Args    []*Arg // one for each distinct Go parameter, in the order of Query.ParamOrder
	Role    Role
	Missing *ErrorDef // nil for the generic error
	Expect  *spec.Expect
	Error   *ErrorDef // of a Refusal or ChildList; nil for the generic error
	Parent  string    // of a ParentLock: the stored type of the parent
	Child   *Scope    // of a ChildList
	Cascade bool      // a ChildList whose children are purged
	Named   bool      // the document names its result
	Ordered bool      // a parent's lock: it is one of several, which are taken in the order of what they are looked up by
	Into    *Collected
	Loops   []*Loop // the loops around it, outermost first
	Guards  []Cond  // the conditions around it, outermost first
	Pos     diag.Pos

	// MayVanish are the foreign keys to rows that were read, and that may be gone by now.
	MayVanish []string

	// Over are the innermost of Loops that the call is taken out of: it is
	// called once behind them, with the values of all their turns.
	Over []*Loop

	// Decisive says of a PurgeLock why nothing may be done where it finds no row; ""
	// where what is left of the scope is removed then.
	Decisive string
	// Guarded says of a PurgeRow why it may leave a row that its Lock found: then the
	// purge fails. "" where it takes that row, or leaves what was purged before.
	Guarded string
	Lock    *Call // of a PurgeRow; nil for none
	// Only is the lock of a purge without whose row the answer of a Refusal or ChildList
	// means nothing; nil for none.
	Only   *Call
	guards []string

	fragile string
	owner   *ColumnValue
	unsafe  spec.Text // why its rows need no lock
}

// Arg binds one parameter.
type Arg struct {
	Param  sqlcapi.Param
	Shape  Shape
	Name   string // as a user of SQL knows it: the column's or the parameter's name
	Value  Value
	Rule   string   // the rule that bound it, such as "with" or "scope"
	Source string   // the value as the user would write it
	Pos    diag.Pos // of the value in `with`; the call's where a rule bound it

	table   string         // of column
	column  *schema.Column // that it is written to or compared with; nil when unknown
	written bool           // INSERT or UPDATE writes it
	primary bool           // the column is part of the primary key
	one     bool           // a list that is one value of the column

	// Gathered: Value is an element of the list that the parameter takes.
	Gathered bool
}

// Of is the shape of Value's place: the parameter's, or that of one element of it.
func (a *Arg) Of() Shape {
	if a.Gathered {
		return elemOf(a)
	}
	return a.Shape
}

// Loop repeats its body for each element of a list, or for each group of rows.
type Loop struct {
	Var     string
	Over    Value // of a List shape
	Elem    Shape
	Data    *DataStruct // of the element, when Over is data
	Filters []*Filter
	Sorted  bool // elements are taken in ascending order: they are locked
	// Continues is an earlier loop whose turns this one takes again, nil for a
	// loop of its own; then Over, Elem and Filters are empty.
	Continues *Loop
	// Items: the elements are the scopes of one call, such as specifications. Then By
	// is a call that locks rows: turns are taken in the order of its arguments.
	Items bool
	By    *Call
	Body  []Node
	Outer []*Loop

	broken  bool  // what it goes over was reported
	rows    *Call // whose answer holds the elements, when they are rows or groups of rows
	present []int // over the rows of a group: the outer joins that found something in those that are not passed over
	Pos     diag.Pos
}

// Filter keeps the elements whose field equals one of the values.
type Filter struct {
	Field Value
	Not   bool
	Any   []Value
	List  Value // instead of Any: a list to be a member of
}

// Guard runs its body when its condition holds.
type Guard struct {
	Cond Cond
	Body []Node
}

// Nested is another scope that is created, or child scopes that are purged,
// by their own steps within this coordinator.
type Nested struct {
	Name   string // of the result
	Scope  *Scope
	Purge  bool
	Many   bool // in a loop: there is a result for each turn
	Body   []Node
	Row    *Call
	Lists  []*Collected
	Nested []*Nested
	Loops  []*Loop
	Guards []Cond
	Pos    diag.Pos // of the step, or of the entry of `children`
	// Continues is the scope that these steps go on with, nil at its first ones.
	Continues *Nested

	id Value
}

// Collected is a list of rows that calls append to (`into`).
type Collected struct {
	Name  string
	Row   Shape
	Calls []*Call
	Loops []*Loop // around the scope that it belongs to
}

// Cond is a condition: *Truth, *Compare, *IsSet, *Negation or *Junction.
//
//sumtype:decl
type Cond interface {
	// Key is a canonical text: equal keys are the same condition.
	Key() string
	operands() ([]Value, []Cond) // what it is made of
}

// Truth is a boolean value.
type Truth struct{ Value Value }

// Constantly is a condition that generation decides, such as a comparison of a
// parent's type. It occurs only in conditions of hooks: steps are left out, or
// stand without it.
type Constantly struct{ Holds bool }

// Compare is the equality of two values; Right is converted to Left's shape.
type Compare struct{ Left, Right Value }

// IsSet tells whether a value is there: not NULL, not nil, not empty.
type IsSet struct{ Value Value }

// Negation is `not`.
type Negation struct{ Cond Cond }

// Junction is `all` or `any`.
type Junction struct {
	Any   bool
	Conds []Cond
}

type resolveState int

const (
	unresolved resolveState = iota
	resolving
	resolved
)

// rowShape is the shape of one row of a query's answer.
func rowShape(q *sqlcapi.Query) Shape {
	if len(q.Columns) == 1 && q.Columns[0].Field == "" {
		return shapeOf(q.Row, q.Package)
	}
	return Shape{Go: q.Row, Kind: Row}
}
