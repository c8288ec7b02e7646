//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package pglocal

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRemoveStale(t *testing.T) {
	t.Parallel()
	// make returns a directory as a server leaves it behind.
	parent := t.TempDir()
	make := func(t *testing.T, name string, perm os.FileMode, lock bool) string {
		t.Helper()
		dir := filepath.Join(parent, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if lock {
			if err := os.WriteFile(filepath.Join(dir, lockName), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(dir, perm); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	stale := make(t, runDirPrefix+"stale", 0o700, true)
	other := make(t, "other", 0o700, true)
	unlocked := make(t, runDirPrefix+"unlocked", 0o700, false)
	shared := make(t, runDirPrefix+"shared", 0o755, true)
	link := filepath.Join(parent, runDirPrefix+"link")
	if err := os.Symlink(other, link); err != nil {
		t.Fatal(err)
	}
	used := &runDir{path: make(t, runDirPrefix+"used", 0o700, false)}
	if err := used.acquire(); err != nil {
		t.Fatal(err)
	}
	defer used.lock.Close()

	removeStale(parent, nil)

	if _, err := os.Lstat(stale); !os.IsNotExist(err) {
		t.Errorf("the stale directory is still there: %v", err)
	}
	for _, dir := range []string{other, unlocked, shared, link, used.path} {
		if _, err := os.Stat(filepath.Join(dir, "file")); err != nil {
			t.Errorf("%s was touched: %v", filepath.Base(dir), err)
		}
	}
}

func TestReachable(t *testing.T) {
	t.Parallel()
	closed := t.TempDir() // go test makes it for its own account
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	acct := &account{uid: 1, gid: 1}
	for _, tc := range []struct {
		dir  string
		acct *account
		want bool
	}{
		{"/", acct, true},
		{closed, acct, false},
		{closed, nil, true},
		{"/nonexistent", acct, false},
	} {
		if got := reachable(tc.dir, tc.acct); got != tc.want {
			t.Errorf("reachable(%q, %v) = %v, want %v", tc.dir, tc.acct, got, tc.want)
		}
	}
}
