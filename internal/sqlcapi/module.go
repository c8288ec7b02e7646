package sqlcapi

import (
	"path"
	"path/filepath"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/disk"
)

// module is a Go module on disk.
type module struct {
	path string // the module path, such as example.com/app
	root string // the directory of its go.mod
}

// below returns the import path of a directory in the module.
func (m module) below(dir string) (string, bool) {
	rel, err := filepath.Rel(m.root, dir)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return path.Join(m.path, filepath.ToSlash(rel)), true
}

// nearestModule reads the nearest go.mod at or above a directory, and the modules
// that it replaces by a directory. Where there is none, the module has no root. A
// go.mod that is malformed is reported, and its module has no path.
func (l *loader) nearestModule(dir string) (module, []module) {
	for at := dir; ; at = filepath.Dir(at) {
		file := filepath.Join(at, "go.mod")
		data, err := l.files.ReadFile(file)
		if err == nil {
			return l.readGoMod(file, data)
		}
		if filepath.Dir(at) == at {
			return module{}, nil
		}
	}
}

// importPath finds the import path of a directory of generated code: the module
// path of the nearest go.mod at or above it, and the way from there.
func (l *loader) importPath(dir string, named diag.Pos) (string, bool) {
	m, _ := l.nearestModule(dir)
	switch {
	case m.root == "":
		l.problems.ErrorFix(named, codeModule, "run go mod init in the root of the project",
			"there is no go.mod at or above %s, so that the generated package has no import path", l.display(dir))
		return "", false
	case m.path == "":
		return "", false
	}
	return m.below(dir)
}

// ImportPath finds the import path of a directory, which need not exist: dir is
// slash-separated and relative to base, the directory of the specification on
// disk, and pos is where the specification names it. It reports false where
// there is no usable go.mod, which goes to problems.
func ImportPath(files *disk.Reader, base, dir string, pos diag.Pos, problems *diag.List) (string, bool) {
	l := &loader{files: files, base: absolute(base), problems: problems}
	return l.importPath(l.resolve(dir), pos)
}
