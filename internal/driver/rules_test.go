package driver_test

import (
	"testing"

	"github.com/specgen-dev/specgen/internal/check"
	"github.com/specgen-dev/specgen/internal/code"
	"github.com/specgen-dev/specgen/internal/diag"
)

// TestRules holds the rules of package check against the pages of their codes: a
// page says what a rule does, and which errors may be ignored.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, r := range check.Rules() {
		p, ok := code.Find(r.Code)
		if !ok {
			t.Errorf("the rule %s has no page", r.Code)
			continue
		}
		if ignorable := r.Ignorable || r.Severity != diag.Error; p.Severity != r.Severity.String() || p.Ignorable != ignorable {
			t.Errorf("%s: the rule is %s, ignorable %t, and its page says %s, ignorable %t", r.Code, r.Severity, ignorable, p.Severity, p.Ignorable)
		}
	}
}
