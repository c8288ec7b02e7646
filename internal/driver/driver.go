// Package driver runs the stages of generation: load, resolve, plan, render;
// then it writes, checks or compares the files.
package driver

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/specgen-dev/specgen/internal/check"
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/emit"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/plan"
	"github.com/specgen-dev/specgen/internal/schema"
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
}

// Generate reads the specification at path and everything it names, and renders
// the package in memory. Problems of the user's files are in the Generation;
// the error is about the environment, or a bug of ours.
func Generate(path string) (*Generation, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the specification: %w", err)
	}
	g := &Generation{Base: filepath.Dir(path), File: filepath.Base(path)}
	doc := spec.Parse(g.File, text, &g.Problems)
	project := g.resolve(doc)
	g.silence(doc.Ignores)
	if g.Problems.HasErrors() {
		return g, nil
	}
	g.Dir = project.Dir
	g.Project = project
	g.Plan = plan.Build(project)
	g.advise()
	g.Files, err = emit.Render(g.Plan)
	if err != nil {
		return nil, &Bug{err}
	}
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
	api := sqlcapi.Load(g.Base, configs, &g.Problems)
	catalog := g.loadSchema(api)
	importPath := g.outputPath(doc)
	var funcs map[string]*sqlcapi.Func
	if doc.Go.Value != "" && doc.Go.Value != importPath {
		funcs = sqlcapi.LoadFuncs(g.Base, doc.Go.Value, doc.Go.Pos, &g.Problems)
	}
	broken := g.Problems.HasErrors() || doc.Damage.Lost("sqlc")
	found.Append(&g.Problems)
	g.Problems = found
	if broken {
		return nil // what refers to a broken thing would be reported, too
	}
	var resolved diag.List
	project := model.Resolve(model.Sources{Document: doc, API: api, Catalog: catalog, Funcs: funcs, ImportPath: importPath}, &resolved)
	if !g.Problems.HasErrors() { // what a damaged document lacks may only be lost
		check.Run(project, catalog, &resolved)
	}
	for _, p := range resolved.Sorted() {
		if !followsFrom(doc.Damage, p) {
			g.Problems.Add(p)
		}
	}
	return project
}

func (g *Generation) outputPath(doc *spec.Document) string {
	dir := doc.Output.Dir
	if dir.Value == "" {
		return ""
	}
	if !filepath.IsLocal(filepath.FromSlash(dir.Value)) {
		g.Problems.ErrorFix(dir.Pos, "SG601", "generate into a directory below the specification", "output directory %q lies outside of the specification's directory", dir.Value)
		return ""
	}
	path, ok := sqlcapi.ImportPath(g.Base, dir.Value, dir.Pos, &g.Problems)
	if ok && doc.Go.Value == path {
		g.Problems.ErrorFix(doc.Go.Pos, "SG603", "put the functions in a package of their own", "the Go package is the generated one: it would import itself")
	}
	return path
}

// loadSchema reads the SQL files of every package, each once.
func (g *Generation) loadSchema(api *sqlcapi.API) *schema.Catalog {
	var files []schema.File
	seen := map[string]bool{}
	for _, p := range api.Packages {
		for _, name := range p.Schema {
			if seen[name] {
				continue
			}
			seen[name] = true
			text, err := os.ReadFile(filepath.Join(g.Base, filepath.FromSlash(name)))
			if err != nil {
				g.Problems.Errorf(p.Pos, "SG157", "the schema file %s cannot be read", name)
				continue
			}
			files = append(files, schema.File{Name: name, Text: text})
		}
	}
	return schema.Load(files, &g.Problems)
}

// Source returns the text of a file that a problem's position names.
func (g *Generation) Source(name string) []byte {
	path := filepath.FromSlash(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(g.Base, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return text
}
