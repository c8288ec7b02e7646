package driver

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/emit"
)

// codeBeside is the code of what generated code would not compile beside.
const codeBeside = "SG606"

// beside reports what files of the output directory, written by others, declare so
// that the generated files would not compile beside them.
func (g *Generation) beside(files []emit.File) {
	dir := filepath.Join(g.Base, filepath.FromSlash(g.Dir))
	fset := token.NewFileSet()
	var others []*ast.File
	entries, _ := os.ReadDir(dir) // none where there is no directory yet
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		overwritten := slices.ContainsFunc(files, func(f emit.File) bool { return f.Name == e.Name() })
		if e.IsDir() || overwritten || !strings.HasSuffix(e.Name(), ".go") {
			continue // what is in the way is told when files are written
		}
		text, err := os.ReadFile(name)
		if err != nil || bytes.HasPrefix(text, []byte(emit.Header+"\n")) || !mayBuild(name, text) {
			continue
		}
		_, _ = g.files.ReadFile(name) // noted: it is one of the files that decide
		f, err := parser.ParseFile(fset, path.Join(g.Dir, e.Name()), text, parser.SkipObjectResolution)
		if err == nil && f.Name.Name == g.Plan.Name {
			others = append(others, f)
		}
	}
	if len(others) == 0 {
		return // as a rule: the generated files are not parsed again
	}
	for _, c := range newMade(files, g.Project.Imports).clashes(others) {
		at := fset.Position(c.at.Pos())
		g.Problems.ErrorFix(diag.Pos{File: at.Filename, Line: at.Line, Col: at.Column}, codeBeside, c.fix, "%s", c.message)
	}
}

// mayBuild reports whether a file is part of its package on a usual platform,
// without tags that somebody sets: one for `ignore` is not.
func mayBuild(name string, text []byte) bool {
	for _, system := range []string{"linux", "darwin", "windows"} {
		c := build.Default
		c.GOOS, c.GOARCH, c.CgoEnabled, c.BuildTags = system, "amd64", true, nil
		c.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
		if ok, err := c.MatchFile(filepath.Dir(name), filepath.Base(name)); ok || err != nil {
			return err == nil
		}
	}
	return false
}

// made is what generated files declare and use. Members are fields and methods, as
// Type.Name.
type made struct {
	declared map[string]string // the file, by the name of what the package declares
	members  map[string]string // the file
	imports  map[string]string // the file, by the name that an import has in it
	builtins map[string]string // the file that uses a predeclared name
	packages map[string]string // names of packages by their paths, as far as known
}

func newMade(files []emit.File, packages map[string]string) *made {
	m := &made{declared: map[string]string{}, members: map[string]string{}, imports: map[string]string{}, builtins: map[string]string{}, packages: packages}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file.Name, file.Text, parser.SkipObjectResolution)
		if err != nil {
			continue // the emitter has printed what it parsed
		}
		for _, d := range declarations(f) {
			if d.of == "" {
				m.declared[d.name] = file.Name
			} else {
				m.members[d.of+"."+d.name] = file.Name
			}
		}
		for _, i := range f.Imports {
			m.imports[m.nameOf(i)] = file.Name
		}
		for _, name := range predeclared(f) {
			m.builtins[name] = file.Name
		}
	}
	return m
}

// clash is a declaration that generated files do not compile beside.
type clash struct {
	at      ast.Node
	message string
	fix     string
}

const renameIt = "rename it, or move it to another package"

// clashes finds what other files declare that generated files declare or use.
func (m *made) clashes(others []*ast.File) []clash {
	var out []clash
	retyped := map[string]bool{} // what is said of a type says it of its methods
	add := func(at ast.Node, fix, format string, args ...any) {
		out = append(out, clash{at, fmt.Sprintf(format, args...), fix})
	}
	var all []declaration
	var imports []*ast.ImportSpec
	for _, f := range others {
		all = append(all, declarations(f)...)
		imports = append(imports, f.Imports...)
	}
	for _, d := range all {
		if _, ok := m.declared[d.name]; ok && d.of == "" {
			retyped[d.name] = true
		}
	}
	for _, d := range all {
		switch {
		case d.field:
		case d.of != "":
			if file, ok := m.members[d.of+"."+d.name]; ok && !retyped[d.of] {
				add(d.at, renameIt, "%s already has %s, which the generated %s declares", d.of, d.name, file)
			}
		case m.declared[d.name] != "":
			add(d.at, renameIt, "%s is declared here and in the generated %s", d.name, m.declared[d.name])
		case m.imports[d.name] != "":
			add(d.at, renameIt, "%s is declared here, and the generated %s imports a package of this name", d.name, m.imports[d.name])
		case m.builtins[d.name] != "":
			add(d.at, renameIt, "%s is declared here, and the generated %s needs Go's own %s", d.name, m.builtins[d.name], d.name)
		}
	}
	for _, i := range imports {
		if name := m.nameOf(i); m.declared[name] != "" {
			add(i, "import it by another name", "a package is imported as %s, which the generated %s declares", name, m.declared[name])
		}
	}
	return out
}

// declaration is a name that a file declares in its package, or a field or method
// of a type of the package.
type declaration struct {
	at    ast.Node
	name  string
	of    string // the type
	field bool
}

func declarations(f *ast.File) []declaration {
	var out []declaration
	add := func(name *ast.Ident, of string, field bool) {
		if name.Name != "_" && (name.Name != "init" || of != "") {
			out = append(out, declaration{name, name.Name, of, field})
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if of := receiver(d); d.Recv == nil || of != "" {
				add(d.Name, of, false)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					add(s.Name, "", false)
					if t, ok := s.Type.(*ast.StructType); ok {
						for _, field := range t.Fields.List {
							for _, name := range field.Names {
								add(name, s.Name.Name, true)
							}
						}
					}
				case *ast.ValueSpec:
					for _, name := range s.Names {
						add(name, "", false)
					}
				}
			}
		}
	}
	return out
}

// receiver is the type that a method belongs to, "" for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) != 1 {
		return ""
	}
	t := ast.Unparen(d.Recv.List[0].Type)
	if star, ok := t.(*ast.StarExpr); ok {
		t = ast.Unparen(star.X)
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// predeclared are the names of Go itself that a file uses. No local of generated
// code has such a name.
func predeclared(f *ast.File) []string {
	var out []string
	members := map[*ast.Ident]bool{} // names of fields, parameters and methods
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			members[n.Sel] = true
		case *ast.Field:
			for _, name := range n.Names {
				members[name] = true
			}
		case *ast.Ident:
			if !members[n] && types.Universe.Lookup(n.Name) != nil {
				out = append(out, n.Name)
			}
		}
		return true
	})
	return out
}

var version = regexp.MustCompile(`^v[0-9]+$`)

// nameOf is the name of an import in its file, "" where that is not known.
func (m *made) nameOf(i *ast.ImportSpec) string {
	if i.Name != nil {
		return strings.Trim(i.Name.Name, "_.")
	}
	p := strings.Trim(i.Path.Value, "\"`")
	if name, ok := m.packages[p]; ok {
		return name
	}
	name := path.Base(p)
	if version.MatchString(name) {
		name = path.Base(path.Dir(p))
	}
	if !token.IsIdentifier(name) {
		return ""
	}
	return name
}
