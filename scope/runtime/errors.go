package runtime

import "github.com/specgen-dev/specgen/scope/internal/fault"

// NewError returns a sentinel error of a specification: errors.Is finds itself
// and, unless is is nil, what it is a case of, such as [scope.ErrAlreadyExists]. Two
// calls give two different errors. text must not hold a row's values.
func NewError(text string, is error) error { return fault.New(text, is) }
