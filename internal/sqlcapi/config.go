package sqlcapi

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"gopkg.in/yaml.v3"
)

// target is one Go package that a sqlc.yaml asks for.
type target struct {
	dir        string // absolute directory of the generated files
	name       string // the package's name
	schema     []string
	queries    []string // absolute paths
	queryPaths []string // as the entry names them, but absolute
	modelsFile string
	dbArgument bool
	options    typeOptions

	pos           diag.Pos // of the entry
	outPos        diag.Pos // of the output directory
	dbArgumentPos diag.Pos // of emit_methods_with_db_argument, else of the entry
}

// readConfig reads the sqlc.yaml at a path on disk. What it returns is valid:
// an entry with a problem is reported and left out.
func (l *loader) readConfig(path string, named diag.Pos) []*target {
	data, err := l.files.ReadFile(path)
	if err != nil {
		l.unreadableConfig(path, named, err)
		return nil
	}
	f := &configFile{files: l.files, dir: filepath.Dir(path), name: l.display(path), problems: l.problems}
	root, ok := f.parse(data)
	if !ok {
		return nil
	}
	var targets []*target
	version := root.key("version")
	switch text := version.text("version"); {
	case text == "1":
		targets = f.readV1(root)
	case text == "2":
		targets = f.readV2(root)
	case version.isEmpty():
		l.problems.ErrorFix(root.pos(), codeVersion, `write version: "2" at the top`, "the configuration has no version")
	case text != "":
		l.problems.ErrorFix(version.pos(), codeVersion, `write "1" or "2"`, "version %q of sqlc's configuration is not known", text)
	}
	l.leftOut = append(l.leftOut, f.leftOut...)
	return targets
}

// unreadableConfig reports a configuration that is not there, and which one
// stands in the same directory instead.
func (l *loader) unreadableConfig(path string, named diag.Pos, err error) {
	reason, fix := "cannot be read", "check the file's permissions"
	if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
		reason, fix = "is a directory", "name the file in it"
	} else if errors.Is(err, fs.ErrNotExist) {
		reason, fix = "does not exist", "name the sqlc.yaml that sqlc generate uses, relative to this file"
		for _, name := range []string{"sqlc.yaml", "sqlc.yml", "sqlc.json"} {
			other := filepath.Join(filepath.Dir(path), name)
			if _, err := os.Stat(other); err == nil {
				fix = "did you mean " + l.display(other) + "?"
				break
			}
		}
	}
	l.problems.ErrorFix(named, codeConfigRead, fix, "the sqlc configuration %s %s", l.display(path), reason)
}

// parse reads the first document of the file, as sqlc does.
func (f *configFile) parse(data []byte) (node, bool) {
	var doc yaml.Node
	err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&doc)
	if err != nil && !errors.Is(err, io.EOF) {
		f.problems.ErrorFix(diag.Pos{File: f.name, Line: syntaxLine(err)}, codeConfigSyntax,
			"correct the syntax on this line or just above it", "the file is not valid YAML")
		return node{file: f}, false
	}
	root := node{file: f}
	if len(doc.Content) > 0 {
		root = f.node(doc.Content[0])
	}
	if root.missing() {
		f.problems.ErrorFix(root.pos(), codeNoPackage, "run sqlc init, and fill the file in", "the sqlc configuration is empty")
		return node{file: f}, false
	}
	return root, root.mapping("the configuration")
}

// readV1 reads the version 1 format: packages, each with its options.
func (f *configFile) readV1(root node) []*target {
	var targets []*target
	before := f.problems.Len()
	entries := root.key("packages").list("packages")
	for _, e := range entries {
		if !e.mapping("an entry of packages") {
			continue
		}
		if t := f.readEntry(e, e, "path", "name"); t != nil {
			t.options = readTypeOptions(e, root.key("overrides"), root.key("rename"))
			targets = append(targets, t)
		}
	}
	if len(entries) == 0 && f.problems.Len() == before {
		f.noPackage(root, "packages")
	}
	return targets
}

// readV2 reads the version 2 format: sql, each entry with a gen.go. Entries
// that generate no Go are left out.
func (f *configFile) readV2(root node) []*target {
	var targets []*target
	before := f.problems.Len()
	generatesGo := false
	var others []node
	global := root.key("overrides").key("go")
	for _, e := range root.key("sql").list("sql") {
		if !e.mapping("an entry of sql") {
			continue
		}
		options := e.key("gen").key("go")
		if options.missing() && (e.key("gen").missing() || e.key("gen").mapping("gen")) {
			others = append(others, e)
			continue
		}
		if !options.mapping("gen.go") {
			continue
		}
		generatesGo = true
		if t := f.readEntry(e, options, "out", "package"); t != nil {
			t.options = readTypeOptions(options, global.key("overrides"), global.key("rename"))
			targets = append(targets, t)
		}
	}
	if !generatesGo && f.problems.Len() == before {
		f.noPackage(root, "sql")
		return nil
	}
	for _, e := range others {
		f.leaveOut(e, "", "", noGo(e))
	}
	return targets
}

func (f *configFile) noPackage(root node, key string) {
	at := root
	if n := root.key(key); !n.missing() {
		at = n
	}
	f.problems.ErrorFix(at.pos(), codeNoPackage, "add an entry with gen.go, sql_package: pgx/v5",
		"the sqlc configuration generates no Go package")
}

// readEntry reads what both formats have. The keys of the output directory and
// of the package's name differ between them; e and options are the same node in
// version 1. It returns nil where a problem was reported, and where the entry is
// left out.
func (f *configFile) readEntry(e, options node, outKey, nameKey string) *target {
	before := f.problems.Len()
	out := options.key(outKey)
	if why, ok := unsupported(e, options, outKey); !ok {
		dir := ""
		if !out.isEmpty() {
			dir = filepath.Join(f.dir, filepath.FromSlash(out.text(outKey)))
		}
		f.leaveOut(e, goPackage(options, nameKey, outKey), dir, why)
		return nil
	}
	dbArgument := options.key("emit_methods_with_db_argument")
	t := &target{
		dir:        filepath.Join(f.dir, filepath.FromSlash(out.text(outKey))),
		name:       goPackage(options, nameKey, outKey),
		schema:     f.sqlFiles(e, "schema"),
		queries:    f.sqlFiles(e, "queries"),
		modelsFile: goFileName(options.key("output_models_file_name").text("output_models_file_name"), "models.go"),
		dbArgument: dbArgument.truth("emit_methods_with_db_argument"),
		pos:        e.pos(),
		outPos:     out.pos(),
	}
	for _, q := range e.key("queries").texts("queries") {
		t.queryPaths = append(t.queryPaths, filepath.Join(f.dir, filepath.FromSlash(q.text("queries"))))
	}
	if t.dbArgumentPos = t.pos; !dbArgument.missing() {
		t.dbArgumentPos = dbArgument.pos()
	}
	if f.problems.Len() > before {
		return nil
	}
	return t
}

// goPackage is the name of the Go package of an entry: by default, that of its
// directory.
func goPackage(options node, nameKey, outKey string) string {
	if text := options.key(nameKey).text(nameKey); text != "" {
		return text
	}
	if options.key(outKey).isEmpty() {
		return ""
	}
	return filepath.Base(filepath.FromSlash(options.key(outKey).text(outKey)))
}

// goFileName is the name of a generated file, as sqlc makes it from an option.
func goFileName(option, byDefault string) string {
	switch {
	case option == "":
		return byDefault
	case strings.HasSuffix(option, ".go"):
		return option
	default:
		return option + ".go"
	}
}
