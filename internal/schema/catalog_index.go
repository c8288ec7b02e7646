package schema

// index finds in a catalog that is complete what every scope asks for: going through
// all tables for each scope would take the square of their number.
type index struct {
	tables      map[[2]string]*Table // by schema and name
	referring   map[string][]Reference
	constrained map[string][]*Table // by the name of a constraint
}

// Reference is a foreign key, and the table that has it.
type Reference struct {
	Table *Table
	Key   *ForeignKey
}

// indexed builds the index of a catalog that will not change any more.
func (c *Catalog) indexed() {
	c.index = &index{tables: map[[2]string]*Table{}, referring: map[string][]Reference{}, constrained: map[string][]*Table{}}
	for _, t := range c.Tables {
		if at := [2]string{t.Schema, t.Name}; c.index.tables[at] == nil {
			c.index.tables[at] = t
		}
		for _, k := range t.ForeignKeys {
			c.index.referring[k.RefTable] = append(c.index.referring[k.RefTable], Reference{t, k})
		}
		named := map[string]bool{}
		for _, name := range t.ConstraintNames() {
			if !named[name] {
				named[name] = true
				c.index.constrained[name] = append(c.index.constrained[name], t)
			}
		}
	}
}

// Referring lists the foreign keys that refer to a table, in the order of the tables that
// have them.
func (c *Catalog) Referring(table string) []Reference { return c.index.referring[table] }

// Constrained lists the tables that have a constraint of a name.
func (c *Catalog) Constrained(name string) []*Table { return c.index.constrained[name] }

// ConstraintNames lists the names of a table's constraints and unique indexes.
func (t *Table) ConstraintNames() []string {
	var names []string
	if t.PrimaryKey != nil {
		names = append(names, t.PrimaryKey.Name)
	}
	for _, k := range t.Uniques {
		names = append(names, k.Name)
	}
	for _, k := range t.Excludes {
		names = append(names, k.Name)
	}
	for _, k := range t.ForeignKeys {
		names = append(names, k.Name)
	}
	return append(names, t.Checks...)
}
