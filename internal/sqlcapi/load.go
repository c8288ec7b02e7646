package sqlcapi

import (
	"path/filepath"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/disk"
)

// Config names one sqlc configuration file.
type Config struct {
	Path string   // slash-separated, relative to the base directory
	Pos  diag.Pos // where the specification names it
}

// Load reads every sqlc configuration that configs name, the SQL files that
// those name, and the Go packages that sqlc generated from them. The base is
// the directory of the specification on disk; positions are relative to it.
// What is looked at is noted in files, which may be nil.
//
// What is wrong goes to problems; the API holds whatever could be read in spite
// of it, and is never nil. A file that two configs name is read once.
func Load(files *disk.Reader, base string, configs []Config, problems *diag.List) *API {
	l := &loader{files: files, base: absolute(base), problems: problems}
	api := &API{}
	var seen []string
	var targets []*target
	for _, c := range configs {
		path := l.resolve(c.Path)
		if slices.Contains(seen, path) {
			continue
		}
		seen = append(seen, path)
		targets = append(targets, l.readConfig(path, c.Pos)...)
	}
	l.tellLeftOut(len(targets) > 0 || problems.HasErrors())
	api.LeftOut = l.leftOut
	for _, t := range mergeTargets(targets) {
		if p := l.loadPackage(t); p != nil {
			api.Packages = append(api.Packages, p)
		}
	}
	return api
}

// loader carries what every step of Load needs.
type loader struct {
	files    *disk.Reader
	base     string // absolute
	problems *diag.List
	leftOut  []*LeftOut
}

// resolve makes a slash path, relative to the base directory, a path on disk.
func (l *loader) resolve(path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(l.base, path)
}

// display makes a path on disk what positions hold: a slash path relative to
// the base directory, or the path itself where there is no way from there.
func (l *loader) display(path string) string {
	rel, err := filepath.Rel(l.base, path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil { // the working directory is gone: relative paths still work as they are
		return filepath.Clean(path)
	}
	return abs
}

// mergeTargets joins the entries that generate into one directory, as they do
// in projects that split their queries over several entries.
func mergeTargets(targets []*target) []*target {
	var merged []*target
	for _, t := range targets {
		i := slices.IndexFunc(merged, func(m *target) bool { return m.dir == t.dir })
		if i < 0 {
			merged = append(merged, t)
			continue
		}
		merged[i].schema = appendNew(merged[i].schema, t.schema)
		merged[i].queries = appendNew(merged[i].queries, t.queries)
		merged[i].queryPaths = appendNew(merged[i].queryPaths, t.queryPaths)
	}
	return merged
}

func appendNew(list, more []string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// loadPackage reads the Go package of one target and ties its methods to the
// queries in the SQL files. It returns nil when there is no package to speak of.
func (l *loader) loadPackage(t *target) *Package {
	queries := l.readQueryFiles(t.queries)
	importPath, ok := l.importPath(t.dir, t.outPos)
	if !ok {
		return nil
	}
	code := l.readGo(t, importPath)
	if code == nil {
		return nil
	}
	p := &Package{
		Name:            code.name,
		ImportPath:      importPath,
		Dir:             l.display(t.dir),
		Schema:          l.displayAll(t.schema),
		QueryFiles:      l.displayAll(t.queries),
		QueryPaths:      l.displayAll(t.queryPaths),
		PointersForNull: t.options.pointers,
		Overrides:       t.options.overrides,
		Pos:             t.pos,
		options:         t.options,
	}
	code.fill(p, t.modelsFile)
	l.checkDBArgument(t, p)
	l.tie(p, code, queries)
	return p
}

// checkDBArgument reports generated code that was made under another setting
// of emit_methods_with_db_argument.
func (l *loader) checkDBArgument(t *target, p *Package) {
	if t.dbArgument == p.DBArgument {
		return
	}
	said, is := "off", "on"
	if t.dbArgument {
		said, is = is, said
	}
	l.problems.ErrorFix(t.dbArgumentPos, codeStaleOption, regenerate,
		"emit_methods_with_db_argument is %s, but the code in %s was generated with it %s", said, p.Dir, is)
}

func (l *loader) displayAll(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = l.display(p)
	}
	return out
}
