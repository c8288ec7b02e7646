// Package scope is the runtime of the coordinators that specgen generates: the
// transaction, how its statements travel, the errors, and what runs after the
// commit. Generated code holds the wiring of queries and nothing
// else; whatever every generated file would repeat is here.
//
// A scope is a thing that owns permissions, such as a domain, a project or a
// team. A coordinator creates or purges one scope: it writes to many tables, in
// one transaction, or to none. Applications call the generated package and need
// from this one the sentinel errors, [Error], the options of a Provider, and
// [Context].
//
// # Transactions
//
// [In] runs a function in a transaction of its own, or, when the [Runner] was
// made on a pgx.Tx, under a savepoint of the caller's transaction. Unless
// [WithIsolation] says otherwise the isolation level is READ COMMITTED whatever
// the server's default is, because a purge relies on it: each statement sees
// what was committed while the purge waited for its locks (PostgreSQL manual,
// section 13.2.1). A transaction of our own that the server ended with
// serialization_failure (40001) or deadlock_detected (40P01) is run again, whole,
// as section 13.5 of the manual asks.
//
// # Errors
//
// Every failure is an [*Error]. It says which step of which coordinator failed,
// and errors.Is tells what that means: [ErrAlreadyExists], [ErrNotFound] and so
// on, and the specification's own errors. Its text never holds what a row
// holds, so that it can be logged; the driver's error, which may, is reached by
// errors.As.
package scope

// Context is the address of a scope. Tables that hold permissions for scopes of
// many types refer to a scope by this pair, as text.
type Context struct {
	Type string // the stored value, such as "project"
	ID   string // in its canonical text form: a UUID is in lower case
}

// CreatorSpec is satisfied by every generated specification that creates a
// scope, so that audit or authorisation code can take any of them.
type CreatorSpec interface {
	// CreatesScope returns the type of the scope, as in [Context].
	CreatesScope() string
}

// PurgerSpec is satisfied by every generated specification that purges a scope.
type PurgerSpec interface {
	// PurgesScope returns the address of the scope to purge.
	PurgesScope() Context
}

// Address is the scope that an operation is about: that of its one item, and only
// the type for several.
func Address[S PurgerSpec](scopeType string, items []S) Context {
	if len(items) == 1 {
		return items[0].PurgesScope()
	}
	return Context{Type: scopeType}
}

// What a coordinator does, as [Error.Op] and [Event.Op] give it.
const (
	OpCreate      = "create"
	OpPurge       = "purge"
	OpTransaction = "transaction" // what belongs to no single create or purge: BEGIN, COMMIT, several at once
)
