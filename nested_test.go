package specgen_test

import (
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

var testNested = flag.Bool("nested", false, "run the tests of the nested modules, too, and not go vet alone")

// The modules below this one are not part of its "./...": this is where
// `go test ./...` reaches them. Their tests take minutes, so that only -nested runs
// them.
func TestNestedModules(t *testing.T) {
	t.Parallel()
	nested := slices.DeleteFunc(modules(t), func(dir string) bool { return dir == "." })
	if !slices.Contains(nested, "tools") {
		t.Fatalf("the modules are %q: tools is missing", nested)
	}
	test := append([]string{"test"}, testFlags()...)
	for _, dir := range nested {
		list(t, dir)
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			goCommand(t, dir, "vet", "./...")
			if *testNested {
				goCommand(t, dir, append(test, "./...")...)
			}
		})
	}
}

// list visits every directory below dir, those of test data included. The go
// command repeats our last result unless something that we looked at has changed,
// and it does not see what the nested runs look at.
func list(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, _ fs.DirEntry, err error) error { return err })
	if err != nil {
		t.Fatal(err)
	}
}

// testFlags are the flags of our own run that nested runs repeat.
func testFlags() []string {
	var flags []string
	if testing.Short() {
		flags = append(flags, "-short")
	}
	info, ok := debug.ReadBuildInfo()
	if ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		flags = append(flags, "-race")
	}
	return flags
}

// goCommand runs the go command in the module at dir, and fails the test with
// what it printed.
func goCommand(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	// A workspace would hide what the module's own go.mod lacks.
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("in %s: go %s: %v\n%s", dir, strings.Join(args, " "), err, out)
	}
}
