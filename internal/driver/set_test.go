package driver_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/disk"
	"github.com/specgen-dev/specgen/internal/driver"
)

// newPair lays two projects out side by side, and returns their directory and
// the paths of their specifications.
func newPair(t *testing.T) (dir string, paths []string) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range []string{"b", "a"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(newProject(t, "minimal"))); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, filepath.Join(dir, name, "specgen.yaml"))
	}
	return dir, paths
}

// generateSet generates, and returns the places and codes of the problems, too.
func generateSet(t *testing.T, dir string, paths []string) (*driver.Set, []string) {
	t.Helper()
	s, err := driver.GenerateSet(nil, dir, paths)
	if err != nil {
		t.Fatal(err)
	}
	var problems []string
	for _, p := range s.Problems.Sorted() {
		text := p.Pos.String() + " " + p.Code
		for _, r := range p.Related {
			text += " " + r.Pos.String()
		}
		problems = append(problems, text)
	}
	return s, problems
}

// Specifications that are generated together are written together, and what is
// written is what each would be alone.
func TestSet(t *testing.T) {
	t.Parallel()
	dir, paths := newPair(t)
	s, problems := generateSet(t, dir, paths)
	if len(problems) > 0 {
		t.Fatalf("problems: %q", problems)
	}
	changes, err := s.Write()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range changes {
		names = append(names, c.Name)
	}
	if !slices.IsSorted(names) || !strings.HasPrefix(names[0], "a/") || !strings.HasPrefix(names[len(names)-1], "b/") || len(names) != s.Files() {
		t.Errorf("written: %q", names)
	}
	for _, name := range []string{"a", "b"} {
		changes, err := generate(t, filepath.Join(dir, name)).Changes()
		if err != nil || len(changes) > 0 {
			t.Errorf("%s is not what it would be alone: %v, %v", name, changes, err)
		}
	}
}

// A mistake in one keeps all from being written, and mistakes of all are told in
// one list, with files named from the directory of the set.
func TestSetStandsOrFalls(t *testing.T) {
	t.Parallel()
	dir, paths := newPair(t)
	for _, path := range paths {
		text := bytes.Replace(readFile(t, path), []byte("query: CreateTeam"), []byte("query: CreateTeem"), 1)
		writeFile(t, path, text)
	}
	_, problems := generateSet(t, dir, paths)
	if len(problems) != 2 || !strings.HasPrefix(problems[0], "a/specgen.yaml:") || !strings.HasPrefix(problems[1], "b/specgen.yaml:") {
		t.Errorf("problems: %q", problems)
	}
}

// A foreign file in the way of one leaves all as they are.
func TestSetWritesAllOrNothing(t *testing.T) {
	t.Parallel()
	dir, paths := newPair(t)
	writeFile(t, filepath.Join(dir, "a", "gen", "provider.go"), []byte("package gen\n"))
	before := tree(t, dir)
	s, _ := generateSet(t, dir, paths)
	if _, err := s.Write(); err == nil || !strings.HasPrefix(err.Error(), "a/specgen.yaml: gen/provider.go was not written by specgen") {
		t.Errorf("the error is %v", err)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("it wrote (-before +after):\n%s", diff)
	}
}

// Two specifications do not write into one directory, by whichever name.
func TestSetRefusesSharedOutput(t *testing.T) {
	t.Parallel()
	dir := newProject(t, "minimal")
	own, other := filepath.Join(dir, "specgen.yaml"), filepath.Join(dir, "other.yaml")
	text := readFile(t, own)
	if err := os.Symlink(".", filepath.Join(dir, "here")); err != nil {
		t.Fatal(err)
	}
	for _, output := range []string{"gen", "./gen", "here/gen"} {
		writeFile(t, other, bytes.Replace(text, []byte("{dir: gen}"), []byte("{dir: "+output+"}"), 1))
		_, problems := generateSet(t, dir, []string{own, other})
		if diff := cmp.Diff([]string{"other.yaml:3:15 SG604 specgen.yaml:3:15"}, problems); diff != "" {
			t.Errorf("%s (-want +got):\n%s", output, diff)
		}
	}
}

// What a run looked at is all that its outcome depends on: each kind of file, and
// the directories that a new one would belong to. Its own files are not among it.
func TestSetNotesWhatItReads(t *testing.T) {
	t.Parallel()
	dir := newProject(t, "go_functions")
	files := &disk.Reader{}
	s, err := driver.GenerateSet(files, dir, []string{filepath.Join(dir, "specgen.yaml")})
	if err != nil || s.Problems.HasErrors() {
		t.Fatal(err, s.Problems.Sorted())
	}
	if _, err := s.Write(); err != nil {
		t.Fatal(err)
	}
	seen := files.Seen()
	for _, want := range []string{
		"specgen.yaml", "sqlc.yaml", "schema.sql", "queries.sql", "go.mod", "db", "db/models.go", "funcs", "funcs/funcs.go",
	} {
		if _, ok := seen[filepath.Join(dir, filepath.FromSlash(want))]; !ok {
			t.Errorf("%s was not looked at", want)
		}
	}
	if !seen.Now().Equal(seen) {
		t.Error("writing changes what was read: a watch would never rest")
	}
}
