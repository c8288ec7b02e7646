package schema

// Requires reports whether an INSERT on a table has to give a column a value that is
// not NULL: PostgreSQL would refuse every row else. It does not where the server
// makes the value, nor where a trigger or a rule may.
func (c *Catalog) Requires(t *Table, col *Column) bool {
	return col.NotNull && !col.Default && !col.Generated && !col.Identity && !c.Fills(t, col.Name)
}
