// Package gittree lays files of a commit out in a directory, by the git command.
package gittree

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Tree is the files of one commit.
type Tree struct {
	dir    string // where git runs: the top of the working tree
	Prefix string // of the directory that it was opened from, below the top; "" or ending in a slash
	commit string
}

// Open finds the repository that a directory is in, and the commit that a
// reference names: a branch, a tag, HEAD~1, a hash. The context ends git.
func Open(ctx context.Context, dir, ref string) (*Tree, error) {
	top, err := git(ctx, dir, nil, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, fmt.Errorf("%s is in no git repository: %w", dir, err)
	}
	prefix, err := git(ctx, dir, nil, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, fmt.Errorf("finding %s in its repository: %w", dir, err)
	}
	if ref == "" || strings.HasPrefix(ref, "-") { // git would take it for an option
		return nil, fmt.Errorf("%q names no commit", ref)
	}
	commit, err := git(ctx, dir, nil, "rev-parse", "--verify", "--quiet", ref+"^{commit}")
	if err != nil {
		return nil, fmt.Errorf("%q names no commit; in a shallow clone, fetch it first", ref)
	}
	return &Tree{dir: line(top), Prefix: line(prefix), commit: line(commit)}, nil
}

// Extract writes those files of the tree that want accepts, by their paths below
// the top, into a directory. Links are followed by nobody: they are left out.
func (t *Tree) Extract(ctx context.Context, into string, want func(path string) bool) error {
	listed, err := git(ctx, t.dir, nil, "ls-tree", "-r", "-z", t.commit)
	if err != nil {
		return fmt.Errorf("listing the files of %s: %w", t.commit, err)
	}
	var paths, hashes []string
	for entry := range strings.SplitSeq(strings.TrimSuffix(string(listed), "\x00"), "\x00") {
		// mode type hash TAB path, of git-ls-tree(1)
		about, path, ok := strings.Cut(entry, "\t")
		words := strings.Fields(about)
		if !ok || len(words) != 3 || words[1] != "blob" || words[0] == "120000" || !filepath.IsLocal(filepath.FromSlash(path)) || !want(path) {
			continue
		}
		paths, hashes = append(paths, path), append(hashes, words[2])
	}
	if len(paths) == 0 {
		return nil
	}
	texts, err := git(ctx, t.dir, strings.NewReader(strings.Join(hashes, "\n")+"\n"), "cat-file", "--batch")
	if err != nil {
		return fmt.Errorf("reading the files of %s: %w", t.commit, err)
	}
	r := bufio.NewReader(bytes.NewReader(texts))
	for _, path := range paths {
		text, err := blob(r)
		if err != nil {
			return fmt.Errorf("reading %s of %s: %w", path, t.commit, err)
		}
		file := filepath.Join(into, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("laying out %s: %w", path, err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return fmt.Errorf("laying out %s: %w", path, err)
		}
	}
	return nil
}

// blob reads one answer of git cat-file --batch: a line of hash, type and size,
// then as many bytes, then a line feed.
func blob(r *bufio.Reader) ([]byte, error) {
	head, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	words := strings.Fields(head)
	if len(words) != 3 {
		return nil, fmt.Errorf("git says %q", line([]byte(head)))
	}
	size, err := strconv.Atoi(words[2])
	if err != nil || size < 0 {
		return nil, fmt.Errorf("git says %q", line([]byte(head)))
	}
	text := make([]byte, size+1)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, err
	}
	return text[:size], nil
}

func line(text []byte) string { return strings.TrimSuffix(string(text), "\n") }

// git runs git in a directory, and returns what it prints.
func git(ctx context.Context, dir string, stdin io.Reader, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Stdin = dir, stdin
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && len(exit.Stderr) > 0 {
		first, _, _ := strings.Cut(string(exit.Stderr), "\n")
		return nil, errors.New(first)
	}
	return out, err
}
