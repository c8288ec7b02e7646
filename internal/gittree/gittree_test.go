package gittree_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/gittree"
)

// A commit's files come back as they were, whatever their names and sizes, and
// whatever the working tree has; links and what nobody wants do not.
func TestExtract(t *testing.T) {
	t.Parallel()
	repo := t.TempDir()
	want := map[string]string{
		"a.sql":               "select 1\n",
		"empty.sql":           "",
		"no newline.sql":      "select 2",
		"ünï\tcode\nline.sql": "x",
		"deep/er/binary.sql":  string(bytes.Repeat([]byte{0, '\n', 0xff}, 50_000)),
	}
	for name, text := range want {
		write(t, filepath.Join(repo, name), text)
	}
	write(t, filepath.Join(repo, "other.txt"), "not wanted")
	if err := os.Symlink("/etc/passwd", filepath.Join(repo, "link.sql")); err != nil {
		t.Fatal(err)
	}
	git(t, repo, "init", "-q")
	git(t, repo, "add", "-A")
	git(t, repo, "commit", "-q", "-m", "first")
	write(t, filepath.Join(repo, "a.sql"), "changed")
	write(t, filepath.Join(repo, "new.sql"), "new")

	tree, err := gittree.Open(t.Context(), filepath.Join(repo, "deep"), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if tree.Prefix != "deep/" {
		t.Errorf("the prefix is %q", tree.Prefix)
	}
	into := t.TempDir()
	if err := tree.Extract(t.Context(), into, func(p string) bool { return strings.HasSuffix(p, ".sql") }); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	err = filepath.WalkDir(into, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(into, path)
		got[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	none := t.TempDir()
	if err := tree.Extract(t.Context(), none, func(string) bool { return false }); err != nil {
		t.Errorf("no file at all: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	repo := t.TempDir()
	git(t, repo, "init", "-q")
	git(t, repo, "commit", "-q", "--allow-empty", "-m", "first")
	for _, ref := range []string{"", "nowhere", "-h", "--output=x", "HEAD:", "HEAD^{tree}", "HEAD\n"} {
		if _, err := gittree.Open(t.Context(), repo, ref); err == nil {
			t.Errorf("%q is taken for a commit", ref)
		}
	}
	if _, err := gittree.Open(t.Context(), t.TempDir(), "HEAD"); err == nil || !strings.Contains(err.Error(), "in no git repository") {
		t.Errorf("outside of a repository: %v", err)
	}
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = slices.Concat(os.Environ(), []string{"GIT_CONFIG_NOSYSTEM=1", "HOME=" + dir,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com"})
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
