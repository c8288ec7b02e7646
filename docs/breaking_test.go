package docs_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The kinds of changes in breaking.md are those that the comparison tells.
func TestBreakingKinds(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../internal/breaking/*.go")
	if err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile(`(?:\.(?:breaking|note)\(|kind :?= |"narrowed", |narrowed, widened :?= )("[a-z-]+"(?:, "[a-z-]+")?)`)
	word := regexp.MustCompile(`"([a-z-]+)"`)
	var kinds []string
	for _, file := range files {
		for _, m := range told.FindAllStringSubmatch(read(t, file), -1) {
			for _, w := range word.FindAllStringSubmatch(m[1], -1) {
				kinds = append(kinds, w[1])
			}
		}
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	var documented []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*`) \\|").FindAllStringSubmatch(read(t, "breaking.md"), -1) {
		for _, m := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(row[1], -1) {
			documented = append(documented, m[1])
		}
	}
	slices.Sort(documented)
	if diff := cmp.Diff(kinds, documented); diff != "" {
		t.Errorf("kinds (-told +documented):\n%s", diff)
	}
}
