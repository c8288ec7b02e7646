package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/schema"
)

// scope is a scope that was recognised, and what its specification says.
type scope struct {
	name  string
	table *schema.Table
	key   *schema.Column

	create *query
	inputs []input           // parameters of create that need a declaration
	caller []string          // the other fields of the caller
	fixed  map[string]string // values of parameters of create
	remove *query
	beside []string // the columns that the row's DELETE, and so the lock, compares beside the key
	lock   *query

	parents  []*parent
	children []*child
	steps    []*deletion
	errors   []constraintError
	rest     []string // what a purge leaves, in words
	writers  []string // queries that may be steps of create
}

// input is a field of the caller that no rule makes one. It has a type where it is
// not named as its parameter is.
type input struct{ name, typ, doc string }

// parent is a scope that the row refers to.
type parent struct {
	scope *scope
	as    string
	lock  *query
	input string
}

// child is a scope whose rows refer to this one.
type child struct {
	scope *scope
	list  *query
	err   string
}

// deletion is a step of a purge.
type deletion struct {
	query *query
	table *schema.Table
	as    string
	with  string
}

type constraintError struct{ constraint, name string }

// unrecognised is a table that is no scope.
type unrecognised struct {
	table   *schema.Table
	reasons []string
}

// recognise finds the tables that hold scopes: those with an INSERT that gives
// the row back, a DELETE by the key, and rows elsewhere that refer to them.
func (p *project) recognise(m *missing) ([]*scope, []unrecognised) {
	var scopes []*scope
	var rest []unrecognised
	names := map[string]*schema.Table{}
	for _, t := range p.catalog.Tables {
		s, reasons := p.candidate(t, names, m)
		if len(reasons) > 0 {
			rest = append(rest, unrecognised{t, reasons})
			continue
		}
		names[s.name] = t
		scopes = append(scopes, s)
	}
	return scopes, rest
}

// candidate recognises one table, or says everything that keeps it from being a
// scope; taken are the names of other scopes.
func (p *project) candidate(t *schema.Table, taken map[string]*schema.Table, m *missing) (*scope, []string) {
	if t.PrimaryKey == nil {
		return nil, []string{"it has no primary key"}
	}
	if len(t.PrimaryKey.Columns) != 1 {
		return nil, []string{fmt.Sprintf("its primary key has %d columns, and a scope is addressed by one", len(t.PrimaryKey.Columns))}
	}
	s := &scope{table: t, key: t.Column(t.PrimaryKey.Columns[0]), fixed: map[string]string{}}
	if s.key == nil {
		return nil, []string{"the column of its primary key is not in the schema"}
	}
	var reasons []string
	s.create = p.insertOf(t, s.key.Name)
	if s.create == nil {
		reasons = append(reasons, p.whyNoInsert(t, s.key.Name))
	}
	deletes := p.writing(t, schema.Delete)
	byKey := func(q *query) bool {
		return slices.ContainsFunc(q.facts.Equal, func(c schema.ColumnValue) bool { return c.Column == s.key.Name && c.Param > 0 })
	}
	switch {
	case len(deletes) == 0:
		reasons = append(reasons, p.whyNoDelete(t))
	case !slices.ContainsFunc(deletes, byKey):
		reasons = append(reasons, fmt.Sprintf("%s does not delete by %s", deletes[0].Name, s.key.Name))
	}
	if s.create != nil {
		s.name = scopeName(t, s.create)
	}
	if !p.referred(s) {
		reasons = append(reasons, "no other table refers to it")
	}
	if len(reasons) > 0 {
		return nil, reasons
	}
	if b := p.banned[t]; b != nil {
		return nil, []string{b.reason}
	}
	if other := taken[s.name]; other != nil {
		return nil, []string{fmt.Sprintf("%s is a scope of the same name", other.QualifiedName())}
	}
	if reason := p.removal(s, deletes, m); reason != "" {
		return nil, []string{reason}
	}
	p.bindRow(s)
	return s, nil
}

// removal chooses what deletes the row: the project's own DELETE, with all of its
// conditions, or one of ours that takes the same rows and counts them. A purge
// takes no row that the project protects, nor another tenant's.
func (p *project) removal(s *scope, deletes []*query, m *missing) (reason string) {
	own := find(deletes, func(q *query) bool {
		return len(q.facts.Equal) == len(q.facts.Params) && slices.ContainsFunc(q.facts.Equal, func(c schema.ColumnValue) bool { return c.Column == s.key.Name }) &&
			!slices.ContainsFunc(q.facts.Equal, func(c schema.ColumnValue) bool { return c.Table != s.table.QualifiedName() || c.Param == 0 })
	}, func(q *query) bool { return q.Cmd == "one" }, (*query).counted)
	if own == nil {
		return fmt.Sprintf("%s takes more than the columns of a key: its purge is for you to write", deletes[0].Name)
	}
	for _, c := range own.facts.Equal {
		if c.Column != s.key.Name {
			s.beside = append(s.beside, c.Column)
		}
	}
	if s.remove = own; own.Cmd != "one" && !own.counted() {
		s.remove = m.remove(s, own)
	}
	return ""
}

func (p *project) writing(t *schema.Table, kind schema.Kind) []*query {
	var out []*query
	for _, q := range p.queries {
		if q.facts.Kind == kind && q.facts.Target == t.QualifiedName() && len(q.facts.Writes) == 1 {
			out = append(out, q)
		}
	}
	return out
}

func (p *project) insertOf(t *schema.Table, key string) *query {
	exact := func(q *query) bool {
		rest := strings.Join(goname.Words(q.Name)[1:], "")
		return sameName(rest, goname.Singular(t.Name)) || sameName(rest, t.Name)
	}
	named := func(q *query) bool {
		return slices.Contains([]string{"create", "insert", "add", "new", "register"}, first(goname.Words(q.Name)))
	}
	return find(p.writing(t, schema.Insert), func(q *query) bool {
		return q.Cmd == "one" && q.facts.OnConflict == "" && q.returned(t, key) >= 0
	}, func(q *query) bool { return len(q.facts.Returns) == len(t.Columns) }, named, exact)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func (p *project) whyNoInsert(t *schema.Table, key string) string {
	inserts := p.writing(t, schema.Insert)
	for _, q := range inserts {
		switch {
		case q.facts.OnConflict != "":
			return fmt.Sprintf("%s has ON CONFLICT, and may find a row of somebody else", q.Name)
		case q.Cmd == "one":
			return fmt.Sprintf("%s does not return %s", q.Name, key)
		}
	}
	if len(inserts) > 0 {
		return fmt.Sprintf("%s is :%s, and no INSERT returns its row (:one, RETURNING *)", inserts[0].Name, inserts[0].Cmd)
	}
	return fmt.Sprintf("no query inserts into %s", t.Name)
}

func (p *project) whyNoDelete(t *schema.Table) string {
	for _, q := range p.writing(t, schema.Update) {
		for _, set := range q.facts.Sets {
			if strings.HasPrefix(set.Column, "deleted") || strings.HasPrefix(set.Column, "archived") {
				return fmt.Sprintf("no query deletes from %s; %s sets %s: a purge that marks its row is for you to write", t.Name, q.Name, set.Column)
			}
		}
	}
	return fmt.Sprintf("no query deletes from %s", t.Name)
}

// referred reports whether rows of other tables belong to rows of this one. A
// pair that can refer to anything counts as one that does only where it is named
// scope, or its type is an enum that has the name.
func (p *project) referred(s *scope) bool {
	if slices.ContainsFunc(p.refs[s.table], func(r reference) bool { return r.from != s.table && r.target == s.key.Name }) {
		return true
	}
	if slices.ContainsFunc(p.pairs, func(x pair) bool { return x.table == s.table && x.name == "scope" }) {
		return false // it belongs to scopes itself
	}
	name := s.name
	if name == "" {
		name = goname.Snake(goname.Singular(s.table.Name))
	}
	return slices.ContainsFunc(p.pairs, func(x pair) bool {
		return x.table != s.table && (x.name == "scope" || p.catalog.Enum(x.kind.Type) != nil) && p.stores(x, name, s.table, s.key) != ""
	})
}

// bindRow finds what each parameter of the INSERT needs.
func (p *project) bindRow(s *scope) {
	key := s.create.argument(s.key.Name)
	isForeign := slices.ContainsFunc(p.references(s.table), func(r reference) bool { return r.column == s.key })
	for _, i := range s.create.ParamOrder {
		if i >= len(s.create.facts.Params) {
			continue
		}
		param := s.create.facts.Params[i]
		column := s.table.Column(param.Column)
		if param.Table != s.table.QualifiedName() || column == nil {
			s.caller = append(s.caller, goname.Snake(s.create.Params[i].Name))
			continue
		}
		name := s.create.argument(column.Name)
		switch {
		case name == "":
			s.caller = append(s.caller, goname.Snake(s.create.Params[i].Name))
		case name == key && p.baseType(s.key) == "uuid" && !isForeign:
			s.fixed[name] = "$new.uuid"
		case name == key, column.Name == "id", column.Default, name == "scope_type":
			s.declare(name, column)
		default:
			s.caller = append(s.caller, name)
		}
	}
}

// declare adds the declaration of an input. A column's name that the language does
// not allow is spelled as it does, and bound.
func (s *scope) declare(name string, c *schema.Column) {
	in := input{name: name, doc: docOf(s, c)}
	if !plainName.MatchString(name) {
		in.name, in.typ = goname.Snake(name), c.Type
		if c.Array {
			in.typ = "[]" + in.typ
		}
		if !c.NotNull {
			in.typ += "?"
		}
		s.fixed[name] = "$input." + in.name
	}
	s.inputs = append(s.inputs, in)
}

func docOf(s *scope, c *schema.Column) string {
	if c.Comment != "" {
		return oneLine(c.Comment)
	}
	return "Written to " + s.table.Name + "." + c.Name + "."
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
