// Package plan decides how a coordinator does what the model says: which
// statements share a flush, what is known before which answer, what is kept
// between flushes, and the name of every Go identifier.
//
// A [Package] is final data. Package emit prints it as Go and decides nothing;
// [Explain] prints it as a person reads it.
package plan

import "github.com/specgen-dev/specgen/internal/goname"

// Package is everything that is generated for one document.
type Package struct {
	Name       string
	ImportPath string
	Aliases    map[string]string // of imported packages, by path, that go by another name
	Context    []*Field          // of ContextValues; empty for none
	Data       []*Table
	Errors     []*ErrorVar
	Scopes     []*Scope
}

// ErrorVar is an exported sentinel.
type ErrorVar struct {
	Name string
	Text string // of the error
	Doc  string // a sentence about it, without its name
	Is   string // sentinel of package scope
}

// Table is a list of constants, kept in a variable.
type Table struct {
	Var   string
	Types []*Struct // of its rows and of nested rows, outermost first
	Rows  Expr      // a composite literal
	Doc   string
}

// Struct is a type declaration.
type Struct struct {
	Name   string
	Doc    string
	Fields []*Field
}

// Field is a field of a struct.
type Field struct {
	Name string
	Type goname.Type
	Doc  string // one paragraph; may be empty
}

// Scope is one kind of scope.
type Scope struct {
	Name     string // as in the document
	GoName   string // such as Project
	Type     string // stored value
	Doc      string
	FileName string
	At       string // file:line:column of the scope in the document
	Parents  []Parent
	Makes    []string // the scopes nested in its creation, by name
	Children []Child  // whom its purge looks for
	// Operations are what can be done to it, the create first.
	Operations []*Operation
}

// Operation returns the operation of a kind, nil for none.
func (s *Scope) Operation(k Kind) *Operation {
	for _, o := range s.Operations {
		if o.Kind == k {
			return o
		}
	}
	return nil
}

// Parent is a parent of a scope.
type Parent struct {
	Name   string
	Type   string // stored type
	Scope  string // the scope of that type, "" where the document has none
	Lock   string // the query that locks it, "" for none
	When   bool   // only under a condition
	Many   bool   // any number of them
	Unsafe string // why it needs no lock, "" where it is locked
	At     string // file:line:column
}

// Child is a kind of scope that a purge looks for below its own.
type Child struct {
	Scope   string
	Cascade bool // they are purged, too; else they forbid the purge
	At      string
}

// Coordinator is a list of flushes.
type Coordinator struct {
	Scope             string // stored type
	Kind              Kind
	Constraints       []Constraint
	ConstraintsVar    string // name of the map, "" for none
	ConstraintsShared bool   // the map is declared by an earlier operation
	Packages          []*Queries
	Frames            []*Struct // local types for what a loop keeps between flushes
	Rides             bool      // COMMIT may travel with the last flush
	Waits             string    // why COMMIT is a trip of its own, when it does not
	Require           string    // the method of a flush that the first one calls for the isolation level, "" for none
	Isolation         string    // the level and why, for explain; "" where any will do
	Snapshot          bool      // its own transaction is at REPEATABLE READ
	Found             string    // the query that looks a created scope up, "" for none
	Flushes           []*Flush
	AfterCommit       []Stmt
	Before, After     []*Hook // what runs outside of the transaction, for explain
}

// Hook is a call of a Go function outside of the transaction, for explain.
type Hook struct {
	Call string // as the specification has it
	As   string // name of its result, "" for none
	When []string
	At   string
}

// Constraint maps a constraint to an exported error.
type Constraint struct {
	Name  string
	Error string
}

// Queries is one sqlc package in use.
type Queries struct {
	Var        string // local variable
	Pkg        string
	PkgName    string
	DBArgument bool // methods take the DBTX themselves
}

// Flush is the statements that share one round trip.
type Flush struct {
	Calls []*Call // in order, for explain
	Body  []Stmt
	Again []string // the steps whose rows are compared in it with what they were
	Own   string   // the command of its one call, of a bulk query; "" for a batch of single ones
}

// Call is one statement of a flush, for explain.
type Call struct {
	Step    string
	Query   string
	Origin  string // file:line of the query
	At      string // file:line:column of the step in the document
	Action  string // such as "insert into roles" or "lock projects FOR UPDATE"
	Cmd     string
	Repeats []string // the loops around it
	Gathers []string // the loops whose turns it is called once for
	When    []string // the conditions around it
	Args    []Arg
	Waits   string // why it could not go earlier; "" in the first flush
	Fails   []Failure
	Gives   string // where its answer goes, such as "result roles"
	Hints   []Hint // what costs it time

	Role     string // such as "parent", "row" or "step"
	Kind     string // of the statement, such as INSERT
	Table    string // that it is about, "" when unknown
	Writes   []string
	Reads    []string // and does not only write
	Locks    []string // such as "projects FOR UPDATE"
	Data     []string // the lists of constants that it loops over
	SQL      string
	Violates []Failure // the constraints that its statement may violate
	Defaults []string  // the columns that its INSERT leaves to their defaults

	once        bool     // for all items of a call for many scopes
	constraints []string // the names of those in Violates
}

// Failure is a way to fail, and what error it is to the caller.
type Failure struct {
	When  string // such as "no row"
	Error string // such as ErrProjectNameTaken of the generated package, or scope.ErrAlreadyExists
}

// Hint says what costs a call time, and is right all the same.
type Hint struct {
	Code string // such as "SG703"
	Text string
}

// Arg is one binding of a call.
type Arg struct {
	Name, Source, Rule string
}

// Stmt is a statement. What a kind holds is told by its methods, so that a new
// kind cannot be passed over; see [mayFail].
//
//sumtype:decl
type Stmt interface {
	body() []Stmt  // the statements inside it
	takes() []Expr // what it computes when it runs; not what a function does that it queues
	fails() bool   // whether it ends the coordinator when a function of Go returns an error
}

// Let is name := value. With Fails, value also returns an error, which ends
// the coordinator in the name of Step.
type Let struct {
	Name    Expr // *Ident to define, anything else to assign
	Assign  bool // = rather than :=
	Value   Expr
	Fails   bool
	NoValue bool // only the error comes back
	Step    string
}

// VarDecl is var name type.
type VarDecl struct {
	Name string
	Type goname.Type
}

// Assign is target = value.
type Assign struct{ Target, Value Expr }

// Append is target = append(target, value).
type Append struct{ Target, Value Expr }

// If runs Body when Cond holds.
type If struct {
	Cond Expr
	Body []Stmt
}

// Range is for _, name := range over.
type Range struct {
	Var  string // "" when nobody reads the element
	Over Expr
	Body []Stmt
}

// Items runs Body for each item of a call for many scopes, in their order, or in
// that of the text By; with Distinct, once for each such text. Item is the type
// of the items, whose pointer is Var.
type Items struct {
	Var      string // "" when nobody reads the item
	Over     Expr
	Item     string
	By       Expr // nil for none
	Distinct bool
	Body     []Stmt
}

// Continue goes on with the next element of the loop.
type Continue struct{}

// AfterCommit queues a function call for after the commit.
type AfterCommit struct {
	Step  string
	Call  Expr
	Fails bool
	Value bool // the function returns a value, which nobody reads
}

// LookUp says how to find the scope that is created, after an unknown commit.
type LookUp struct {
	Query string
	Call  Expr
}

// Do queues a call on the current flush.
type Do struct {
	Step    string
	Query   string
	Missing Expr // nil for the generic error
	Lock    Expr // what a parent is looked up by, where its value decides the order of the locks; else nil
	Deletes bool
	Copied  bool // other rows are made of its rows, and several statements read them
	Locks   bool // of such a step: it locks its rows
	Call    Expr
	Answer  Answer
	// MayVanish are the foreign keys to rows that were read, and that may be gone by now.
	MayVanish []string
}

func (*Let) body() []Stmt         { return nil }
func (*VarDecl) body() []Stmt     { return nil }
func (*Assign) body() []Stmt      { return nil }
func (*Append) body() []Stmt      { return nil }
func (s *If) body() []Stmt        { return s.Body }
func (s *Range) body() []Stmt     { return s.Body }
func (s *Items) body() []Stmt     { return s.Body }
func (*Continue) body() []Stmt    { return nil }
func (*AfterCommit) body() []Stmt { return nil }
func (*LookUp) body() []Stmt      { return nil }
func (*Do) body() []Stmt          { return nil }

func (s *Let) takes() []Expr       { return []Expr{s.Name, s.Value} }
func (*VarDecl) takes() []Expr     { return nil }
func (s *Assign) takes() []Expr    { return []Expr{s.Target, s.Value} }
func (s *Append) takes() []Expr    { return []Expr{s.Target, s.Value} }
func (s *If) takes() []Expr        { return []Expr{s.Cond} }
func (s *Range) takes() []Expr     { return []Expr{s.Over} }
func (s *Items) takes() []Expr     { return []Expr{s.Over, s.By} }
func (*Continue) takes() []Expr    { return nil }
func (*AfterCommit) takes() []Expr { return nil }
func (*LookUp) takes() []Expr      { return nil }
func (s *Do) takes() []Expr        { return []Expr{s.Missing, s.Lock} }

func (s *Let) fails() bool       { return s.Fails }
func (*VarDecl) fails() bool     { return false }
func (*Assign) fails() bool      { return false }
func (*Append) fails() bool      { return false }
func (*If) fails() bool          { return false }
func (*Range) fails() bool       { return false }
func (*Items) fails() bool       { return false }
func (*Continue) fails() bool    { return false }
func (*AfterCommit) fails() bool { return false }
func (*LookUp) fails() bool      { return false }
func (*Do) fails() bool          { return false }
