// Package saasfunc holds the Go functions that specgen.yaml calls by
// $go.Name(…): what SQL and the language itself do not say.
package saasfunc

import (
	"fmt"

	"github.com/specgen-dev/specgen/scope"
)

// maxSlug leaves room for "-default" in an environment's id, which is a DNS
// label of at most 63 octets (RFC 1035, section 2.3.4).
const maxSlug = 63 - len("-default")

// SlugError says that a text is no slug. It is a [scope.ErrInvalid].
type SlugError struct{ Slug string }

// Error says what a slug is.
func (e *SlugError) Error() string {
	return fmt.Sprintf("%q is not a slug: it must begin with a letter from a to z, hold only these, digits and hyphens, and have at most %d characters", e.Slug, maxSlug)
}

// Unwrap makes errors.Is(err, scope.ErrInvalid) true.
func (e *SlugError) Unwrap() error { return scope.ErrInvalid }

// CheckSlug returns a *[SlugError] unless slug can be part of a host name. It
// runs before the transaction: a bad slug costs no round trip.
func CheckSlug(slug string) error {
	if slug == "" || len(slug) > maxSlug {
		return &SlugError{Slug: slug}
	}
	for i, c := range []byte(slug) {
		letter := 'a' <= c && c <= 'z'
		inner := '0' <= c && c <= '9' || c == '-'
		if !letter && (i == 0 || !inner) {
			return &SlugError{Slug: slug}
		}
	}
	return nil
}
