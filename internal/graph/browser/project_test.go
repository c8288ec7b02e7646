//go:build browser

package browser

import (
	"path/filepath"
	"strconv"
	"testing"
)

// reference is the directory of the reference RBAC, the root of the repository.
func reference(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// synthetic writes a project with many scopes.
func synthetic(t *testing.T, scopes int) string {
	t.Helper()
	dir, root := t.TempDir(), reference(t)
	output(t, filepath.Join(root, "bench"), "go", "run", "./synth", "-scopes", strconv.Itoa(scopes), "-write", dir)
	output(t, dir, "go", "tool", "-modfile="+filepath.Join(root, "tools", "go.mod"), "sqlc", "generate")
	return dir
}

func buildSpecgen(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "specgen")
	output(t, reference(t), "go", "build", "-o", path, "./cmd/specgen")
	return path
}

// drawGraph writes the graph of a project, and returns the file.
func drawGraph(t *testing.T, specgen, dir, format string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "graph."+format)
	output(t, dir, specgen, "graph", "-o", path)
	return path
}
