package scope

import (
	"errors"
	"fmt"
)

// What a failure means, for errors.Is. The SQLSTATEs are those of the PostgreSQL
// manual, appendix A.
var (
	// ErrAlreadyExists: a row with the same key exists (23505 unique_violation,
	// 23P01 exclusion_violation).
	ErrAlreadyExists = newSentinel("already exists")

	// ErrNotFound: the row that a step needs is not there.
	ErrNotFound = newSentinel("not found")

	// ErrParentNotFound: a row that a new row refers to is not there (23503
	// foreign_key_violation in a step that writes).
	ErrParentNotFound = newSentinel("parent not found")

	// ErrHasChildren: scopes below this one exist. See [HasChildrenError].
	ErrHasChildren = newSentinel("has children")

	// ErrInUse: rows that refer to a row exist, so it cannot be deleted (23503
	// in a step that deletes, 23001 restrict_violation).
	ErrInUse = newSentinel("still in use")

	// ErrInvalid: the schema does not accept a value (23502
	// not_null_violation, 23514 check_violation, class 22 data exceptions, and
	// 54000 program_limit_exceeded, as of a text too long for an index).
	ErrInvalid = newSentinel("invalid value")

	// ErrConflict: another transaction was in the way, and the same call may
	// succeed later (40001 serialization_failure, 40P01 deadlock_detected,
	// 55P03 lock_not_available), what was copied changed while it was read
	// ([Flush.Reread]), or a statement touched another number of rows than
	// expected, and not none.
	ErrConflict = newSentinel("conflict with another transaction")

	// ErrCommitUnknown: COMMIT was sent and its answer was not read, or not
	// told. The rows may be there or not; see [In].
	ErrCommitUnknown = newSentinel("the outcome of COMMIT is unknown")

	// ErrPoolExhausted: all connections of the pool were in use until the
	// context was done. Nothing was sent.
	ErrPoolExhausted = newSentinel("all connections of the pool are in use")

	// ErrIsolation: the transaction has an isolation level at which the
	// operation would be wrong: a purge, or a create of some kinds, above READ
	// COMMITTED; a create by several INSERT … SELECT at READ COMMITTED. See
	// [IsolationError].
	ErrIsolation = newSentinel("wrong isolation level")

	// ErrPrepareFirst: a specification has work to do before the transaction,
	// and was not prepared with the generated Prepare function.
	ErrPrepareFirst = newSentinel("not prepared: call the Prepare function before the transaction, and pass its result")
)

// sentinel is an error known by its identity. Its text is written by hand, so
// it holds nothing of a row.
type sentinel struct {
	text string
	is   error
}

// newSentinel gives the type error to the exported variables: a typed nil could
// otherwise be made from them.
func newSentinel(text string) error { return &sentinel{text: text} }

func (s *sentinel) Error() string { return s.text }

func (s *sentinel) Unwrap() error { return s.is }

// NewError returns a sentinel error of a specification: errors.Is finds itself
// and, unless is is nil, what it is a case of, such as [ErrAlreadyExists]. Two
// calls give two different errors. text must not hold a row's values.
func NewError(text string, is error) error { return &sentinel{text: text, is: is} }

// HasChildrenError says which scopes stand in the way of a purge. It is an
// [ErrHasChildren], and the specification's own error if there is one.
type HasChildrenError struct {
	Type  string // the type of the children
	Count int64  // how many were found, under the lock of their parent
	own   error
}

// Error names the type and the number of the children.
func (e *HasChildrenError) Error() string {
	if e.Count == 1 {
		return fmt.Sprintf("has children: 1 scope of type %s", e.Type)
	}
	return fmt.Sprintf("has children: %d scopes of type %s", e.Count, e.Type)
}

// Unwrap returns the specification's own error, if any, and [ErrHasChildren].
func (e *HasChildrenError) Unwrap() []error { return present(e.own, ErrHasChildren) }

// RowCountError says that a statement touched, or returned, another number of rows
// than the specification expects. It is an [ErrConflict], unless there was no row:
// what that means is the step's to say, [ErrNotFound] by default.
type RowCountError struct {
	Got     int64
	Want    int64
	AtMost  bool // up to Want rows were expected, not exactly Want
	AtLeast bool // Want rows or more were expected
}

// Error gives both numbers.
func (e *RowCountError) Error() string {
	switch {
	case e.AtMost:
		return fmt.Sprintf("%d rows were affected, at most %d expected", e.Got, e.Want)
	case e.AtLeast:
		return fmt.Sprintf("%d rows, at least %d expected", e.Got, e.Want)
	}
	return fmt.Sprintf("%d rows were affected, %d expected", e.Got, e.Want)
}

// Is reports whether target is the [ErrConflict] that a wrong number of rows is.
func (e *RowCountError) Is(target error) bool { return target == ErrConflict && e.Got != 0 }

// IsolationError says at which level the transaction runs in which an operation
// was refused. It is an [ErrIsolation].
type IsolationError struct {
	Level string // as transaction_isolation shows it, such as "repeatable read"
	Needs string // the level that the operation needs: "read committed", or "repeatable read" at least
}

// Error names the level.
func (e *IsolationError) Error() string {
	return fmt.Sprintf("it needs %s, and the transaction is at %s", e.Needs, e.Level)
}

// Unwrap returns [ErrIsolation].
func (e *IsolationError) Unwrap() error { return ErrIsolation }

// misuse is a mistake in how this package was called. Like a sentinel's, its
// text holds nothing of a row.
type misuse string

func (m misuse) Error() string { return string(m) }

// present returns the errors that are not nil.
func present(errs ...error) []error {
	var out []error
	for _, err := range errs {
		if err != nil {
			out = append(out, err)
		}
	}
	return out
}

// asType finds the first error of type T in err's tree.
func asType[T error](err error) (T, bool) {
	var target T
	ok := errors.As(err, &target)
	return target, ok
}
