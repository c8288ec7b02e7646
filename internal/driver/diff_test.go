package driver_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/driver"
)

func TestUnified(t *testing.T) {
	t.Parallel()
	numbers := "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"
	for name, tc := range map[string]struct {
		change driver.Change
		want   string
	}{
		"a new file": {driver.Change{Name: "gen/a.go", New: []byte("package a\n")},
			"--- /dev/null\n+++ b/gen/a.go\n@@ -0,0 +1,1 @@\n+package a\n"},
		"a file that goes": {driver.Change{Name: "gen/a.go", Old: []byte("package a\n")},
			"--- a/gen/a.go\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-package a\n"},
		"a line": {driver.Change{Name: "a.go", Old: []byte(numbers), New: []byte(strings.Replace(numbers, "5\n", "five\n", 1))},
			"--- a/a.go\n+++ b/a.go\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"},
		"two places": {driver.Change{Name: "a.go", Old: []byte(numbers), New: []byte(strings.Replace(numbers, "1\n", "one\n", 1) + "11\n")},
			"--- a/a.go\n+++ b/a.go\n@@ -1,4 +1,4 @@\n-1\n+one\n 2\n 3\n 4\n@@ -8,3 +8,4 @@\n 8\n 9\n 10\n+11\n"},
		"the last line break": {driver.Change{Name: "a.go", Old: []byte("a"), New: []byte("a\n")},
			"--- a/a.go\n+++ b/a.go\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := driver.Unified(tc.change)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			applied(t, tc.change, got)
		})
	}
}

// applied has git apply a diff, and compares what comes of it.
func applied(t *testing.T, c driver.Change, text string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, filepath.FromSlash(c.Name))
	if c.Old != nil {
		writeFile(t, file, c.Old)
	}
	cmd := exec.CommandContext(t.Context(), "git", "apply", "--whitespace=nowarn", "-")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(text)
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git apply: %v\n%s", err, out)
	}
	got, err := os.ReadFile(file)
	if c.New == nil && os.IsNotExist(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, c.New) {
		t.Errorf("git apply made %q, want %q", got, c.New)
	}
}
