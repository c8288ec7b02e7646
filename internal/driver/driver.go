// Package driver runs the stages of generation: load, resolve, plan, render;
// then it writes, checks or compares the files.
package driver

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/specgen-dev/specgen/internal/check"
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/disk"
	"github.com/specgen-dev/specgen/internal/emit"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/plan"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// Generation is what one specification became.
type Generation struct {
	Base     string // directory of the specification; positions are relative to it
	File     string // its name in Base
	Problems diag.List
	Silenced []Silenced     // by an `ignore` of the specification; not among Problems
	Project  *model.Project // nil when there are errors
	Plan     *plan.Package  // nil when there are errors
	Files    []emit.File    // nil when there are errors
	Dir      string         // where Files go, relative to Base, slash-separated

	output spec.Text    // where Dir was asked for; empty when it was not
	inputs *Inputs      // nil to load those that the specification names
	files  *disk.Reader // may be nil
}

// Generate reads the specification at path and everything it names, and renders
// the package in memory. Problems of the user's files are in the Generation;
// the error is about the environment, or a bug of ours.
func Generate(path string) (*Generation, error) { return generateFrom(nil, path) }

func generateFrom(files *disk.Reader, path string) (*Generation, error) {
	text, err := files.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the specification: %w", err)
	}
	g := &Generation{Base: filepath.Dir(path), File: filepath.Base(path), files: files}
	return g.generate(text)
}

// generate makes the files of a specification's text.
func (g *Generation) generate(text []byte) (*Generation, error) {
	doc := spec.Parse(g.File, text, &g.Problems)
	g.output = doc.Output.Dir
	project := g.resolve(doc)
	g.silence(doc.Ignores)
	if g.Problems.HasErrors() {
		return g, nil
	}
	g.Dir = project.Dir
	g.Project = project
	g.Plan = plan.Build(project)
	g.advise()
	files, err := emit.Render(g.Plan)
	if err != nil {
		return nil, &Bug{err}
	}
	g.beside(files)
	if g.Problems.HasErrors() {
		g.Plan, g.Project = nil, nil
		return g, nil
	}
	g.Files = files
	return g, nil
}

// Bug is a failure that is specgen's own fault, whatever the input.
type Bug struct{ err error }

// Error describes the failure.
func (b *Bug) Error() string { return "a bug in specgen: " + b.err.Error() }

// Unwrap returns the failure.
func (b *Bug) Unwrap() error { return b.err }

// resolve loads what the document names, and resolves it.
func (g *Generation) resolve(doc *spec.Document) *model.Project {
	var configs []sqlcapi.Config
	for _, s := range doc.Sqlc {
		configs = append(configs, sqlcapi.Config{Path: s.Value, Pos: s.Pos})
	}
	if len(configs) == 0 {
		return nil // the parser reported it
	}
	found := g.Problems
	g.Problems = diag.List{} // of the files that the document names
	in := g.inputs
	if in == nil {
		in = LoadInputs(g.files, g.Base, configs, &g.Problems)
	}
	importPath := g.outputPath(doc, in.API, &found)
	var funcs map[string]*sqlcapi.Func
	if doc.Go.Value != "" && doc.Go.Value != importPath {
		funcs = sqlcapi.LoadFuncs(g.files, g.Base, doc.Go.Value, doc.Go.Pos, &g.Problems)
	}
	broken := slices.ContainsFunc(g.Problems.Sorted(), breaksAll) || doc.ParseLoss.Lost("sqlc")
	incomplete := found.HasErrors()
	found.Append(&g.Problems)
	g.Problems = found
	if broken {
		return nil // what refers to a broken thing would be reported, too
	}
	var resolved diag.List
	project := model.Resolve(model.Sources{Document: doc, API: in.API, Catalog: in.Catalog, Funcs: funcs, ImportPath: importPath}, &resolved)
	if !incomplete { // else a step that seems to be missing may have failed to parse
		check.Run(project, in.Catalog, &resolved)
	}
	unusable := unusableIn(in.API, &resolved)
	g.Problems = unusable.concerning(&g.Problems)
	for _, p := range resolved.Sorted() {
		if !followsFrom(doc.ParseLoss, p) && !unusable.explains(p) {
			g.Problems.Add(p)
		}
	}
	return project
}

// Source returns the text of a file that a problem's position names.
func (g *Generation) Source(name string) []byte { return source(g.Base, name) }

// source reads a file that a position names, nil for none.
func source(base, name string) []byte {
	text, err := os.ReadFile(onDisk(base, name))
	if err != nil {
		return nil
	}
	return text
}

// onDisk is the path of a file that a position or a change names.
func onDisk(base, name string) string {
	path := filepath.FromSlash(name)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(base, path)
}
