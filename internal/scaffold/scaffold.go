// Package scaffold writes the first specification of a project that has sqlc: it
// recognises scopes in the schema and the queries, and makes a specgen.yaml that
// generates, with the locking queries that the project lacks.
//
// Nothing that it makes is a guess about data: what it cannot recognise it leaves
// out, and says why. It makes everything in memory, generates from it there, and
// leaves out what does not pass; files are written last, and none that exists.
package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// Options say where to begin.
type Options struct {
	Dir  string // where the search for a sqlc configuration starts
	Sqlc string // the sqlc configuration, "" to search upward from Dir
	Spec string // the specification to write, "" for specgen.yaml
}

// File is one file that is to be written.
type File struct {
	Name string // slash-separated, relative to Result.Base
	Text []byte
}

// Result is what a project, or the example, begins with.
type Result struct {
	Base  string // the directory of the specification
	Files []File // in the order of their names; empty when nothing was recognised
	// Report says what was recognised and what was not; Next what to do.
	Report string
	Next   []string
	// Problems are those of the project's own files. Nothing is made of a
	// project that has errors.
	Problems diag.List
}

// Project makes the first files of a project that has a sqlc configuration. The
// error is about the environment.
func Project(o Options) (*Result, error) {
	at, err := locate(o)
	if err != nil {
		return nil, err
	}
	r := &Result{Base: at.base}
	in := driver.LoadInputs(nil, at.base, []sqlcapi.Config{{Path: at.sqlc, Pos: diag.Pos{File: at.sqlc}}}, &r.Problems)
	if r.Problems.HasErrors() {
		return r, nil
	}
	if len(in.API.Packages) == 0 {
		return nil, fmt.Errorf("%s describes no package with queries", at.sqlc)
	}
	at.chooseOutput(in.API)
	p := newProject(at, in)
	d, err := p.settle()
	if err != nil {
		return nil, err
	}
	r.Report = p.report(d)
	if len(d.scopes) == 0 {
		r.Next = []string{"write specgen.yaml by hand: docs/language.md begins with a complete one"}
		return r, nil
	}
	r.Files = append(r.Files, File{Name: at.spec, Text: d.text})
	r.Files = append(r.Files, d.missing.files()...)
	directives, err := at.directives()
	if err != nil {
		return nil, err
	}
	if directives.file != nil {
		r.Files = append(r.Files, *directives.file)
	}
	r.Next = p.next(d, directives)
	return r, r.refuseExisting()
}

// refuseExisting fails where a file would be overwritten.
func (r *Result) refuseExisting() error {
	var there []string
	for _, f := range r.Files {
		if _, err := os.Lstat(filepath.Join(r.Base, filepath.FromSlash(f.Name))); err == nil {
			there = append(there, f.Name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("looking for %s: %w", f.Name, err)
		}
	}
	if more := len(there) - 3; more > 0 {
		there = append(there[:3], fmt.Sprintf("%d more", more))
	}
	if len(there) > 0 {
		return fmt.Errorf("%s would be overwritten, so nothing was written: move them away, or start in another directory", words(there))
	}
	return nil
}

// Write writes the files. It overwrites none: one that has appeared since is an
// error, and those written before it are taken away again.
func (r *Result) Write() (err error) {
	var written []string
	defer func() {
		if err != nil {
			for _, path := range written {
				_ = os.Remove(path) // the first error is the one to tell
			}
		}
	}()
	for _, f := range r.Files {
		path := filepath.Join(r.Base, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return fmt.Errorf("writing %s: %w", f.Name, err)
		}
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return fmt.Errorf("writing %s: %w", f.Name, err)
		}
		written = append(written, path)
		_, err = file.Write(f.Text)
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return fmt.Errorf("writing %s: %w", f.Name, err)
		}
	}
	return nil
}

// Source returns the text of a file that a problem's position names, nil for
// none.
func (r *Result) Source(name string) []byte {
	path := filepath.FromSlash(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.Base, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return text
}
