package runtime

import (
	"context"
	"fmt"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// PrepareFailed returns the error of Go code that ran before a transaction, in
// the name of a step, as a [*scope.Error]. Nothing was sent.
func PrepareFailed(scopeType, step string, err error) error {
	return &scope.Error{Op: scope.OpPrepare, Scope: scope.Context{Type: scopeType}, Step: step, Err: err, FromGo: true}
}

// Prepare prepares each of several specifications. Its error is a [*scope.ItemError].
func Prepare[S, P any](ctx context.Context, specs []S, prepare func(context.Context, S) (P, error)) ([]P, error) {
	out := make([]P, len(specs))
	for i, spec := range specs {
		var err error
		if out[i], err = prepare(ctx, spec); err != nil {
			return nil, &scope.ItemError{Index: i, Err: err}
		}
	}
	return out, nil
}

// Value asks a function of the application for a value of the context, such as
// the user on whose behalf a call is made. name is the value's name in the
// specification, for the error.
func Value[T any](ctx context.Context, name string, from func(context.Context) (T, error)) (T, error) {
	if from == nil {
		var none T
		return none, &scope.Error{Op: scope.OpPrepare, Step: "context." + name, Err: fault.Misuse("no function was given for this value: set it in the ContextValues given to NewProvider")}
	}
	v, err := from(ctx)
	if err != nil {
		return v, &scope.Error{Op: scope.OpPrepare, Step: "context." + name, Err: fmt.Errorf("the value %q of the context: %w", name, err), FromGo: true}
	}
	return v, nil
}

// NoID returns the error of a purge that was given no id: its statements would
// find nothing, and it would read as a scope that is gone. item is the index of
// its specification. It is a [scope.ErrInvalid]; nothing was sent.
func NoID(scopeType string, item int) error {
	return &scope.Error{Op: scope.OpPurge, Scope: scope.Context{Type: scopeType}, Step: "id", Item: item + 1, Sentinel: scope.ErrInvalid, Err: fault.Misuse("the id of the scope is not set: give the specification an ID")}
}

// NotPrepared returns the error of a creation in a caller's transaction that has
// work to do before it, and was not prepared. It is a [scope.ErrPrepareFirst]; nothing
// was sent.
func NotPrepared(scopeType string) error {
	return &scope.Error{Op: scope.OpCreate, Scope: scope.Context{Type: scopeType}, Step: "before", Sentinel: scope.ErrPrepareFirst, Err: scope.ErrPrepareFirst}
}
