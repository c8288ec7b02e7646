package disk_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/specgen-dev/specgen/internal/disk"
)

// TestSnapshotNoticesChanges changes one thing at a time below a directory of
// which everything was looked at.
func TestSnapshotNoticesChanges(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(t *testing.T, dir string)
		want   bool
	}{
		"nothing":                {func(*testing.T, string) {}, false},
		"a file of another text": {func(t *testing.T, dir string) { put(t, dir, "sql/a.sql", "SELECT 2, 3;") }, true},
		"a file replaced by another": {func(t *testing.T, dir string) {
			put(t, dir, "new", "SELECT 2, 3;")
			rename(t, dir, "new", "sql/a.sql")
		}, true},
		"a file that is gone":                       {func(t *testing.T, dir string) { remove(t, dir, "sql/a.sql") }, true},
		"a directory that is gone":                  {func(t *testing.T, dir string) { remove(t, dir, "sql") }, true},
		"a new file":                                {func(t *testing.T, dir string) { put(t, dir, "sql/b.sql", "") }, true},
		"a new file that a pattern finds":           {func(t *testing.T, dir string) { put(t, dir, "parts/one/b.sql", "") }, true},
		"a new directory that a pattern looks into": {func(t *testing.T, dir string) { put(t, dir, "parts/two/b.sql", "") }, true},
		"what was missing":                          {func(t *testing.T, dir string) { put(t, dir, "go.mod", "module a") }, true},
		"a directory in a file's place": {func(t *testing.T, dir string) {
			remove(t, dir, "sql/a.sql")
			put(t, dir, "sql/a.sql/b", "")
		}, true},
		"what an editor keeps beside a file": {func(t *testing.T, dir string) {
			put(t, dir, "sql/.a.sql.swp", "")
			put(t, dir, "sql/a.sql~", "")
		}, false},
		"a file that nobody asked for": {func(t *testing.T, dir string) { put(t, dir, "README.md", "") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			put(t, dir, "sql/a.sql", "SELECT 1;")
			put(t, dir, "parts/one/a.sql", "SELECT 1;")
			files := &disk.Reader{}
			if _, err := files.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
				t.Error("a file that is not there was read")
			}
			if entries, err := files.ReadDir(filepath.Join(dir, "sql")); err != nil || len(entries) != 1 {
				t.Errorf("ReadDir: %v, %v", entries, err)
			}
			if text, err := files.ReadFile(filepath.Join(dir, "sql", "a.sql")); err != nil || string(text) != "SELECT 1;" {
				t.Errorf("ReadFile: %q, %v", text, err)
			}
			if found, err := files.Glob(filepath.Join(dir, "parts", "*", "*.sql")); err != nil || len(found) != 1 {
				t.Errorf("Glob: %v, %v", found, err)
			}
			before := files.Seen()
			tc.change(t, dir)
			if got := !before.Now().Equal(before); got != tc.want {
				t.Errorf("noticed: %v, want %v", got, tc.want)
			}
		})
	}
}

// What changes while it is read was changed since the first look.
func TestTheFirstLookCounts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "a.sql", "one")
	files := &disk.Reader{}
	path := filepath.Join(dir, "a.sql")
	if _, err := files.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "a.sql", "longer")
	if _, err := files.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	if seen := files.Seen(); seen.Now().Equal(seen) {
		t.Error("the change between two looks is forgotten")
	}
}

func TestNilReader(t *testing.T) {
	t.Parallel()
	var files *disk.Reader
	dir := t.TempDir()
	put(t, dir, "a.sql", "one")
	text, err := files.ReadFile(filepath.Join(dir, "a.sql"))
	if err != nil || string(text) != "one" {
		t.Errorf("ReadFile: %q, %v", text, err)
	}
	if found, err := files.Glob(filepath.Join(dir, "*")); err != nil || len(found) != 1 {
		t.Errorf("Glob: %v, %v", found, err)
	}
	if info, err := files.Stat(dir); err != nil || !info.IsDir() {
		t.Errorf("Stat: %v, %v", info, err)
	}
	if len(files.Seen()) != 0 {
		t.Error("it remembers something")
	}
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
		t.Fatal(err)
	}
}

func rename(t *testing.T, dir, from, to string) {
	t.Helper()
	if err := os.Rename(filepath.Join(dir, filepath.FromSlash(from)), filepath.Join(dir, filepath.FromSlash(to))); err != nil {
		t.Fatal(err)
	}
}
