package scaffold

import (
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen"
	"github.com/specgen-dev/specgen/internal/driver"
)

// exampleProgram is a program that uses the generated package of the example.
//
//go:embed example/main.go
var exampleProgram []byte

// ownModule is what the imports of the reference RBAC begin with here.
const ownModule = "github.com/specgen-dev/specgen"

// exampleModule is the module of an example in a directory that has none.
const exampleModule = "example.com/rbac"

// Example makes the reference RBAC as a module of its own, in a directory that
// has none of its files: schema, queries, what sqlc makes of them, specification,
// generated package, and a program. A go.mod that is there is left as it is, and
// its module is the one that the program imports from.
func Example(dir string) (*Result, error) {
	base, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("finding the working directory: %w", err)
	}
	r := &Result{Base: base}
	module := exampleModule
	if isFile(filepath.Join(base, "go.mod")) {
		if module = modulePath(base); module == "" {
			return nil, fmt.Errorf("%s does not say which module it is of: add a line such as: module example.com/app", filepath.Join(base, "go.mod"))
		}
	} else {
		r.Files = append(r.Files, File{"go.mod", []byte("module " + module + "\n\ngo 1.25.0\n")})
	}
	sources, err := exampleSources(module)
	if err != nil {
		return nil, err
	}
	r.Files = append(r.Files, sources...)
	generated, err := generateExample(module, sources)
	if err != nil {
		return nil, err
	}
	r.Files = append(r.Files, generated...)
	slices.SortFunc(r.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	r.Report = "The reference RBAC: domains, projects and users, with roles and permissions made from presets.\n"
	r.Next = []string{
		"go get github.com/specgen-dev/specgen@latest && go mod tidy",
		"createdb example && DATABASE_URL=postgres:///example go run .",
		"specgen explain project, and change specgen.yaml; then specgen generate",
		"after a change of schema/ or queries/: sqlc generate && specgen generate",
	}
	return r, r.refuseExisting()
}

// exampleSources are the files that a person or sqlc wrote, as they are in a
// module.
func exampleSources(module string) ([]File, error) {
	files := []File{{"main.go", rename(exampleProgram, module)}}
	err := fs.WalkDir(specgen.Reference, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := specgen.Reference.ReadFile(name)
		if err != nil {
			return err
		}
		if path.Ext(name) == ".go" {
			text = rename(text, module)
		}
		files = append(files, File{name, text})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the example: %w", err)
	}
	return files, nil
}

// rename makes the imports of the reference RBAC those of a module; the runtime
// stays where it is.
func rename(text []byte, module string) []byte {
	renamed := string(text)
	for _, own := range []string{"gen/", "schema\""} {
		renamed = strings.ReplaceAll(renamed, `"`+ownModule+"/"+own, `"`+module+"/"+own)
	}
	return []byte(renamed)
}

// generateExample generates the package of the example in a temporary copy.
func generateExample(module string, sources []File) (_ []File, err error) {
	dir, err := os.MkdirTemp("", "specgen-example-")
	if err != nil {
		return nil, fmt.Errorf("making the example: %w", err)
	}
	defer func() {
		if removeErr := os.RemoveAll(dir); err == nil && removeErr != nil {
			err = fmt.Errorf("making the example: %w", removeErr)
		}
	}()
	copied := &Result{Base: dir, Files: append([]File{{"go.mod", []byte("module " + module + "\n")}}, sources...)}
	if err := copied.Write(); err != nil {
		return nil, err
	}
	g, err := driver.Generate(filepath.Join(dir, "specgen.yaml"))
	if err != nil {
		return nil, err
	}
	if g.Problems.HasErrors() {
		return nil, fmt.Errorf("a bug in specgen: the example has problems: %s", g.Problems.Sorted()[0].Message)
	}
	var files []File
	for _, f := range g.Files {
		files = append(files, File{path.Join(g.Dir, f.Name), f.Text})
	}
	return files, nil
}
