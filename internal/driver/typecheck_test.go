package driver_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/driver"
)

// generatedImports are the packages outside of a project that generated code may
// import.
var generatedImports = []string{
	"cmp", "context", "errors", "fmt", "maps", "slices", "strconv", "strings", "time",
	"github.com/google/uuid", "github.com/jackc/pgx/v5", "github.com/jackc/pgx/v5/pgtype", "github.com/specgen-dev/specgen/scope", "github.com/specgen-dev/specgen/scope/runtime",
}

// TestGeneratedCodeTypeChecks checks the types of every package that a case
// generates, in this process, with the code of sqlc and of the user that it calls.
func TestGeneratedCodeTypeChecks(t *testing.T) {
	t.Parallel()
	root := newModule(t)
	check := newTypeChecker(t, root)
	packages := 0
	for _, c := range loadCases(t, root) {
		if c.script == "" {
			continue
		}
		g, err := driver.Generate(filepath.Join(c.dir, "specgen.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if len(g.Files) == 0 {
			t.Errorf("%s: nothing was generated: %v", c.name, g.Problems.Sorted())
			continue
		}
		var files []*ast.File
		for _, f := range g.Files {
			syntax, err := parser.ParseFile(check.fset, c.name+"/"+g.Dir+"/"+f.Name, f.Text, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, syntax)
			for _, spec := range syntax.Imports {
				path, _ := strconv.Unquote(spec.Path.Value)
				if !slices.Contains(generatedImports, path) && !strings.HasPrefix(path, casesModule+"/"+c.name+"/") {
					t.Errorf("%s: generated code imports %s", c.name, path)
				}
			}
		}
		check.check(casesModule+"/"+c.name+"/"+g.Dir, files)
		packages++
	}
	if packages < 30 {
		t.Errorf("%d packages were checked: some are lost", packages)
	}
}

// typeChecker imports packages of the cases from their source, and others from
// what the go command compiled of them.
type typeChecker struct {
	t      *testing.T
	root   string
	fset   *token.FileSet
	others types.Importer
	own    map[string]*types.Package
}

func newTypeChecker(t *testing.T, root string) *typeChecker {
	t.Helper()
	args := append([]string{"list", "-trimpath", "-export", "-deps", "-json=ImportPath,Export"}, generatedImports...)
	// What the code of sqlc and the functions of the cases import beside these.
	args = append(args, "encoding/json", "net/netip", "crypto/sha256", "encoding/hex")
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	compiled := map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		compiled[p.ImportPath] = p.Export
	}
	c := &typeChecker{t: t, root: root, fset: token.NewFileSet(), own: map[string]*types.Package{}}
	c.others = importer.ForCompiler(c.fset, "gc", func(path string) (io.ReadCloser, error) {
		if compiled[path] == "" {
			return nil, fmt.Errorf("package %s is not among those that cases import", path)
		}
		return os.Open(compiled[path])
	})
	return c
}

// Import implements [types.Importer].
func (c *typeChecker) Import(path string) (*types.Package, error) {
	dir, own := strings.CutPrefix(path, casesModule+"/")
	if !own {
		return c.others.Import(path)
	}
	if p := c.own[path]; p != nil {
		return p, nil
	}
	names, err := filepath.Glob(filepath.Join(c.root, filepath.FromSlash(dir), "*.go"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("package %s has no files: %w", path, err)
	}
	var files []*ast.File
	for _, name := range names {
		f, err := parser.ParseFile(c.fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return c.check(path, files), nil
}

// check checks a package, and reports each error.
func (c *typeChecker) check(path string, files []*ast.File) *types.Package {
	config := types.Config{Importer: c, Error: func(err error) { c.t.Error(err) }}
	p, _ := config.Check(path, c.fset, files, nil) // errors were reported one by one
	c.own[path] = p
	return p
}
