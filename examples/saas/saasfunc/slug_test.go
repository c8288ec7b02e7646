package saasfunc_test

import (
	"errors"
	"strings"
	"testing"

	"example.com/saas/saasfunc"
	"github.com/specgen-dev/specgen/scope"
)

func TestCheckSlug(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"vision":                true,
		"v":                     true,
		"vision-2":              true,
		strings.Repeat("a", 55): true,
		strings.Repeat("a", 56): false,
		"":                      false,
		"Vision":                false,
		"2vision":               false,
		"-vision":               false,
		"vision lab":            false,
		"visión":                false,
	}
	for slug, want := range tests {
		err := saasfunc.CheckSlug(slug)
		if got := err == nil; got != want {
			t.Errorf("CheckSlug(%q) = %v, want valid: %t", slug, err, want)
		}
		if err != nil && !errors.Is(err, scope.ErrInvalid) {
			t.Errorf("CheckSlug(%q) = %v, which is no scope.ErrInvalid", slug, err)
		}
	}
}
