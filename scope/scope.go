// Package scope is what applications use beside the coordinators that specgen
// generates for them: the options of a Provider, the errors of its calls, [Each],
// and what all scopes have in common. What generated code itself calls is in package
// scope/runtime.
//
// A scope is a row, such as a domain, a project or a team, that is created and
// purged together with rows in other tables. A coordinator creates or purges
// scopes: it writes to many tables, in one transaction, or to none.
//
// # Transactions
//
// A call on a Provider runs in a transaction of its own, or, when the Provider was
// made on a pgx.Tx, under a savepoint of the caller's transaction. Unless
// [WithIsolation] says otherwise the isolation level is READ COMMITTED whatever
// the server's default is, because a purge relies on it: each statement sees
// what was committed while the purge waited for its locks (PostgreSQL manual,
// section 13.2.1). A transaction of our own that the server ended with
// serialization_failure (40001) or deadlock_detected (40P01) is run again, whole,
// as section 13.5 of the manual asks.
//
// The context of a call governs every statement, COMMIT, and the waits between
// attempts. Once it is done COMMIT is not sent any more. ROLLBACK is sent in any
// case, within the limit of [WithRollbackTimeout].
//
// # Errors
//
// Every failure is an [*Error]; that of a call for several items is within an
// [*ItemError]. It says which step of which coordinator failed, and errors.Is tells
// what that means: [ErrAlreadyExists], [ErrNotFound] and so on, and the
// specification's own errors. Its text never holds what a row holds, so that it can
// be logged; the driver's error, which may, is reached by errors.As.
//
// An [ErrCommitUnknown] means that COMMIT was handed to the network and that the
// answer was not read: the connection was lost, the context was done first, or a
// proxy or the server said that it does not know. The rows may be there or not. A
// transaction is then run again only where a look-up of the specification (`found`)
// can tell. A DB that begins its transactions itself, such as a wrapper of a pool,
// does not tell what was answered: there, an error that is FATAL or of SQLSTATE
// class 57 is an ErrCommitUnknown, too.
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

// What a coordinator does, as [Error.Op] and [Event.Op] give it.
const (
	OpCreate      = "create"
	OpPurge       = "purge"
	OpTransaction = "transaction" // what belongs to no single create or purge: BEGIN, COMMIT, several at once
	OpPrepare     = "prepare"     // what comes before a transaction
)
