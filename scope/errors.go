package scope

import (
	"fmt"

	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// What a failure means, for errors.Is. The SQLSTATEs are those of the PostgreSQL
// manual, appendix A.
var (
	// ErrAlreadyExists: a row with the same key exists (23505 unique_violation,
	// 23P01 exclusion_violation).
	ErrAlreadyExists = fault.New("already exists", nil)

	// ErrNotFound: the row that a step needs is not there.
	ErrNotFound = fault.New("not found", nil)

	// ErrParentNotFound: a row that a new row refers to is not there (23503
	// foreign_key_violation in a step that writes).
	ErrParentNotFound = fault.New("parent not found", nil)

	// ErrHasChildren: scopes below this one exist. See [HasChildrenError].
	ErrHasChildren = fault.New("has children", nil)

	// ErrInUse: rows that refer to a row exist, so it cannot be deleted (23503
	// in a step that deletes, 23001 restrict_violation).
	ErrInUse = fault.New("still in use", nil)

	// ErrInvalid: the schema does not accept a value (23502
	// not_null_violation, 23514 check_violation, class 22 data exceptions, and
	// 54000 program_limit_exceeded, as of a text too long for an index).
	ErrInvalid = fault.New("invalid value", nil)

	// ErrConflict: another transaction was in the way, and the same call may
	// succeed later (40001 serialization_failure, 40P01 deadlock_detected,
	// 55P03 lock_not_available), what was copied changed while it was read, or a
	// statement touched another number of rows than expected, and not none.
	ErrConflict = fault.New("conflict with another transaction", nil)

	// ErrCommitUnknown: COMMIT was sent and its answer was not read, or not
	// told. The rows may be there or not. See "Errors" in the overview of this package.
	ErrCommitUnknown = fault.New("the outcome of COMMIT is unknown", nil)

	// ErrPoolExhausted: all connections of the pool were in use until the
	// context was done. Nothing was sent.
	ErrPoolExhausted = fault.New("all connections of the pool are in use", nil)

	// ErrIsolation: the transaction has an isolation level at which the
	// operation would be wrong: a purge, or a create of some kinds, above READ
	// COMMITTED; a create by several INSERT … SELECT at READ COMMITTED. See
	// [IsolationError].
	ErrIsolation = fault.New("wrong isolation level", nil)

	// ErrPrepareFirst: a specification has work to do before the transaction,
	// and was not prepared with the generated Prepare function.
	ErrPrepareFirst = fault.New("not prepared: call the Prepare function before the transaction, and pass its result", nil)
)

// HasChildrenError says which scopes stand in the way of a purge. It is an
// [ErrHasChildren], and the specification's own error if there is one.
type HasChildrenError struct {
	Type  string // the type of the children
	Count int64  // how many were found, under the lock of their parent
	Own   error  // the specification's own error for it; nil if it has none
}

// Error names the type and the number of the children.
func (e *HasChildrenError) Error() string {
	if e.Count == 1 {
		return fmt.Sprintf("has children: 1 scope of type %s", e.Type)
	}
	return fmt.Sprintf("has children: %d scopes of type %s", e.Count, e.Type)
}

// Unwrap returns the specification's own error, if any, and [ErrHasChildren].
func (e *HasChildrenError) Unwrap() []error { return present(e.Own, ErrHasChildren) }

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
