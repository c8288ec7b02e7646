package driver

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/emit"
)

// Change is one difference between what is generated and what is on disk.
type Change struct {
	Name string // slash-separated, relative to the specification's directory
	Old  []byte // nil for a file that is missing
	New  []byte // nil for a stale file of ours, which is removed
}

// Changes compares the generated files with the output directory. Files that
// specgen did not write are none of its business, unless one is in the way.
func (g *Generation) Changes() ([]Change, error) {
	dir := filepath.Join(g.Base, filepath.FromSlash(g.Dir))
	if err := g.checkDir(dir); err != nil {
		return nil, err
	}
	old, err := ownFiles(dir)
	if err != nil {
		return nil, err
	}
	if err := g.checkPackage(dir, old); err != nil {
		return nil, err
	}
	var changes []Change
	for _, f := range g.Files {
		text, ours := old[f.Name]
		delete(old, f.Name)
		if !ours {
			if _, err := os.Lstat(filepath.Join(dir, f.Name)); err == nil {
				return nil, fmt.Errorf("%s/%s was not written by specgen and would be overwritten: move it away", g.Dir, f.Name)
			}
		}
		if !ours || !bytes.Equal(text, f.Text) {
			changes = append(changes, Change{Name: g.Dir + "/" + f.Name, Old: text, New: f.Text})
		}
	}
	for name, text := range old {
		changes = append(changes, Change{Name: g.Dir + "/" + name, Old: text})
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Name, b.Name) })
	return changes, nil
}

// checkDir makes sure that the output directory is not reached through a link
// that leads out of the specification's directory.
func (g *Generation) checkDir(dir string) error {
	base, err := filepath.EvalSymlinks(g.Base)
	if err != nil {
		return fmt.Errorf("resolving %s: %w", g.Base, err)
	}
	for d := dir; ; d = filepath.Dir(d) {
		real, err := filepath.EvalSymlinks(d)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("resolving %s: %w", g.Dir, err)
		}
		if rel, err := filepath.Rel(base, real); err != nil || rel != "." && !filepath.IsLocal(rel) {
			return fmt.Errorf("output directory %s leads out of the specification's directory through a symbolic link", g.Dir)
		}
		return nil
	}
}

// checkPackage refuses a directory that holds Go files of another package: the
// generated files would not compile beside them.
func (g *Generation) checkPackage(dir string, own map[string][]byte) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return fmt.Errorf("reading the output directory: %w", err)
	}
	for _, name := range names {
		_, ours := own[filepath.Base(name)]
		if ours || strings.HasSuffix(name, "_test.go") {
			continue // goes, or may be of an external test package
		}
		if text, err := os.ReadFile(name); err == nil && !mayBuild(name, text) {
			continue // such as a program that `//go:build ignore` keeps out
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly)
		if err == nil && f.Name.Name != g.Plan.Name {
			return fmt.Errorf("%s/%s is of package %s, and the generated package is %s: give `output` a directory of its own", g.Dir, filepath.Base(name), f.Name.Name, g.Plan.Name)
		}
	}
	return nil
}

// ownFiles reads the files in a directory that carry our header.
func ownFiles(dir string) (map[string][]byte, error) {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the output directory: %w", err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if !e.Type().IsRegular() || !strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("reading the output directory: %w", err)
		}
		if bytes.HasPrefix(text, []byte(emit.Header+"\n")) {
			files[e.Name()] = text
		}
	}
	return files, nil
}

// Write brings the output directory up to date: only changed files are touched,
// each by a rename, after all of them were written beside their places; then
// stale files of ours go.
func (g *Generation) Write() ([]Change, error) {
	changes, err := g.Changes()
	if err != nil {
		return nil, err
	}
	return changes, write(g.Base, changes)
}

// write makes changes, whose names are relative to base.
func write(base string, changes []Change) error {
	temps := make([]string, len(changes))
	defer func() {
		for _, temp := range temps {
			if temp != "" {
				_ = os.Remove(temp) // what is left over after a failure
			}
		}
	}()
	paths := make([]string, len(changes))
	for i, c := range changes {
		paths[i] = onDisk(base, c.Name)
		if c.New == nil {
			continue
		}
		var err error
		if temps[i], err = writeTemp(filepath.Dir(paths[i]), c.New); err != nil {
			return err
		}
	}
	for i, c := range changes {
		var err error
		if c.New == nil {
			err = os.Remove(paths[i])
		} else if err = os.Rename(temps[i], paths[i]); err == nil {
			temps[i] = ""
		}
		if err != nil {
			return fmt.Errorf("writing %s: %w", c.Name, err)
		}
	}
	return nil
}

func writeTemp(dir string, text []byte) (string, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", fmt.Errorf("making the output directory: %w", err)
	}
	f, err := os.CreateTemp(dir, ".specgen-*")
	if err != nil {
		return "", fmt.Errorf("writing the output directory: %w", err)
	}
	_, err = f.Write(text)
	if chmodErr := f.Chmod(0o644); err == nil {
		err = chmodErr
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return "", fmt.Errorf("writing the output directory: %w", err)
	}
	return f.Name(), nil
}
