package scaffold

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// place is where things are and go. All paths but base and root are relative to
// base, with slashes.
type place struct {
	base string // directory of the specification, absolute
	root string // directory of the module's go.mod, absolute
	sqlc string // the sqlc configuration
	spec string // the specification's name

	output  string // directory of the generated package
	pkgName string
}

// locate finds the sqlc configuration, and where the specification goes: beside
// it, unless sqlc generates into a directory above; the generated package lies
// below the specification, so that is in the module's root then.
func locate(o Options) (*place, error) {
	start, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("finding the working directory: %w", err)
	}
	config, err := findSqlc(start, o.Sqlc)
	if err != nil {
		return nil, err
	}
	at := &place{base: filepath.Dir(config), spec: "specgen.yaml"}
	if at.root = moduleRoot(at.base); at.root == "" {
		return nil, fmt.Errorf("there is no go.mod at or above %s: run go mod init in the root of the project", at.base)
	}
	text, err := os.ReadFile(config)
	if err != nil {
		return nil, fmt.Errorf("reading the sqlc configuration: %w", err)
	}
	if generatesAbove.Match(text) {
		at.base = at.root
	}
	if o.Spec != "" {
		file := filepath.Join(start, o.Spec)
		at.base, at.spec = filepath.Dir(file), filepath.Base(file)
	}
	rel, err := filepath.Rel(at.base, config)
	if err != nil {
		return nil, fmt.Errorf("finding the way to %s: %w", config, err)
	}
	at.sqlc = filepath.ToSlash(rel)
	if _, err := os.Lstat(filepath.Join(at.base, at.spec)); err == nil {
		return nil, fmt.Errorf("%s is there already, and init overwrites nothing: run specgen check, or name another file with -f", filepath.Join(at.base, at.spec))
	}
	return at, nil
}

func findSqlc(start, named string) (string, error) {
	if named != "" {
		if !filepath.IsAbs(named) {
			named = filepath.Join(start, named)
		}
		if info, err := os.Stat(named); err != nil || info.IsDir() {
			return "", fmt.Errorf("%s is not a sqlc configuration: name the file", named)
		}
		return named, nil
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		for _, name := range []string{"sqlc.yaml", "sqlc.yml", "sqlc.json"} {
			if file := filepath.Join(dir, name); isFile(file) {
				return file, nil
			}
		}
		if isFile(filepath.Join(dir, "go.mod")) || filepath.Dir(dir) == dir {
			return "", fmt.Errorf("no sqlc.yaml in %s or above it in the module: name it (specgen init path/to/sqlc.yaml), or make an example in an empty directory (specgen init --example)", start)
		}
	}
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func moduleRoot(dir string) string {
	for ; ; dir = filepath.Dir(dir) {
		if isFile(filepath.Join(dir, "go.mod")) {
			return dir
		}
		if filepath.Dir(dir) == dir {
			return ""
		}
	}
}

// generatesAbove matches a configuration with an output directory outside of its
// own: "out" in version 2, "path" in version 1. To read too much out of it costs
// no more than a specification in the module's root.
var generatesAbove = regexp.MustCompile(`\b(?:out|path)["']?\s*:\s*["']?\.\.`)

// chooseOutput picks the directory of the generated package: beside sqlc's, one
// that is not there yet.
func (at *place) chooseOutput(api *sqlcapi.API) {
	beside := path.Dir(path.Clean(api.Packages[0].Dir))
	for _, p := range api.Packages[1:] {
		for beside != "." && !strings.HasPrefix(p.Dir, beside+"/") {
			beside = path.Dir(beside)
		}
	}
	if beside == ".." || strings.HasPrefix(beside, "../") || path.IsAbs(beside) {
		beside = "."
	}
	for _, name := range []string{"scopes", "specscopes", "generatedscopes"} {
		at.output, at.pkgName = path.Join(beside, name), name
		if _, err := os.Stat(filepath.Join(at.base, filepath.FromSlash(at.output))); os.IsNotExist(err) {
			return
		}
	}
}
