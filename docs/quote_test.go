package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// findIn makes sure that a block is what the file that its mark names has, at
// whatever depth of indentation. The parts between lines "…" are found in order.
func findIn(t *testing.T, e *example) {
	t.Helper()
	rest := unindented(read(t, filepath.Join("..", filepath.FromSlash(e.at))))
	for _, part := range regexp.MustCompile(`(?m)^\s*(?://|--|#)? ?…\n`).Split(e.text, -1) {
		_, after, ok := strings.Cut(rest, unindented(part))
		if !ok {
			t.Errorf("%s: %s has no such part:\n%s", e.place(), e.at, part)
			return
		}
		rest = after
	}
}

func unindented(text string) string {
	return regexp.MustCompile(`(?m)^[ \t]+`).ReplaceAllString(text, "")
}

// runCommands runs the commands of the pages in dir, and compares what they print.
func runCommands(t *testing.T, dir string, examples []*example) {
	t.Helper()
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "./cmd/specgen")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building specgen: %v\n%s", err, out)
	}
	for _, e := range examples {
		if e.kind != "run" {
			continue
		}
		cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", e.text)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", e.place(), err, out)
		} else if e.prints != nil && !printed(string(out), *e.prints) {
			t.Errorf("%s: prints\n%s\nwant\n%s", e.place(), out, *e.prints)
		}
	}
}
