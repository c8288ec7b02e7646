package schema

import (
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

// relations is what following a statement needs beside the tables: views, whose
// rows are whose, and who refers to whom.
type relations struct {
	views    map[string]*view
	roots    map[string]string      // of each table that has a parent or a child
	families map[string][]*Table    // by root: those that hold rows of each other
	refers   map[string][]*referrer // by root: the foreign keys that refer to it
	// operators are those that the schema defines, with the names of their functions.
	operators map[string][][]*pg.Node
}

// referrer is a foreign key, with the table that has it.
type referrer struct {
	table *Table
	key   *ForeignKey
}

// policy is a policy of row security.
type policy struct {
	name       string
	conditions []*pg.Node
}

// Root returns the name under which effects speak of a table: a partition, or a
// table that inherits from another, shares its rows with its relatives, and goes by
// the name of one of them.
func (c *Catalog) Root(name string) string {
	if root, ok := c.relations.roots[name]; ok {
		return root
	}
	return name
}

// alone returns the name of a table without relatives; "" for any other, whose
// triggers may run for another table of the family.
func (c *Catalog) alone(name string) string {
	if c.relations.families[c.Root(name)] != nil {
		return ""
	}
	return name
}

// knows reports whether there is a table or a view of that name.
func (c *Catalog) knows(name string) bool {
	return c.Table(name) != nil || c.relations.views[name] != nil
}

// hasType reports whether a name is that of an enum or a domain: name(x) is a cast then.
func (c *Catalog) hasType(name string) bool {
	_, domain := c.Domains[name]
	return domain || c.Enum(name) != nil
}

// functionsNamed returns the functions of the schema that a name may mean. An
// unqualified one means those of any schema, as search_path may be set.
func (c *Catalog) functionsNamed(schema, name string) []*Function {
	var out []*Function
	for _, f := range c.Functions {
		fs, fn := cutSchema(f.Name)
		if fn == name && (schema == "" || tableSchema(schema) == fs) {
			out = append(out, f)
		}
	}
	return out
}

// cutSchema takes a qualified name apart as [qualify] joined it.
func cutSchema(name string) (schema, last string) {
	if schema, last, ok := strings.Cut(name, "."); ok {
		return tableSchema(schema), last
	}
	return "", name
}

// relate fills in the relations, once all tables are there.
func (l *loader) relate() {
	r := &l.catalog.relations
	r.roots, r.families, r.refers = map[string]string{}, map[string][]*Table{}, map[string][]*referrer{}
	root := map[*Table]*Table{}
	var find func(t *Table) *Table
	find = func(t *Table) *Table {
		if up := root[t]; up != nil && up != t {
			return find(up)
		}
		return t
	}
	for _, t := range l.catalog.Tables {
		for _, parent := range l.facts[t].parents {
			if from, to := find(t), find(parent); from != to {
				root[from] = to
			}
		}
	}
	shared := map[*Table]bool{}
	for t := range root {
		shared[find(t)] = true
	}
	for _, t := range l.catalog.Tables {
		if top := find(t); shared[top] {
			name := top.QualifiedName()
			r.roots[t.QualifiedName()] = name
			r.families[name] = append(r.families[name], t)
		}
	}
	for _, t := range l.catalog.Tables {
		for _, k := range t.ForeignKeys {
			to := l.catalog.Root(k.RefTable)
			r.refers[to] = append(r.refers[to], &referrer{t, k})
		}
	}
}
