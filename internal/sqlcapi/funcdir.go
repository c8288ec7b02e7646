package sqlcapi

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
)

// funcDir finds the directory of the package of functions on disk.
func (l *loader) funcDir(importPath string, pos diag.Pos) (string, bool) {
	main, replaced := l.nearestModule(l.base)
	switch {
	case main.root == "":
		l.problems.ErrorFix(pos, codeNoModule, "run go mod init in the root of the project",
			"there is no go.mod at or above this file, so that package %s cannot be found", importPath)
		return "", false
	case main.path == "":
		return "", false
	}
	holder, ok := holderOf(importPath, main, replaced)
	if !ok {
		l.problems.ErrorFix(pos, codeOtherModule, l.moduleFix(main, importPath),
			"package %s is not in this module, %s, nor in one that go.mod replaces by a directory", importPath, main.path)
		return "", false
	}
	dir := filepath.Join(holder.root, filepath.FromSlash(strings.TrimPrefix(importPath, holder.path)))
	if nested := l.nestedModule(holder.root, dir); nested != "" {
		inner, _ := l.nearestModule(nested)
		if inner.path == "" { // reported
			return "", false
		}
		l.problems.Add(diag.Problem{
			Pos: pos, Code: codeOtherModule, Fix: "add to go.mod: replace " + inner.path + " => " + fromRoot(main.root, nested),
			Message: "package " + importPath + " is in a module of its own, which go.mod does not replace by its directory",
			Related: []diag.Related{{Pos: diag.Pos{File: l.display(filepath.Join(nested, "go.mod"))}, Message: "the module that it is in"}},
		})
		return "", false
	}
	if !l.isDir(dir) {
		fix := "create this directory with the functions in it, or correct the path"
		if near := diag.Nearest(path.Base(importPath), directories(filepath.Dir(dir))); near != "" {
			fix = "did you mean \"" + path.Join(path.Dir(importPath), near) + "\"?"
		}
		l.problems.ErrorFix(pos, codeNoDirectory, fix, "there is no package %s: the directory %s does not exist", importPath, l.display(dir))
		return "", false
	}
	return dir, true
}

// holderOf finds the module that holds a package: of those whose path begins the
// import path, the one with the longest.
func holderOf(importPath string, main module, replaced []module) (module, bool) {
	if path.Clean(importPath) != importPath {
		return module{}, false // such as example.com/app/../secret
	}
	var best module
	for _, m := range append([]module{main}, replaced...) {
		if (importPath == m.path || strings.HasPrefix(importPath, m.path+"/")) && len(m.path) > len(best.path) {
			best = m
		}
	}
	return best, best.path != ""
}

// nestedModule returns the directory of a go.mod between the root of a module
// and a directory in it, which makes the directory part of another module.
func (l *loader) nestedModule(root, dir string) string {
	for ; dir != root && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := l.files.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	return ""
}

// moduleFix says how to name a package of the module: a path that leads from the
// specification to a directory is how Go code does not import it.
func (l *loader) moduleFix(main module, importPath string) string {
	dir := filepath.Join(l.base, filepath.FromSlash(importPath))
	if inModule, ok := main.below(dir); ok && l.isDir(dir) {
		return "did you mean \"" + inModule + "\"?"
	}
	return "name a package of this module, such as " + path.Join(main.path, path.Base(importPath)) +
		", or let go.mod replace the package's module by a directory"
}

// fromRoot writes a directory below a module's root as a replace directive does.
func fromRoot(root, dir string) string {
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		return filepath.ToSlash(dir)
	}
	if rel = filepath.ToSlash(rel); strings.HasPrefix(rel, "../") {
		return rel
	}
	return "./" + rel
}

func (l *loader) isDir(dir string) bool {
	info, err := l.files.Stat(dir)
	return err == nil && info.IsDir()
}

// directories lists the names of the directories in a directory, none where it
// cannot be read.
func directories(dir string) []string {
	entries, _ := os.ReadDir(dir)
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}
