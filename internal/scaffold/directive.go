package scaffold

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/mod/modfile"
)

// directives are the go:generate lines, and the file that they go to.
type directives struct {
	sqlc, specgen string // the commands
	file          *File  // nil where a file of the user's runs sqlc already
	beside        string // that file
}

// directives makes the go:generate lines for the directory of the specification:
// in doc.go where there is no Go yet, else in generate.go, of the same package.
func (at *place) directives() (*directives, error) {
	d := &directives{sqlc: at.command("sqlc", "github.com/sqlc-dev/sqlc/cmd/sqlc") + " generate",
		specgen: at.command("specgen", "github.com/specgen-dev/specgen/cmd/specgen") + " generate"}
	if at.sqlc != "sqlc.yaml" && at.sqlc != "sqlc.json" {
		d.sqlc += " -f " + at.sqlc
	}
	if at.spec != "specgen.yaml" {
		d.specgen += " -f " + at.spec
	}
	pkg, err := at.goPackage(d)
	if err != nil || d.beside != "" {
		return d, err
	}
	name, text := "generate.go", "package "+pkg+"\n"
	if pkg == "" {
		pkg = packageName(at.base)
		if at.base == at.root {
			pkg = packageName(modulePath(at.root))
		}
		name = "doc.go"
		text = fmt.Sprintf("// Package %[1]s is the root of what sqlc and specgen generate: go generate makes both.\npackage %[1]s\n", pkg)
	}
	text += fmt.Sprintf("\n//go:generate %s\n//go:generate %s\n", d.sqlc, d.specgen)
	d.file = &File{Name: name, Text: []byte(text)}
	return d, nil
}

// goPackage is the package of the directory, "" where there is none, and notes a
// file that runs sqlc.
func (at *place) goPackage(d *directives) (string, error) {
	names, err := filepath.Glob(filepath.Join(quoteGlob(at.base), "*.go"))
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", at.base, err)
	}
	pkg := ""
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("reading %s: %w", name, err)
		}
		if runsSqlc.Match(text) {
			d.beside = filepath.Base(name)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.PackageClauseOnly)
		if err == nil && pkg == "" && !strings.HasSuffix(name, "_test.go") {
			pkg = f.Name.Name
		}
	}
	if pkg != "" && d.beside == "" && isFile(filepath.Join(at.base, "generate.go")) {
		d.beside = "generate.go"
	}
	return pkg, nil
}

var runsSqlc = regexp.MustCompile(`(?m)^//go:generate .*\bsqlc\b`)

// command is how a tool is run: as one of the module's tools, or of those of a
// module in tools/, where it is; else from PATH.
func (at *place) command(name, module string) string {
	mod, err := os.ReadFile(filepath.Join(at.root, "go.mod"))
	if err == nil && strings.Contains(string(mod), module) {
		return "go tool " + name
	}
	mod, err = os.ReadFile(filepath.Join(at.root, "tools", "go.mod"))
	if err == nil && strings.Contains(string(mod), module) {
		rel, err := filepath.Rel(at.base, filepath.Join(at.root, "tools", "go.mod"))
		if err == nil {
			return "go tool -modfile=" + filepath.ToSlash(rel) + " " + name
		}
	}
	return name
}

func modulePath(root string) string {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return ""
	}
	mod, err := modfile.ParseLax("go.mod", text, nil)
	if err != nil || mod.Module == nil {
		return ""
	}
	return mod.Module.Mod.Path
}

// packageName makes a package's name of the last element of a path; of a major
// version, of the one before it.
func packageName(p string) string {
	p = filepath.ToSlash(p)
	base := path.Base(p)
	if majorVersion.MatchString(base) {
		base = path.Base(path.Dir(p))
	}
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(base))
	if name == "" || name[0] <= '9' || token.IsKeyword(name) {
		name = "app" + name
	}
	return name
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

func quoteGlob(dir string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
