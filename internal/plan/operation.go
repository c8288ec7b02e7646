package plan

import (
	"fmt"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// Kind is what an operation does to its scopes.
type Kind = model.OpKind

// The kinds of operations.
const (
	Create = model.Create
	Purge  = model.Purge
)

// Operation is one thing that is done to scopes: to one, or to many at once. Both
// are done by one coordinator, which takes a list.
type Operation struct {
	Kind     Kind
	GoName   string // of one scope, such as Project
	Plural   string // of many, such as Projects
	Spec     *Struct
	Result   *Struct
	Prepared *Prepared // nil unless something comes before the transaction
	FuncName string    // of the coordinator, such as createProjects
	Item     *Struct   // what the coordinator keeps of a scope, its first frame
	Given    string    // the field of Item that holds what the caller gave
	Defaults []Stmt    // fill the fields of `spec` that the caller left out
	Context  []*Field  // the context's values: parameters of Func, or fields of Prepared; Doc is the value's name
	NoID     Expr      // tells that the id in `spec` is not set; nil where it cannot be told
	IDText   Expr      // the scope's id as text, of `spec`; nil for a create, whose spec has none
	Absent   string    // of a purge: what becomes of the rest where the row is not there, in words
	Stays    string    // of a purge: the error where the row is there and is not taken; "" where that cannot be
	Plan     *Coordinator
}

// Prepared is a specification of which the work before the transaction is done.
type Prepared struct {
	Type *Struct // its unexported fields beside spec and draws: what the work gave
	Work []Stmt  // fill these fields; `spec` and `prepared` are in scope
}

// Method is the name of the operation on a provider, for one scope.
func (o *Operation) Method() string { return o.Verb() + o.GoName }

// MethodForMany is the name of the operation on a provider, for many scopes.
func (o *Operation) MethodForMany() string { return o.Verb() + o.Plural }

// Verb begins the names of its methods, such as Create.
func (o *Operation) Verb() string { return goname.Exported(string(o.Kind)) }

// Summary tells in how many round trips many scopes at once are dealt with, and
// which steps are sent once for all of them.
func (o *Operation) Summary() string {
	text := fmt.Sprintf("%s: any number in %s", o.MethodForMany(), Trips(o.Plan.RoundTrips()))
	once := o.Once()
	if len(once) > 0 {
		text += "; once for all: " + strings.Join(once, ", ")
	}
	return text
}

// Once names the steps that are sent once for all scopes.
func (o *Operation) Once() []string {
	var once []string
	for _, f := range o.Plan.Flushes {
		for _, c := range f.Calls {
			if c.once {
				once = append(once, c.Step)
			}
		}
	}
	return once
}
