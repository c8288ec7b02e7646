package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestShowsColour(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		env  map[string]string
		want bool
	}{
		{map[string]string{"TERM": "xterm-256color"}, true},
		{map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true},
		{map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		{map[string]string{"TERM": "dumb"}, false},
		{nil, false},
		{map[string]string{"WT_SESSION": "a"}, true},
		{map[string]string{"WT_SESSION": "a", "NO_COLOR": "1"}, false},
	} {
		if got := showsColour(func(name string) string { return tc.env[name] }); got != tc.want {
			t.Errorf("with %v: %v, want %v", tc.env, got, tc.want)
		}
	}
}

func TestFilesAndPipesAreNoTerminals(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if isTerminal(file) || isTerminal(w) || isTerminal(&bytes.Buffer{}) {
		t.Error("a file, a pipe or a buffer is taken for a terminal")
	}
}
