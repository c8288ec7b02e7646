//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package pglocal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// initdbArgs make the same cluster on every machine. Nobody but us reaches the
// socket, so nobody needs a password. Small WAL segments make a small copy.
func initdbArgs() []string {
	return []string{"--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "--username=postgres", "--wal-segsize=1"}
}

// makeCluster fills data with a new cluster: a copy of the cached one, which
// takes a fifth of the time of initdb, or else a fresh one, which it caches. It
// returns where the copy came from, "" for a fresh one.
func makeCluster(ctx context.Context, bin binaries, data string, acct *account) (from string, err error) {
	cached := cachedCluster(ctx, bin)
	if cached != "" {
		err := copyTree(data, cached, acct)
		if err == nil {
			return cached, nil
		}
		if err := os.RemoveAll(data); err != nil {
			return "", fmt.Errorf("removing an incomplete copy: %w", err)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("copying the cached cluster %s: %w", cached, err)
		}
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin.dir, "initdb"), append(initdbArgs(), "--pgdata="+data)...)
	cmd.Dir, cmd.Env = filepath.Dir(data), bin.environ()
	acct.become(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("running initdb: %w\n%s", err, bytes.TrimSpace(out))
	}
	if cached != "" {
		// Without a cache the next start takes longer; nothing else changes.
		_ = cacheCluster(cached, data)
	}
	return "", nil
}

// cachedCluster returns where the cluster of this very build of PostgreSQL is
// kept, or "" when this account has no place for it. Builds of one version may
// differ in what they can read.
func cachedCluster(ctx context.Context, bin binaries) string {
	cache, err := cacheDir()
	if err != nil {
		return ""
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin.dir, "postgres"), "--version")
	cmd.Env = bin.environ()
	version, err := cmd.Output()
	if err != nil {
		return ""
	}
	key := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", version, bin.build, strings.Join(initdbArgs(), "\x00")))
	return filepath.Join(cache, "cluster-"+hex.EncodeToString(key[:8]))
}

// cacheDir is where this account keeps what the next process can use again.
func cacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "specgen", "pglocal"), nil
}

// cacheCluster copies data to cached, which appears whole or not at all.
func cacheCluster(cached, data string) (err error) {
	if err := os.MkdirAll(filepath.Dir(cached), 0o700); err != nil {
		return err
	}
	partial, err := os.MkdirTemp(filepath.Dir(cached), "partial-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(partial)) }()
	whole := filepath.Join(partial, "data")
	if err := copyTree(whole, data, nil); err != nil {
		return err
	}
	err = os.Rename(whole, cached)
	if errors.Is(err, fs.ErrExist) { // another process was faster
		return nil
	}
	return err
}

// copyTree copies the directories, files and symbolic links of from to to,
// which must not exist, and gives them to acct.
func copyTree(to, from string, acct *account) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case e.IsDir():
			// Ours until the walk has filled it; the mode keeps others out.
			err = os.Mkdir(target, info.Mode().Perm())
		case e.Type() == fs.ModeSymlink:
			var link string
			if link, err = os.Readlink(path); err == nil {
				err = os.Symlink(link, target)
			}
		case e.Type().IsRegular():
			err = copyFile(target, path, info.Mode().Perm())
		default:
			err = fmt.Errorf("copying %s: not a file, a directory or a link", path)
		}
		if err != nil {
			return err
		}
		return acct.own(target)
	})
}

func copyFile(to, from string, perm fs.FileMode) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, perm)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	_, err = io.Copy(dst, src)
	return err
}
