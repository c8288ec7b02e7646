// Package fault holds the errors of scope and scope/runtime whose texts are safe
// to log: they are written by hand, or made of such texts.
package fault

import "errors"

// Sentinel is an error that is known by its identity.
type Sentinel struct {
	text string
	is   error
}

// New returns a sentinel that is also an is, unless is is nil. It returns the type
// error: a typed nil could be made from an exported variable of type *Sentinel.
func New(text string, is error) error { return &Sentinel{text: text, is: is} }

// Error returns the text.
func (s *Sentinel) Error() string { return s.text }

// Unwrap returns what the sentinel is a case of, if anything.
func (s *Sentinel) Unwrap() error { return s.is }

// Misuse is a mistake in how generated code, or a Provider, was called.
type Misuse string

// Error returns the text, which says what to do.
func (m Misuse) Error() string { return string(m) }

// Several joins errors each of which is safe to log.
type Several struct{ Errs []error }

// Error gives one error a line.
func (s *Several) Error() string { return errors.Join(s.Errs...).Error() }

// Unwrap returns all of them.
func (s *Several) Unwrap() []error { return s.Errs }

// As returns the first error of type T in err's tree.
func As[T error](err error) (T, bool) {
	var target T
	ok := errors.As(err, &target)
	return target, ok
}
