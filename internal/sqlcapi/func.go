package sqlcapi

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/disk"
	"github.com/specgen-dev/specgen/internal/goname"
)

// Func is an exported function of the user's Go package, which a spec calls as
// $go.Name(…).
type Func struct {
	Pkg, PkgName string // import path and name of its package
	Name         string
	Context      bool          // takes a context.Context first
	Params       []goname.Type // without the context
	Result       goname.Type   // zero for none
	Fails        bool          // returns an error last
	Doc          string        // the first paragraph of its comment
	Pos          diag.Pos
	// Unsupported says why a spec cannot call it, such as "it is variadic";
	// empty when it can. Where it is set, nothing is said of the signature.
	Unsupported string
}

// LoadFuncs reads the exported functions of the Go package that a specification
// names, by go/parser alone: the package need not compile, as it may be edited
// together with the specification. The base is the directory of the
// specification on disk, and pos is where it names the package. Positions are
// relative to the base. What is looked at is noted in files, which may be nil.
//
// The package is one of the module of the nearest go.mod at or above the base,
// or of one that this go.mod replaces by a directory. Files are left out that
// end in _test.go, or that are never built without the tag "ignore".
//
// It returns the functions by name. A package that cannot be read goes to
// problems, and the result is nil, as it is for an empty import path.
func LoadFuncs(files *disk.Reader, base, importPath string, pos diag.Pos, problems *diag.List) map[string]*Func {
	if importPath == "" {
		return nil
	}
	l := &loader{files: files, base: absolute(base), problems: problems}
	dir, ok := l.funcDir(importPath, pos)
	if !ok {
		return nil
	}
	code := l.readFuncs(dir, importPath, pos)
	if code == nil {
		return nil
	}
	return code.funcs()
}

// sameSignature reports whether a spec can call either of two functions alike.
func (f *Func) sameSignature(g *Func) bool {
	return f.Unsupported == g.Unsupported && f.Context == g.Context && slices.Equal(f.Params, g.Params) && f.Result == g.Result && f.Fails == g.Fails
}
