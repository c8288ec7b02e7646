package scopetest_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/scope/scopetest"
)

var runExamples = flag.Bool("examples", false, "run TestConformance of the examples, which their own tests run too, and hold its subtests against the list of invariants")

// TestConformanceOfExamples runs the TestConformance of each consuming project
// where it is, one of them in a module of its own, and shows its subtests as ours.
func TestConformanceOfExamples(t *testing.T) {
	t.Parallel()
	if !*runExamples {
		t.Skip("the examples' own tests run it; -examples shows it here")
	}
	for _, dir := range []string{"../../examples/backendai", "../../examples/saas"} {
		// The go command repeats our last result unless something that we looked at
		// has changed, and it does not see what the nested run looks at.
		if err := filepath.WalkDir(dir, func(_ string, _ fs.DirEntry, err error) error { return err }); err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			ended := conformanceOf(t, dir)
			for _, i := range scopetest.Invariants() {
				if !slices.ContainsFunc(ended, func(name string) bool { return strings.HasSuffix(name, subtestName(i)) }) {
					t.Errorf("it did not try: %s", i)
				}
			}
		})
	}
}

// subtestName is what the testing package makes of the name of a subtest.
func subtestName(i scopetest.Invariant) string { return "/" + strings.ReplaceAll(string(i), " ", "_") }

// conformanceOf runs TestConformance in dir, and returns the names of its subtests.
func conformanceOf(t *testing.T, dir string) (names []string) {
	t.Helper()
	args := []string{"test", "-json", "-run", "^TestConformance$"}
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = append(args, "-race")
	}
	cmd := exec.CommandContext(t.Context(), "go", append(args, ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, runErr := cmd.Output()
	printed := map[string][]string{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var event struct{ Action, Test, Output string }
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			t.Fatalf("go %s printed %q: %v", strings.Join(args, " "), lines.Text(), err)
		}
		name := strings.TrimPrefix(event.Test, "TestConformance/")
		switch event.Action {
		case "output":
			if line := strings.TrimSpace(event.Output); !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
				printed[name] = append(printed[name], line)
			}
		case "pass", "fail":
			if strings.Count(name, "/") < 2 {
				continue // of a group, and not of an invariant
			}
			names = append(names, name)
			t.Run(name, func(t *testing.T) {
				if t.Log(strings.Join(printed[name], "\n")); event.Action == "fail" {
					t.Fail()
				}
			})
		}
	}
	if runErr != nil {
		t.Errorf("go %s: %v\n%s%s", strings.Join(args, " "), runErr, stderr.Bytes(), strings.Join(printed[""], "\n"))
	}
	return names
}
