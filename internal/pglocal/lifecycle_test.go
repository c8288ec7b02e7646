//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package pglocal_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/specgen-dev/specgen/internal/pglocal"
)

// childVariable makes this test binary a process that starts a server, says
// where, and waits to be killed.
const childVariable = "SPECGEN_PGLOCAL_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(child())
	}
	os.Exit(m.Run())
}

func child() int {
	s, err := pglocal.Start(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(s.URL("postgres"))
	_, _ = io.Copy(io.Discard, os.Stdin) // until the parent kills us
	return 1
}

func TestServerEndsWithItsProcess(t *testing.T) {
	ownServer(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childVariable+"=1")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the child said nothing: %v", err)
	}
	rawURL := strings.TrimSpace(line)
	if user := query(t, rawURL, "SELECT current_user"); user != "postgres" {
		t.Errorf("connected as %s", user)
	}
	dir := host(t, rawURL)
	lock := openLock(t, dir)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	awaitFree(t, lock)
	if _, err := os.Lstat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", dir, err)
	}
}

func TestKeptServerOutlivesStop(t *testing.T) {
	ownServer(t)
	s := start(t)
	dir := directory(t, s)
	lock := openLock(t, dir)
	command, err := s.Keep()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if user := query(t, s.URL("postgres"), "SELECT current_user"); user != "postgres" {
		t.Errorf("connected as %s", user)
	}
	if out, err := exec.CommandContext(t.Context(), "/bin/sh", "-c", command).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	awaitFree(t, lock)
	if _, err := os.Lstat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", dir, err)
	}
}

func TestDamagedCacheIsMadeAgain(t *testing.T) {
	ownServer(t)
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	first := start(t)
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	controls := globCache(t, cache, "global/pg_control")
	if len(controls) != 1 {
		t.Fatalf("the cache holds %d clusters, want 1", len(controls))
	}
	if err := os.Remove(controls[0]); err != nil {
		t.Fatal(err)
	}
	start(t)
	if got := globCache(t, cache, "global/pg_control"); len(got) != 1 {
		t.Errorf("the cache holds %d whole clusters, want 1", len(got))
	}
	for _, path := range globCache(t, cache, "") {
		if strings.HasPrefix(filepath.Base(path), "partial-") {
			t.Errorf("%s was left behind", path)
		}
	}
}

func globCache(t *testing.T, home, file string) []string {
	t.Helper()
	var found []string
	for _, caches := range []string{"", "Library/Caches"} {
		paths, err := filepath.Glob(filepath.Join(home, caches, "specgen", "pglocal", "*", file))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, paths...)
	}
	return found
}

func openLock(t *testing.T, dir string) *os.File {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// awaitFree waits until nobody holds the lock.
func awaitFree(t *testing.T, lock *os.File) {
	t.Helper()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
}
