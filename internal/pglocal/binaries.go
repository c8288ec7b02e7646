package pglocal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// errNoBinaries says what to do on a machine without PostgreSQL.
var errNoBinaries = errors.New("no PostgreSQL was found: install it (Debian, Ubuntu: apt-get install postgresql; " +
	"macOS: brew install postgresql), or set " + EnvBinDir + " to the directory of initdb and postgres, " +
	"or set " + EnvURL + " to the URL of a server with a role that may create databases")

// installPatterns are where packages put servers that are not on the PATH, one
// directory for each version.
func installPatterns() []string {
	return []string{
		"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
		"/usr/pgsql-*/bin",                                   // PGDG on Red Hat
		"/opt/homebrew/opt/postgresql@*/bin",                 // Homebrew on arm64
		"/usr/local/opt/postgresql@*/bin",                    // Homebrew on amd64
		"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
	}
}

// binaries is a directory with initdb and postgres.
type binaries struct {
	dir  string
	libs string // a directory of shared libraries that they need; may be empty
	// build tells one build of PostgreSQL from others. It does not change when
	// the same files are copied elsewhere.
	build string
}

// environ is the environment in which they run: nothing of ours may change what
// they do, but for where libraries are found.
func (b binaries) environ() []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	if paths := []string{b.libs, os.Getenv("LD_LIBRARY_PATH")}; b.libs != "" || paths[1] != "" {
		paths = slices.DeleteFunc(paths, func(p string) bool { return p == "" })
		env = append(env, "LD_LIBRARY_PATH="+strings.Join(paths, string(os.PathListSeparator)))
	}
	return env
}

// localBinaries returns the directory of initdb and postgres on this machine,
// or "" when there is none. A directory that the user names must hold both.
func localBinaries(ctx context.Context) (string, error) {
	if dir := os.Getenv(EnvBinDir); dir != "" {
		if err := checkBinaries(dir); err != nil {
			return "", fmt.Errorf("looking for PostgreSQL in %s: %w", EnvBinDir, err)
		}
		return dir, nil
	}
	var candidates []string
	if path, err := exec.LookPath("postgres"); err == nil {
		candidates = append(candidates, filepath.Dir(path))
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		candidates = append(candidates, strings.TrimSpace(string(out)))
	}
	for _, pattern := range installPatterns() {
		// The only error is a malformed pattern.
		dirs, _ := filepath.Glob(pattern)
		slices.SortFunc(dirs, newestFirst)
		candidates = append(candidates, dirs...)
	}
	for _, dir := range candidates {
		if filepath.IsAbs(dir) && checkBinaries(dir) == nil {
			return dir, nil
		}
	}
	return "", nil
}

// checkBinaries reports what dir lacks to start a server from it.
func checkBinaries(dir string) error {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

var digits = regexp.MustCompile(`[0-9]+`)

// newestFirst orders paths by the numbers in them, the highest first: 18 before
// 9.6, which sorts after it as text.
func newestFirst(a, b string) int {
	return cmp.Or(slices.Compare(numbers(b), numbers(a)), cmp.Compare(a, b))
}

func numbers(path string) []int {
	var out []int
	for _, d := range digits.FindAllString(path, -1) {
		n, err := strconv.Atoi(d)
		if err != nil { // out of range: not a version
			continue
		}
		out = append(out, n)
	}
	return out
}
