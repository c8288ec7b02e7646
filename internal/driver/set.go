package driver

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/disk"
)

// Set is what several specifications became that stand or fall together:
// nothing of one is written unless all of them are right.
type Set struct {
	Base        string // directory that positions and the names of changes are relative to
	Generations []*Generation
	Problems    diag.List  // of all
	Silenced    []Silenced // of all
}

// GenerateSet generates from several specifications, each named once, in
// memory, as [Generate] does from one. What is looked at is noted in files, which may
// be nil, and that also when the error is not nil.
func GenerateSet(files *disk.Reader, base string, paths []string) (*Set, error) {
	s := &Set{Base: base}
	for _, path := range paths {
		g, err := generateFrom(files, path)
		if err != nil {
			return nil, err
		}
		s.Generations = append(s.Generations, g)
	}
	s.refuseSharedOutput()
	for _, g := range s.Generations {
		for _, p := range g.Problems.Sorted() {
			s.Problems.Add(s.moved(g, p))
		}
		for _, silenced := range g.Silenced {
			s.Silenced = append(s.Silenced, Silenced{s.moved(g, silenced.Problem), silenced.Reason})
		}
	}
	return s, nil
}

// refuseSharedOutput reports specifications that generate into one directory:
// each would remove the files of the other.
func (s *Set) refuseSharedOutput() {
	type output struct {
		of  *Generation
		dir string
	}
	var seen []output
	for _, g := range s.Generations {
		if g.output.Value == "" {
			continue // reported
		}
		dir := realPath(onDisk(g.Base, g.output.Value))
		i := slices.IndexFunc(seen, func(o output) bool { return o.dir == dir })
		if i < 0 {
			seen = append(seen, output{g, dir})
			continue
		}
		first := seen[i].of
		at := first.output.Pos
		at.File = rebased(at.File, first.Base, g.Base)
		g.Problems.Add(diag.Problem{
			Pos: g.output.Pos, Code: "SG604", Fix: "give each specification a directory of its own",
			Message: "another specification of this run generates into the same directory",
			Related: []diag.Related{{Pos: at, Message: "the other specification"}},
		})
	}
}

// realPath is a path without symbolic links, as far as it exists.
func realPath(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if parent := filepath.Dir(path); parent != path {
		return filepath.Join(realPath(parent), filepath.Base(path))
	}
	return path
}

// moved is a problem of one specification as one of the set.
func (s *Set) moved(g *Generation, p diag.Problem) diag.Problem {
	p.Pos.File = rebased(p.Pos.File, g.Base, s.Base)
	p.Related = slices.Clone(p.Related)
	for i := range p.Related {
		p.Related[i].Pos.File = rebased(p.Related[i].Pos.File, g.Base, s.Base)
	}
	return p
}

// rebased names a file, which is relative to one directory, from another.
func rebased(file, from, to string) string {
	path := filepath.FromSlash(file)
	if file == "" || from == to || filepath.IsAbs(path) {
		return file
	}
	abs, err := filepath.Abs(filepath.Join(from, path))
	if err != nil {
		return file
	}
	if to, err = filepath.Abs(to); err != nil {
		return file
	}
	rel, err := filepath.Rel(to, abs)
	if err != nil {
		return filepath.ToSlash(abs) // on another volume
	}
	return filepath.ToSlash(rel)
}

// Source returns the text of a file that a problem's position names.
func (s *Set) Source(name string) []byte { return source(s.Base, name) }

// Files is how many files the specifications became.
func (s *Set) Files() int {
	n := 0
	for _, g := range s.Generations {
		n += len(g.Files)
	}
	return n
}

// Changes compares the generated files with the output directories.
func (s *Set) Changes() ([]Change, error) {
	var all []Change
	for _, g := range s.Generations {
		changes, err := g.Changes()
		if err != nil {
			g.files.Note(onDisk(g.Base, g.Dir)) // where something is in the way
			if len(s.Generations) > 1 {
				err = fmt.Errorf("%s: %w", rebased(g.File, g.Base, s.Base), err)
			}
			return nil, err
		}
		for _, c := range changes {
			c.Name = rebased(c.Name, g.Base, s.Base)
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b Change) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// Write brings all output directories up to date, as [Generation.Write] does
// one.
func (s *Set) Write() ([]Change, error) {
	changes, err := s.Changes()
	if err != nil {
		return nil, err
	}
	return changes, write(s.Base, changes)
}
