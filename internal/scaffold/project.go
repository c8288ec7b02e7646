package scaffold

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// project is what is known of a project before anything is recognised.
type project struct {
	place   *place
	api     *sqlcapi.API
	catalog *schema.Catalog
	queries []*query
	refs    map[*schema.Table][]reference // to each table
	pairs   []pair
	banned  map[*schema.Table]*banned
}

// reference is a foreign key of one column to a table.
type reference struct {
	from   *schema.Table
	column *schema.Column
	to     *schema.Table
	target string // the column that it refers to
	key    *schema.ForeignKey
}

// refuses reports whether rows that refer by it keep the other row from being
// deleted.
func (r reference) refuses() bool {
	return r.key.OnDelete == "NO ACTION" || r.key.OnDelete == "RESTRICT" || r.key.OnDelete == ""
}

// pair is two columns that refer to a scope of any type, such as scope_type and
// scope_id.
type pair struct {
	table *schema.Table
	name  string // such as scope
	kind  *schema.Column
	id    *schema.Column
}

// banned is a scope that was recognised and does not generate.
type banned struct {
	reason string
	text   []string // of the scope as it was
}

func newProject(at *place, in *driver.Inputs) *project {
	p := &project{place: at, api: in.API, catalog: in.Catalog, queries: readQueries(in.API, in.Catalog),
		refs: map[*schema.Table][]reference{}, banned: map[*schema.Table]*banned{}}
	for _, t := range in.Catalog.Tables {
		for _, r := range p.references(t) {
			p.refs[r.to] = append(p.refs[r.to], r)
		}
		p.pairs = append(p.pairs, pairsOf(t)...)
	}
	return p
}

// references are the foreign keys of a table that have one column.
func (p *project) references(t *schema.Table) []reference {
	var out []reference
	for _, k := range t.ForeignKeys {
		to := p.catalog.Table(k.RefTable)
		if to == nil || len(k.Columns) != 1 || len(k.RefColumns) != 1 || t.Column(k.Columns[0]) == nil {
			continue
		}
		out = append(out, reference{from: t, column: t.Column(k.Columns[0]), to: to, target: k.RefColumns[0], key: k})
	}
	return out
}

// pairsOf finds the columns x_type and x_id of a table, where x_id is no foreign
// key.
func pairsOf(t *schema.Table) []pair {
	var out []pair
	for _, c := range t.Columns {
		name, ok := cutSuffix(c.Name, "_id")
		kind := t.Column(name + "_type")
		held := slices.ContainsFunc(t.ForeignKeys, func(k *schema.ForeignKey) bool { return slices.Contains(k.Columns, c.Name) })
		if ok && kind != nil && !held {
			out = append(out, pair{table: t, name: name, kind: kind, id: c})
		}
	}
	return out
}

// stores is what a pair stores as the type of a scope, "" when it cannot refer
// to a row with such a key.
func (p *project) stores(x pair, scope string, t *schema.Table, key *schema.Column) string {
	if !isText(p.baseType(x.id)) && p.baseType(x.id) != p.baseType(key) || x.id.Array {
		return ""
	}
	if e := p.catalog.Enum(x.kind.Type); e != nil {
		for _, v := range e.Values {
			if sameName(v, scope) || sameName(v, t.Name) {
				return v
			}
		}
		return ""
	}
	if !isText(p.baseType(x.kind)) {
		return ""
	}
	return scope
}

// baseType is the type of a column, that of the domain where it is of one.
func (p *project) baseType(c *schema.Column) string {
	if base, ok := p.catalog.Domains[c.Type]; ok {
		return base
	}
	return c.Type
}

func isText(sqlType string) bool { return sqlType == "text" || sqlType == "varchar" }
