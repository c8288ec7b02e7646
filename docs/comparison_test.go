package docs_test

import (
	"strings"
	"testing"
)

// The figures of the comparison are those of the page that says how they were
// measured.
func TestComparisonQuotesFigures(t *testing.T) {
	t.Parallel()
	measured := read(t, "performance.md")
	rows := 0
	for line := range strings.Lines(read(t, "comparison.md")) {
		if strings.HasPrefix(line, "| create |") {
			rows++
			if !strings.Contains(measured, line) {
				t.Errorf("performance.md has no such row: %s", line)
			}
		}
	}
	if rows < 5 {
		t.Errorf("%d rows were found", rows)
	}
}
