package driver

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// importable is an element of an import path (Go specification, "Import
// declarations"; golang.org/x/mod/module.CheckImportPath).
var importable = regexp.MustCompile(`^[A-Za-z0-9._~+-]*[A-Za-z0-9_~+-]$`)

// outputPath is the import path of the generated package, "" where its directory
// cannot be that of one. What is wrong with the directory alone goes to problems:
// it says nothing about the rest of the document.
func (g *Generation) outputPath(doc *spec.Document, api *sqlcapi.API, problems *diag.List) string {
	dir := doc.Output.Dir
	if dir.Value == "" {
		return ""
	}
	if !filepath.IsLocal(filepath.FromSlash(dir.Value)) {
		problems.ErrorFix(dir.Pos, "SG601", "generate into a directory below the specification", "output directory %q lies outside of the specification's directory", dir.Value)
		return ""
	}
	for element := range strings.SplitSeq(filepath.ToSlash(filepath.Clean(dir.Value)), "/") {
		if element != "." && (!importable.MatchString(element) || element == "vendor") {
			problems.ErrorFix(dir.Pos, "SG041", "name directories by letters, digits and - _ . ~ +, with / between them", "Go code cannot import a package from a directory named %q", element)
			return ""
		}
	}
	path, ok := sqlcapi.ImportPath(g.files, g.Base, dir.Value, dir.Pos, &g.Problems)
	if !ok {
		return path
	}
	if doc.Go.Value == path {
		g.Problems.ErrorFix(doc.Go.Pos, "SG603", "put the functions in a package of their own", "the Go package is the generated one: it would import itself")
	}
	if api != nil && slices.ContainsFunc(api.Packages, func(p *sqlcapi.Package) bool { return p.ImportPath == path }) {
		problems.ErrorFix(dir.Pos, "SG605", "generate into a directory of its own", "sqlc generates into %q: the package would import itself", dir.Value)
	}
	clean := filepath.ToSlash(filepath.Clean(dir.Value))
	if api != nil && slices.ContainsFunc(api.LeftOut, func(e *sqlcapi.LeftOut) bool { return e.Dir == clean }) {
		problems.ErrorFix(dir.Pos, "SG605", "generate into a directory of its own", "sqlc generates into %q, for an entry that is left out", dir.Value)
	}
	return path
}
