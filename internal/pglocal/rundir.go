//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package pglocal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	runDirPrefix = "specgen-pg-"
	lockName     = "lock"
	socketName   = ".s.PGSQL.5432"
	// maxSocketPath is what fits into sockaddr_un on every system that we know:
	// 107 bytes on Linux, 103 on macOS and the BSDs.
	maxSocketPath = 103
)

// runDir is the directory of one server. Whoever holds the lock on its file
// "lock" uses it: a directory whose lock is free belonged to processes that are
// gone.
type runDir struct {
	path string
	lock *os.File // flock is held until every process that inherited it is gone
}

// newRunDir makes a directory straight below the temporary directory and gives
// it to acct. What need not be durable goes to memory where the system has a
// place for that.
func newRunDir(acct *account, durable bool) (*runDir, error) {
	parent := os.TempDir()
	if memory := memoryDir(); memory != "" && !durable && os.Getenv("TMPDIR") == "" {
		parent = memory
	}
	// The longest name that MkdirTemp makes has ten digits.
	longest := filepath.Join(parent, runDirPrefix+"0123456789", socketName)
	if len(longest) > maxSocketPath || !reachable(parent, acct) {
		parent = "/tmp"
	}
	removeStale(parent, acct)
	path, err := os.MkdirTemp(parent, runDirPrefix)
	if err != nil {
		return nil, fmt.Errorf("making a directory for the server: %w", err)
	}
	d := &runDir{path: path}
	if err := d.acquire(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(path))
	}
	if err := acct.own(path); err != nil {
		return nil, errors.Join(err, d.remove())
	}
	return d, nil
}

// reachable reports whether the other account may pass through dir and all that
// is above it.
func reachable(dir string, acct *account) bool {
	if acct == nil {
		return true
	}
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		up := filepath.Dir(dir)
		if up == dir {
			return true
		}
		dir = up
	}
}

// acquire makes the lock file. It gets its name once the lock is held, so that
// removeStale never finds it free.
func (d *runDir) acquire() error {
	unnamed := filepath.Join(d.path, lockName+".new")
	f, err := os.OpenFile(unnamed, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("making a lock file: %w", err)
	}
	if err := flock(f); err != nil {
		return errors.Join(fmt.Errorf("locking %s: %w", unnamed, err), f.Close())
	}
	if err := os.Rename(unnamed, filepath.Join(d.path, lockName)); err != nil {
		return errors.Join(fmt.Errorf("naming the lock file: %w", err), f.Close())
	}
	d.lock = f
	return nil
}

func (d *runDir) remove() error {
	return errors.Join(os.RemoveAll(d.path), d.lock.Close())
}

// removeStale removes the directories of servers whose processes are gone. It
// touches only directories of the form that newRunDir makes, that belong to us
// or to acct, that nobody else may write to, and whose lock is free. A server
// that has lost its directory ends by itself within a minute.
func removeStale(parent string, acct *account) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return // cleaning up is a courtesy: the next start will do it
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), runDirPrefix) {
			continue
		}
		path := filepath.Join(parent, e.Name())
		info, err := os.Lstat(path)
		if err != nil || info.Mode() != fs.ModeDir|0o700 || !ownedBy(info, acct) {
			continue
		}
		lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR|syscall.O_NOFOLLOW, 0)
		if err != nil {
			continue // being made, or not ours
		}
		if flock(lock) == nil {
			_ = os.RemoveAll(path) // a courtesy, as above
		}
		_ = lock.Close()
	}
}

// flock takes the lock of f or returns an error at once.
func flock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func ownedBy(info fs.FileInfo, acct *account) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	return int(stat.Uid) == os.Getuid() || acct != nil && stat.Uid == acct.uid
}
