package check

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// referencesAll reports whether conditions mention every column of a key.
func referencesAll(a schema.Disjunct, k *schema.Key) bool {
	return !slices.ContainsFunc(k.Columns, func(name string) bool { return name != "" && !slices.Contains(a.ReferencedColumns, name) })
}

// drawnKeys are the columns of the scope's row that hold a uuid or a number of
// its own: where the tenant is part of every key, they tell the rows apart all
// the same.
func (c *checker) drawnKeys(s *model.Scope, t *schema.Table) []*schema.Key {
	var keys []*schema.Key
	if s.Create.Row.Facts.Target != t.QualifiedName() {
		return nil
	}
	for _, col := range t.Columns {
		a := given(s.Create.Row, col.Name)
		drawn := a == nil && col.Default && (col.Type == "uuid" || col.Identity)
		if a != nil {
			_, drawn = plain(a.Value).(*model.NewUUID)
		}
		if drawn && foreignKey(t, col.Name) == nil {
			keys = append(keys, &schema.Key{Columns: []string{col.Name}})
		}
	}
	return keys
}

// uniqueKeys are the primary key and the unique ones.
func uniqueKeys(t *schema.Table) []*schema.Key {
	if t.PrimaryKey == nil {
		return t.Uniques
	}
	return append([]*schema.Key{t.PrimaryKey}, t.Uniques...)
}

// isKey reports a column that alone tells the rows of its table apart, and that
// is no reference to another table.
func (c *checker) isKey(v *model.ColumnValue) bool {
	if v.Index >= len(v.Call.Facts.Returns) {
		return false
	}
	ret := v.Call.Facts.Returns[v.Index]
	t := c.catalog.Table(ret.Table)
	return t != nil && t.PrimaryKey != nil && slices.Equal(t.PrimaryKey.Columns, []string{ret.Column}) && foreignKey(t, ret.Column) == nil
}

// foreignKey is the foreign key of one column, nil for none.
func foreignKey(t *schema.Table, name string) *schema.ForeignKey {
	for _, k := range t.ForeignKeys {
		if slices.Equal(k.Columns, []string{name}) {
			return k
		}
	}
	return nil
}

// isUnique reports a column that alone tells the rows of its table apart.
func (c *checker) isUnique(ret schema.Result) bool {
	t := c.catalog.Table(ret.Table)
	return t != nil && foreignKey(t, ret.Column) == nil && c.uniqueColumn(ret)
}

// findsOne reports whether a SELECT finds one row at most: it compares a key of
// its table by =.
func (c *checker) findsOne(call *model.Call) bool {
	if len(call.Facts.Reads) != 1 || c.catalog.Table(call.Facts.Reads[0]) == nil || len(call.Facts.Disjuncts) > 0 {
		return false
	}
	return slices.ContainsFunc(uniqueKeys(c.catalog.Table(call.Facts.Reads[0])), func(k *schema.Key) bool {
		return !slices.ContainsFunc(k.Columns, func(name string) bool {
			return !slices.ContainsFunc(call.Facts.Equal, func(e schema.ColumnValue) bool { return e.Column == name }) &&
				!slices.ContainsFunc(call.Facts.Constants, func(x schema.Constant) bool { return x.Column == name })
		})
	})
}

// uniqueColumn reports a column of an answer that no two rows of its table share.
func (c *checker) uniqueColumn(ret schema.Result) bool {
	t := c.catalog.Table(ret.Table)
	return t != nil && slices.ContainsFunc(uniqueKeys(t), func(k *schema.Key) bool {
		return !k.Partial && slices.Equal(k.Columns, []string{ret.Column})
	})
}
