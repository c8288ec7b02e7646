package runtime

import (
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
)

// Found turns the error of a query that returns one row or none into a truth:
// false for pgx.ErrNoRows, true for nil. Every other error is returned.
func Found(err error) (bool, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Optional returns err, unless it says that there was no row: then nil. A purge
// locks its scope whether it is there or not.
func Optional(err error) error {
	_, err = Found(err)
	return err
}

// ExpectRows returns a [*scope.RowCountError] unless exactly want rows were affected.
func ExpectRows(n, want int64) error {
	if n == want {
		return nil
	}
	return &scope.RowCountError{Got: n, Want: want}
}

// ExpectAtMost returns a [*scope.RowCountError] when more than limit rows were
// affected.
func ExpectAtMost(n, limit int64) error {
	if n <= limit {
		return nil
	}
	return &scope.RowCountError{Got: n, Want: limit, AtMost: true}
}

// ExpectAtLeast returns a [*scope.RowCountError] when fewer than least rows were
// affected, or returned.
func ExpectAtLeast(n, least int64) error {
	if n >= least {
		return nil
	}
	return &scope.RowCountError{Got: n, Want: least, AtLeast: true}
}

// Refuse returns err when a count found rows, and nil when n is 0. A nil err
// stands for [scope.ErrInUse].
func Refuse(n int64, err error) error {
	switch {
	case n <= 0:
		return nil
	case err == nil:
		return scope.ErrInUse
	default:
		return err
	}
}

// RefuseChildren returns a [*scope.HasChildrenError] when n children of the type were
// found, and nil when n is 0. It is also an err, unless err is nil.
func RefuseChildren(childType string, n int64, err error) error {
	if n <= 0 {
		return nil
	}
	return &scope.HasChildrenError{Type: childType, Count: n, Own: err}
}
