package scaffold

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// missing are the queries that a specification needs and the project lacks. They
// are written beside its own, and are known to drafts before sqlc has read them.
type missing struct {
	project   *project
	made      map[string]*query // by what they are for
	byPackage map[*sqlcapi.Package]*queryFile
	names     goname.Namer // of all packages: a name says which query is meant
}

// queryFile is the file of one package's new queries.
type queryFile struct {
	name    string
	text    strings.Builder
	queries []*query
}

func newMissing(p *project) *missing {
	m := &missing{project: p, made: map[string]*query{}, byPackage: map[*sqlcapi.Package]*queryFile{}}
	for _, pkg := range p.api.Packages {
		for _, q := range pkg.Queries {
			m.names.Reserve(q.Name)
		}
	}
	return m
}

// remove is the project's DELETE once more, as a query that says whether there was
// a row.
func (m *missing) remove(s *scope, own *query) *query {
	return m.make(s.create.Package, made{
		key: "remove " + s.table.QualifiedName(), name: "Purge" + goname.Exported(s.name) + "Row", cmd: "execrows",
		doc:    fmt.Sprintf("deletes the row, at the end of a purge. %s does the same, and is :%s, which does not say whether there was a row.", own.Name, own.Cmd),
		sql:    strings.TrimRight(strings.TrimSpace(header.ReplaceAllString(own.SQL, "")), "; \n"),
		params: own.Params,
	})
}

// header is the line that names a query, and the comment below it.
var header = regexp.MustCompile(`(?m)\A(--[^\n]*\n)+`)

// purgeLock locks the row that the purge deletes, by the key and what is compared
// beside it.
func (m *missing) purgeLock(s *scope) *query {
	params := []sqlcapi.Param{m.keyParam(s, s.key.Name)}
	var conditions strings.Builder
	for _, column := range s.beside {
		i := slices.IndexFunc(s.remove.facts.Equal, func(c schema.ColumnValue) bool { return c.Column == column })
		param := s.remove.Params[s.remove.facts.Equal[i].Param-1]
		params = append(params, sqlcapi.Param{Name: goname.Unexported(column), Type: param.Type})
		fmt.Fprintf(&conditions, " AND %s = $%d", sqlName(column), len(params))
	}
	return m.make(s.create.Package, made{
		key: "purge " + s.table.QualifiedName(), name: "Lock" + goname.Exported(s.name) + "ForPurge", cmd: "one",
		doc:    "waits for whoever creates something inside the " + s.name + ", and keeps others from beginning to.",
		sql:    fmt.Sprintf("SELECT %[1]s FROM %[2]s WHERE %[1]s = $1%[3]s FOR UPDATE", sqlName(s.key.Name), sqlTable(s.table), conditions.String()),
		params: params, row: m.keyType(s),
	})
}

func (m *missing) parentLock(s *scope) *query {
	alive, doc := living(s.table), "keeps the "+s.name+" from being purged while something is created inside it."
	if alive != "" {
		doc += " One that is marked as deleted is not found."
	}
	return m.make(s.create.Package, made{
		key: "parent " + s.table.QualifiedName(), name: "Lock" + goname.Exported(s.name), cmd: "one", doc: doc,
		sql:    fmt.Sprintf("SELECT %[1]s FROM %[2]s WHERE %[1]s = $1%[3]s FOR KEY SHARE", sqlName(s.key.Name), sqlTable(s.table), alive),
		params: m.keyParams(s, s.key.Name), row: m.keyType(s),
	})
}

// living is the condition on rows that are not marked as deleted, "" for a table
// without a mark.
func living(t *schema.Table) string {
	for _, name := range []string{"deleted_at", "deletedAt", "deleted", "is_deleted"} {
		switch c := t.Column(name); {
		case c == nil:
		case c.Type == "bool" && c.NotNull:
			return " AND NOT " + sqlName(name)
		case c.Type != "bool" && !c.NotNull:
			return " AND " + sqlName(name) + " IS NULL"
		}
	}
	return ""
}

func (m *missing) childList(s, below *scope, r reference) *query {
	name := fmt.Sprintf("List%sIDsOf%s", goname.Exported(below.name), goname.Exported(s.name))
	if by, _ := cutSuffix(r.column.Name, "_id"); by != s.name {
		name = fmt.Sprintf("List%sIDsBy%s", goname.Exported(below.name), goname.Exported(r.column.Name))
	}
	return m.make(below.create.Package, made{
		key: "children " + below.table.QualifiedName() + " " + r.column.Name, name: name, cmd: "many",
		doc: fmt.Sprintf("lists what a purge of the %s finds below it, and locks it.", s.name),
		sql: fmt.Sprintf("SELECT %[1]s FROM %[2]s WHERE %[3]s = $1 ORDER BY %[1]s FOR UPDATE", sqlName(below.key.Name), sqlTable(below.table), sqlName(r.column.Name)),
		// What sqlc makes of a column that may be NULL takes a key, too.
		params: m.keyParams(s, r.column.Name), row: m.keyType(below),
	})
}

// made is a query to make.
type made struct {
	key, name, cmd string
	doc, sql       string
	params         []sqlcapi.Param
	row            goname.Type
}

// make adds a query, or returns the one that was made for the same.
func (m *missing) make(pkg *sqlcapi.Package, x made) *query {
	if q := m.made[x.key]; q != nil {
		return q
	}
	f := m.byPackage[pkg]
	if f == nil {
		f = &queryFile{name: path.Join(queryDir(pkg), "specgen_scopes.sql")}
		f.text.WriteString("-- Queries that specgen.yaml needs, made by specgen init. They are yours to change.\n")
		m.byPackage[pkg] = f
	}
	name := m.names.Unique(x.name)
	line := strings.Count(f.text.String(), "\n") + 2
	fmt.Fprintf(&f.text, "\n-- name: %s :%s\n-- %s %s\n%s;\n", name, x.cmd, name, x.doc, x.sql)
	api := &sqlcapi.Query{Package: pkg, Name: name, Cmd: x.cmd, SQL: fmt.Sprintf("-- name: %s :%s\n%s", name, x.cmd, x.sql),
		Params: x.params, Pos: diag.Pos{File: f.name, Line: line, Col: 1}}
	for i := range x.params {
		api.ParamOrder = append(api.ParamOrder, i)
	}
	if len(x.params) > 1 { // as sqlc does it by default
		api.ParamStruct = goname.Named(pkg.ImportPath, pkg.Name, name+"Params")
	}
	if !x.row.IsZero() {
		api.Row, api.Columns = x.row, []sqlcapi.Column{{Type: x.row}}
	}
	facts, err := m.project.catalog.ParseQuery(api.SQL)
	if err != nil {
		facts = &schema.Query{Kind: schema.Other} // the draft is refused then
	}
	q := &query{api, facts}
	f.queries = append(f.queries, q)
	m.made[x.key] = q
	return q
}

// keyType is the Go type of a scope's id, as the INSERT gives it back.
func (m *missing) keyType(s *scope) goname.Type {
	return s.create.Columns[s.create.returned(s.table, s.key.Name)].Type
}

func (m *missing) keyParams(s *scope, column string) []sqlcapi.Param {
	return []sqlcapi.Param{m.keyParam(s, column)}
}

func (m *missing) keyParam(s *scope, column string) sqlcapi.Param {
	return sqlcapi.Param{Name: goname.Unexported(column), Type: m.keyType(s)}
}

// queryDir is where a package has its queries: the first directory that sqlc
// reads as a whole, else that of its first file.
func queryDir(pkg *sqlcapi.Package) string {
	for _, q := range pkg.QueryPaths {
		if !slices.Contains(pkg.QueryFiles, q) && !strings.ContainsAny(q, "*?[") {
			return q
		}
	}
	return path.Dir(pkg.QueryFiles[0])
}

// unread are the new files that sqlc would not read: sqlc.yaml names files
// beside which they lie, not their directory.
func (m *missing) unread() []string {
	var out []string
	for pkg, f := range m.byPackage {
		read := slices.ContainsFunc(pkg.QueryPaths, func(q string) bool {
			ok, err := path.Match(q, f.name)
			return err == nil && ok || q == path.Dir(f.name)
		})
		if !read {
			out = append(out, f.name)
		}
	}
	slices.Sort(out)
	return out
}

func (m *missing) files() []File {
	var out []File
	for _, f := range m.byPackage {
		out = append(out, File{Name: f.name, Text: []byte(f.text.String())})
	}
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// inputs are what a draft is made with: the project's queries and the new ones.
func (m *missing) inputs() *driver.Inputs {
	api := &sqlcapi.API{}
	for _, p := range m.project.api.Packages {
		copied := *p
		copied.Queries = slices.Clone(p.Queries)
		if f := m.byPackage[p]; f != nil {
			for _, q := range f.queries {
				copied.Queries = append(copied.Queries, q.Query)
			}
		}
		slices.SortFunc(copied.Queries, func(a, b *sqlcapi.Query) int { return strings.Compare(a.Name, b.Name) })
		api.Packages = append(api.Packages, &copied)
	}
	return &driver.Inputs{API: api, Catalog: m.project.catalog}
}
