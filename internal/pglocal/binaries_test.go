package pglocal

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNewestFirst(t *testing.T) {
	t.Parallel()
	dirs := []string{
		"/usr/lib/postgresql/9.6/bin", "/usr/lib/postgresql/18/bin", "/usr/lib/postgresql/9.10/bin", "/usr/lib/postgresql/15/bin",
	}
	slices.SortFunc(dirs, newestFirst)
	want := []string{
		"/usr/lib/postgresql/18/bin", "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/9.10/bin", "/usr/lib/postgresql/9.6/bin",
	}
	if !slices.Equal(dirs, want) {
		t.Errorf("got %q, want %q", dirs, want)
	}
}

func TestNamedDirectoryMustHoldTheBinaries(t *testing.T) {
	dir := t.TempDir()
	program(t, dir, "postgres", "exit 0")
	t.Setenv(EnvBinDir, dir)
	if _, err := localBinaries(t.Context()); err == nil || !strings.Contains(err.Error(), EnvBinDir) ||
		!strings.Contains(err.Error(), "initdb") {
		t.Errorf("without initdb: %v; want an error that names %s and initdb", err, EnvBinDir)
	}
	program(t, dir, "initdb", "exit 0")
	if got, err := localBinaries(t.Context()); err != nil || got != dir {
		t.Errorf("got %q, %v; want %q", got, err, dir)
	}
}

func TestBinariesAreFoundOnThePathBeforePgConfig(t *testing.T) {
	byPath, byConfig := t.TempDir(), t.TempDir()
	for _, dir := range []string{byPath, byConfig} {
		program(t, dir, "postgres", "exit 0")
		program(t, dir, "initdb", "exit 0")
	}
	tools := t.TempDir()
	program(t, tools, "pg_config", "echo '"+byConfig+"'")
	t.Setenv(EnvBinDir, "")

	t.Setenv("PATH", tools)
	if got, err := localBinaries(t.Context()); err != nil || got != byConfig {
		t.Errorf("got %q, %v; want that of pg_config, %q", got, err, byConfig)
	}
	t.Setenv("PATH", tools+string(os.PathListSeparator)+byPath)
	if got, err := localBinaries(t.Context()); err != nil || got != byPath {
		t.Errorf("got %q, %v; want that on PATH, %q", got, err, byPath)
	}
}

// program writes a shell script.
func program(t *testing.T, dir, name, body string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}
