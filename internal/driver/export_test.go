package driver

import (
	"fmt"
	"path/filepath"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/emit"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/plan"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// DraftUnchecked makes the files of a specification as if nobody had found
// anything wrong with it, for a test that asks what the mistakes would do. Where
// the mistake leaves nothing to make code of, the error says so.
func DraftUnchecked(path string, text []byte, in *Inputs) (files []emit.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			files, err = nil, fmt.Errorf("no code can be made: %v", r)
		}
	}()
	g := &Generation{Base: filepath.Dir(path), File: filepath.Base(path), inputs: in}
	doc := spec.Parse(g.File, text, &g.Problems)
	if g.Problems.HasErrors() {
		return nil, fmt.Errorf("it cannot be read: %s", g.Problems.Sorted()[0].Code)
	}
	var ignored diag.List
	importPath := g.outputPath(doc, in.API, &ignored)
	var funcs map[string]*sqlcapi.Func
	if doc.Go.Value != "" {
		funcs = sqlcapi.LoadFuncs(nil, g.Base, doc.Go.Value, doc.Go.Pos, &ignored)
	}
	project := model.Resolve(model.Sources{Document: doc, API: in.API, Catalog: in.Catalog, Funcs: funcs, ImportPath: importPath}, &ignored)
	return emit.Render(plan.Build(project))
}
