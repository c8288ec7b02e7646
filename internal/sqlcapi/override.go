package sqlcapi

import (
	"maps"
	"path"
	"regexp"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
)

// typeOptions is what decides the Go type and the Go name of a database type.
type typeOptions struct {
	pointers     bool // emit_pointers_for_null_types
	enumPointers bool // the same for enums, which have an option of their own
	overrides    map[string]Override
	columns      []string // that an override names, as sqlc.yaml does
	rename       map[string]string
	initialisms  []string
}

// readTypeOptions reads the options of one package, and those of all packages
// that stand beside them: the latter win, as they do in sqlc.
func readTypeOptions(options, globalOverrides, globalRename node) typeOptions {
	const pointers, enumPointers = "emit_pointers_for_null_types", "emit_pointers_for_null_enum_types"
	t := typeOptions{
		pointers:    options.key(pointers).truth(pointers),
		overrides:   map[string]Override{},
		rename:      map[string]string{},
		initialisms: []string{"id"},
	}
	t.enumPointers = t.pointers
	if n := options.key(enumPointers); !n.missing() {
		t.enumPointers = n.truth(enumPointers)
	}
	if n := options.key("initialisms"); !n.missing() {
		t.initialisms = nil
		for _, e := range n.list("initialisms") {
			t.initialisms = append(t.initialisms, e.text("initialisms"))
		}
	}
	maps.Copy(t.rename, options.key("rename").pairs("rename"))
	maps.Copy(t.rename, globalRename.pairs("rename"))
	for _, list := range []node{globalOverrides, options.key("overrides")} {
		for _, e := range list.list("overrides") {
			t.addOverride(e)
		}
	}
	return t
}

// addOverride reads one entry of overrides. Overrides of a single column, of a
// struct tag, or of unsigned types (MySQL's) give no database type another Go type.
func (t *typeOptions) addOverride(e node) {
	if !e.mapping("an entry of overrides") || e.key("unsigned").truth("unsigned") {
		return
	}
	dbType := e.key("db_type").text("db_type")
	if dbType == "" {
		dbType = e.key("postgres_type").text("postgres_type") // the old name
	}
	if column := e.key("column").text("column"); column != "" {
		t.columns = append(t.columns, column)
	}
	goType := readGoType(e.key("go_type"))
	if dbType == "" || goType.IsZero() {
		return
	}
	o := t.overrides[dbType]
	nullable := e.key("nullable").truth("nullable") || e.key("null").truth("null") // the second is the old name
	switch {
	case nullable && o.NullType.IsZero():
		o.NullType = goType
	case !nullable && o.Type.IsZero():
		o.Type = goType
	}
	t.overrides[dbType] = o
}

// readGoType reads a go_type: a string such as "github.com/google/uuid.UUID",
// or a mapping with import, package, type, pointer and slice.
func readGoType(n node) goname.Type {
	if n.missing() {
		return goname.Type{}
	}
	if !n.isMapping() {
		return goTypeOfSpec(n.text("go_type"))
	}
	t := goname.Type{
		Pkg:  n.key("import").text("import"),
		Name: n.key("type").text("type"),
	}
	if t.Name == "" {
		return goname.Type{}
	}
	if t.Pkg != "" {
		t.PkgName = n.key("package").text("package")
		if t.PkgName == "" {
			t.PkgName = packageName(t.Pkg)
		}
	}
	if n.key("pointer").truth("pointer") {
		t = t.PointerTo()
	}
	if n.key("slice").truth("slice") {
		t = t.SliceOf()
	}
	return t
}

// goTypeOfSpec reads the short form of go_type.
func goTypeOfSpec(spec string) goname.Type {
	name, pointer := strings.CutPrefix(spec, "*")
	t := goname.Type{Name: name}
	if dot := strings.LastIndex(name, "."); dot > 0 {
		t = goname.Named(name[:dot], packageName(name[:dot]), name[dot+1:])
	}
	if t.Name == "" {
		return goname.Type{}
	}
	if pointer {
		t = t.PointerTo()
	}
	return t
}

var (
	majorVersion  = regexp.MustCompile(`^v[0-9]+$`)
	gopkgVersion  = regexp.MustCompile(`\.v[0-9]+$`)
	noIdentifiers = regexp.MustCompile(`[^\pL\pN_]`)
)

// packageName guesses a package's name from its import path: the last element,
// without a major version, and without the "go-" and "-go" that many
// repositories wear and no package can.
func packageName(importPath string) string {
	name := lastElement(importPath)
	name = strings.TrimSuffix(strings.TrimPrefix(name, "go-"), "-go")
	name = strings.TrimSuffix(name, ".go")
	return noIdentifiers.ReplaceAllString(name, "_")
}

// lastElement is the end of an import path without a major version.
func lastElement(importPath string) string {
	dir, name := path.Split(importPath)
	if majorVersion.MatchString(name) && dir != "" {
		name = path.Base(dir)
	}
	return gopkgVersion.ReplaceAllString(name, "")
}
