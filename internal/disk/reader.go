// Package disk reads a user's files and remembers what it looked at, so that
// one who watches them knows when to read again.
package disk

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// Reader reads files and remembers how each was before it was read. The zero
// value is ready to use; a nil Reader reads, and remembers nothing. A Reader is
// not safe for concurrent use.
type Reader struct{ seen Snapshot }

// ReadFile is [os.ReadFile].
func (r *Reader) ReadFile(path string) ([]byte, error) {
	r.Note(path)
	return os.ReadFile(path)
}

// ReadDir is [os.ReadDir].
func (r *Reader) ReadDir(path string) ([]os.DirEntry, error) {
	r.Note(path)
	return os.ReadDir(path)
}

// Stat is [os.Stat].
func (r *Reader) Stat(path string) (os.FileInfo, error) {
	r.Note(path)
	return os.Stat(path)
}

// Glob is [filepath.Glob].
func (r *Reader) Glob(pattern string) ([]string, error) {
	r.noteGlob(pattern)
	return filepath.Glob(pattern)
}

// noteGlob remembers the directories in which a pattern looks for names.
func (r *Reader) noteGlob(pattern string) {
	dir := filepath.Dir(pattern)
	if !strings.ContainsAny(dir, `*?[\`) {
		r.Note(dir)
		return
	}
	r.noteGlob(dir)
	matches, err := filepath.Glob(dir)
	if err != nil {
		return // malformed: Glob reports it
	}
	for _, m := range matches {
		r.Note(m)
	}
}

// Note remembers how a file or a directory is now, or that it is not there. The
// first time counts: what was read then may be older than a later look.
func (r *Reader) Note(path string) {
	if r == nil {
		return
	}
	if _, ok := r.seen[path]; ok {
		return
	}
	if r.seen == nil {
		r.seen = Snapshot{}
	}
	r.seen[path] = look(path)
}

// Seen returns what was looked at so far, each as it was before it was read.
func (r *Reader) Seen() Snapshot {
	if r == nil {
		return nil
	}
	return maps.Clone(r.seen)
}
