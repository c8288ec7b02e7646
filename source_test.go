package specgen_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// sourceFile is a Go file of this repository, in whichever module.
type sourceFile struct {
	path   string // slash-separated, from the root
	module string // the directory of its go.mod
	text   []byte
	syntax *ast.File
	files  *token.FileSet
}

func (f *sourceFile) dir() string  { return path.Dir(f.path) }
func (f *sourceFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

func (f *sourceFile) position(pos token.Pos) token.Position { return f.files.Position(pos) }

// modules returns the directories that hold a go.mod, "." first. What is below a
// testdata directory, or one that begins with a dot, is no part of the
// repository's own code.
func modules(t *testing.T) []string {
	t.Helper()
	var found []string
	walk(t, func(p string) {
		if path.Base(p) == "go.mod" {
			found = append(found, path.Dir(p))
		}
	})
	slices.Sort(found)
	if len(found) == 0 || found[0] != "." {
		t.Fatalf("the modules are %q: the root is missing", found)
	}
	return found
}

// sourceFiles returns every Go file.
func sourceFiles(t *testing.T) []*sourceFile {
	t.Helper()
	mods := modules(t)
	var found []*sourceFile
	walk(t, func(p string) {
		if path.Ext(p) != ".go" {
			return
		}
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		f := &sourceFile{path: p, text: text, files: token.NewFileSet()}
		if f.syntax, err = parser.ParseFile(f.files, p, text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			t.Fatal(err)
		}
		for _, m := range mods { // the longest comes last
			if m == "." || below(p, m) {
				f.module = m
			}
		}
		found = append(found, f)
	})
	return found
}

func walk(t *testing.T, visit func(p string)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("."), ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := p != "." && strings.HasPrefix(e.Name(), ".")
		if e.IsDir() {
			if hidden || e.Name() == "testdata" {
				return fs.SkipDir
			}
			return nil
		}
		visit(p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	const limit = 400
	for _, f := range sourceFiles(t) {
		if n := bytes.Count(f.text, []byte("\n")); n > limit && !ast.IsGenerated(f.syntax) {
			t.Errorf("%s has %d lines: a file holds one concept, in %d lines at most", f.path, n, limit)
		}
	}
}

func TestPackagesAreNamedForWhatTheyHold(t *testing.T) {
	t.Parallel()
	for _, f := range sourceFiles(t) {
		name := strings.TrimSuffix(f.syntax.Name.Name, "_test")
		if slices.Contains([]string{"util", "utils", "common", "helper", "helpers"}, name) {
			t.Errorf("%s: a package named %s says nothing of what it holds", f.position(f.syntax.Package), name)
		}
	}
}

func TestNothingRunsBeforeMain(t *testing.T) {
	t.Parallel()
	for _, f := range sourceFiles(t) {
		if ast.IsGenerated(f.syntax) {
			continue
		}
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: func init: whoever imports the package cannot choose, order or test it", f.position(fn.Pos()))
			}
		}
	}
}
