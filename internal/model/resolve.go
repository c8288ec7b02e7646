package model

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// Input to [Resolve]: everything that was read.
type Sources struct {
	Document   *spec.Document
	API        *sqlcapi.API
	Catalog    *schema.Catalog
	Funcs      map[string]*sqlcapi.Func // by name
	ImportPath string                   // of the package to generate
}

// Resolve checks a document against what it refers to. It returns what it
// could resolve; nothing may be made of it when problems has errors.
func Resolve(src Sources, problems *diag.List) *Project {
	r := &resolver{
		doc: src.Document, api: src.API, catalog: src.Catalog, sourceFuncs: src.Funcs, problems: problems,
		project: &Project{Package: src.Document.Output.Package.Value, ImportPath: src.ImportPath, Dir: path.Clean(src.Document.Output.Dir.Value)},
		blocks:  map[string]*spec.Block{}, scopes: map[string]*Scope{}, context: map[string]*Input{}, errors: map[string]*ErrorDef{},
		facts: map[*sqlcapi.Query]*schema.Query{}, stale: map[*sqlcapi.Query]bool{}, funcs: map[string]*Func{}, untyped: map[string]bool{},
	}
	r.project.Tables = tablesOf(r.catalog)
	r.resolveContext()
	r.resolveData()
	for _, b := range r.doc.Blocks {
		r.blocks[b.Name.Value] = b
	}
	for _, s := range r.doc.Scopes {
		r.scopes[s.Name.Value] = &Scope{Name: s.Name.Value, Type: s.Type.Value, Doc: s.Doc.Value, Pos: s.Pos, doc: s}
	}
	r.checkTypesUnique()
	for _, name := range slices.Sorted(maps.Keys(r.scopes)) {
		s := r.scopes[name]
		r.resolveCreate(s)
		r.project.Scopes = append(r.project.Scopes, s)
	}
	for _, s := range r.project.Scopes {
		r.resolvePurgeInputs(s)
	}
	for _, s := range r.project.Scopes {
		r.resolvePurge(s)
	}
	r.checkLocks()
	problems.Append(&r.warnings)
	r.checkUnused()
	r.finishData()
	r.project.Imports = r.imports()
	for _, name := range slices.Sorted(maps.Keys(r.errors)) {
		r.project.Errors = append(r.project.Errors, r.errors[name])
	}
	return r.project
}

// noteBroken marks a scope when something was reported since.
func (r *resolver) noteBroken(s *Scope, since int) {
	s.Broken = s.Broken || r.problems.Len() > since
}

// imports are the packages whose names generated code needs.
func (r *resolver) imports() map[string]string {
	names := map[string]string{}
	for _, p := range r.api.Packages {
		names[p.ImportPath] = p.Name
	}
	for _, f := range r.sourceFuncs {
		names[f.Pkg] = f.PkgName
	}
	return names
}

type resolver struct {
	doc         *spec.Document
	api         *sqlcapi.API
	catalog     *schema.Catalog
	sourceFuncs map[string]*sqlcapi.Func
	problems    *diag.List

	project *Project
	data    map[string]*DataSet
	blocks  map[string]*spec.Block
	scopes  map[string]*Scope
	context map[string]*Input
	errors  map[string]*ErrorDef
	facts   map[*sqlcapi.Query]*schema.Query
	stale   map[*sqlcapi.Query]bool // the Go code is older than the schema, which was told
	funcs   map[string]*Func
	// warnings do not make a scope broken; they join the problems at the end.
	warnings diag.List
	untyped  map[string]bool // types of the database without a Go type, which were told
}

func (r *resolver) fail(pos diag.Pos, code, fix, format string, args ...any) {
	r.problems.ErrorFix(pos, code, fix, format, args...)
}

// failMissing reports that a name is not there, or not what it must be.
func (r *resolver) failMissing(pos diag.Pos, code, name, fix, format string, args ...any) {
	r.problems.Add(diag.Problem{Pos: pos, Code: code, Message: fmt.Sprintf(format, args...), Fix: fix, Missing: name})
}

// failNear reports an unknown name with the nearest known one.
func (r *resolver) failNear(pos diag.Pos, code, name string, known []string, format string, args ...any) {
	r.failMissing(pos, code, name, diag.DidYouMean(name, known), format, args...)
}

func (r *resolver) resolveContext() {
	fields := goNames{}
	for _, d := range r.doc.Context {
		in := r.declared(d)
		if r.context[in.Name] == nil {
			fields.clash(r, "context values", in.Name, goname.Exported(in.Name), in.Pos)
			r.context[in.Name] = in
			r.project.Context = append(r.project.Context, in)
		}
	}
	slices.SortFunc(r.project.Context, func(a, b *Input) int { return strings.Compare(a.Name, b.Name) })
}

// declared resolves a declaration that must have a type.
func (r *resolver) declared(d *spec.Declaration) *Input {
	in := &Input{Name: d.Name.Value, Doc: d.Doc.Value, Pos: d.Name.Pos}
	in.Shape = r.typeNamed(d.Type)
	r.setDefault(in, d)
	return in
}

func (r *resolver) setDefault(in *Input, d *spec.Declaration) {
	if d.Default == nil || in.Shape.Go.IsZero() {
		return
	}
	l, wrong := literal(d.Default, in.Shape)
	if wrong != "" {
		r.fail(wrongAt(d.Default, in.Shape), "SG302", "", "the default %s %s", d.Default, wrong)
		return
	}
	in.Default = l
}

// sqlTypes are the names of types that `inputs` and `context` may use besides
// enums; each is a PostgreSQL type.
var sqlTypes = []string{"uuid", "text", "bool", "smallint", "int", "bigint", "real", "double precision", "numeric", "timestamptz", "timestamp", "date", "jsonb", "bytea"}

// typeNamed resolves a type written in the document: a PostgreSQL type or
// enum, with [] in front for a list and ? behind for one that may be NULL.
func (r *resolver) typeNamed(t spec.Text) Shape {
	if t.Value == "" {
		r.fail(t.Pos, "SG213", "write it, such as uuid, text, bool, int, bigint, timestamptz, jsonb or []uuid", "the type is missing")
		return Shape{}
	}
	name, isList := strings.CutPrefix(t.Value, "[]")
	name, nullable := strings.CutSuffix(name, "?")
	for _, p := range r.api.Packages {
		if g := p.TypeOf(name, nullable); !g.IsZero() {
			s := r.withSQL(shapeOf(g, p), name, nullable)
			if isList {
				return listOf(s)
			}
			return s
		}
	}
	known := slices.Clone(sqlTypes)
	for _, e := range r.catalog.Enums {
		known = append(known, e.Name)
	}
	fix := diag.DidYouMean(name, known)
	if fix == "" {
		fix = "use a PostgreSQL type such as " + strings.Join(sqlTypes, ", ")
	}
	r.fail(t.Pos, "SG213", fix, "unknown type %q", t.Value)
	return Shape{}
}

// checkTypesUnique makes sure that two scopes do not share a stored type: the
// purge of one would take the other's rights.
func (r *resolver) checkTypesUnique() {
	byType, byGo, declared := map[string]*Scope{}, map[string]*Scope{}, goNames{}
	for _, name := range slices.Sorted(maps.Keys(r.scopes)) {
		s := r.scopes[name]
		if other := byGo[goname.Exported(name)]; other != nil {
			s.Broken, other.Broken = true, true
			r.problems.Add(diag.Problem{Pos: s.Pos, Code: "SG210", Message: fmt.Sprintf("scopes %s and %s are both %s in Go", other.Name, s.Name, goname.Exported(name)),
				Fix: "rename one of them; `type` keeps what is stored", Related: []diag.Related{{Pos: other.Pos, Message: "the other one"}}})
			continue
		}
		byGo[goname.Exported(name)] = s
		for _, x := range declarations(name) {
			if declared.clash(r, "declarations of scopes", name, x, s.Pos) {
				break
			}
		}
		if other := byType[s.Type]; other != nil {
			s.Broken, other.Broken = true, true
			r.problems.Add(diag.Problem{Pos: s.Pos, Code: "SG210", Message: fmt.Sprintf("scopes %s and %s have the same type %q", other.Name, s.Name, s.Type),
				Fix: "give each scope a `type` of its own", Related: []diag.Related{{Pos: other.Pos, Message: "the other one"}}})
			continue
		}
		byType[s.Type] = s
	}
}

// errorDef declares an exported error, or returns the one declared before.
func (r *resolver) errorDef(name spec.Text, is, doc string) *ErrorDef {
	if name.Value == "" {
		return nil
	}
	if e := r.errors[name.Value]; e != nil {
		if e.Is != is {
			r.problems.Add(diag.Problem{Pos: name.Pos, Code: "SG223", Message: fmt.Sprintf("%s would be both scope.%s and scope.%s", name.Value, e.Is, is),
				Fix: "use two errors: a caller cannot tell the cases apart", Related: []diag.Related{{Pos: e.Pos, Message: "the other use"}}})
		} else if !slices.Contains(strings.Split(e.Doc, "; "), doc) {
			e.Doc += "; " + doc
		}
		return e
	}
	e := &ErrorDef{Name: name.Value, Is: is, Doc: doc, Pos: name.Pos}
	r.errors[e.Name] = e
	return e
}

// query finds a generated query for a role by name, with the facts of its SQL.
func (r *resolver) query(name spec.Text, role Role) (*sqlcapi.Query, *schema.Query) {
	matches := r.api.Lookup(name.Value)
	switch len(matches) {
	case 0:
		r.noQuery(name)
		return nil, nil
	case 1:
	default:
		var names []string
		for _, q := range matches {
			names = append(names, q.Package.Name+"."+q.Name)
		}
		r.fail(name.Pos, "SG202", "name the package: "+strings.Join(names, " or "), "query %q is in several packages", name.Value)
		return nil, nil
	}
	q := matches[0]
	if !r.callable(name, q, role) {
		return nil, nil
	}
	f := r.queryFacts(q)
	if r.stale[q] {
		return nil, nil // what follows from it was not asked for
	}
	return q, f
}

// noQuery reports the name of a query that is not there, or of its package.
func (r *resolver) noQuery(name spec.Text) {
	if e := r.api.FindLeftOut(name.Value); e != nil {
		r.problems.Add(diag.Problem{
			Pos: name.Pos, Code: "SG201", Missing: name.Value, Message: fmt.Sprintf("the query %q is of an entry of sqlc.yaml that is left out", name.Value),
			Fix: "call a query of another entry, or correct this one", Related: []diag.Related{{Pos: e.Pos, Message: "the entry is left out: " + e.Reason}},
		})
		return
	}
	if lost := r.api.FindLost(name.Value); lost != nil {
		r.problems.Add(lost.Problem)
		return
	}
	pkg, query, qualified := strings.Cut(name.Value, ".")
	if !qualified {
		r.failNear(name.Pos, "SG201", name.Value, r.api.QueryNames(), "no query is named %q", name.Value)
		return
	}
	var packages, queries []string
	for _, p := range r.api.Packages {
		packages = append(packages, p.Name)
		if p.Name == pkg {
			for _, q := range p.Queries {
				queries = append(queries, q.Name)
			}
		}
	}
	if !slices.Contains(packages, pkg) {
		r.failNear(name.Pos, "SG201", pkg, packages, "no package of queries is named %q", pkg)
		return
	}
	r.failNear(name.Pos, "SG201", query, queries, "package %s has no query %q", pkg, query)
}

// queryFacts parses a query's SQL once.
func (r *resolver) queryFacts(q *sqlcapi.Query) *schema.Query {
	if f, ok := r.facts[q]; ok {
		return f
	}
	f, err := r.catalog.ParseQuery(statement(q))
	if err != nil {
		r.fail(q.Pos, "SG101", "check the query in psql; sqlc accepts some statements that PostgreSQL's grammar does not", "the SQL of %s does not parse", q.Name)
		f = &schema.Query{Kind: schema.Other}
	}
	r.facts[q] = f
	if r.checkNames(q, f) && r.checkStars(q, f) && r.checkTypes(q, f) {
		r.checkQuery(q, f)
	} else {
		r.stale[q] = true
	}
	return f
}
