package model

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/schema"
)

// Constraint is one that a statement may violate.
type Constraint struct {
	Name string
	Says string // what it is, such as "unique (name)"
	// Is is the generic sentinel of package scope, as the runtime tells a
	// violation without a word of the specification.
	Is string

	columns []string // of its table; nil for a check
	keeps   string   // of a foreign key: the table whose rows it keeps from being deleted
}

// Violates lists the constraints that the statement of a call may violate, in
// the order of the schema: the keys, foreign keys and checks of the table that
// it writes, as far as it writes their columns; for a DELETE, the foreign keys
// that other tables refer to the rows by. NOT NULL and the types of values are
// checked when the code is generated.
func (t Tables) Violates(c *Call) []Constraint {
	f := c.Facts
	var out []Constraint
	switch f.Kind {
	case schema.Delete:
		for _, k := range t.referrers {
			if k.keeps == f.Target {
				out = append(out, k)
			}
		}
	case schema.Insert, schema.Update:
		for _, k := range t.constraints[f.Target] {
			if f.Kind == schema.Insert || k.columns == nil || slices.ContainsFunc(f.Sets, func(s schema.ColumnValue) bool { return slices.Contains(k.columns, s.Column) }) {
				out = append(out, k)
			}
		}
	}
	return out
}

// constraintsOf lists the constraints of each table.
func constraintsOf(c *schema.Catalog) map[string][]Constraint {
	out := map[string][]Constraint{}
	for _, t := range c.Tables {
		var list []Constraint
		if k := t.PrimaryKey; k != nil {
			list = append(list, Constraint{Name: k.Name, Says: "primary key " + columnList(k.Columns), Is: "ErrAlreadyExists", columns: columnsOf(k.Columns)})
		}
		for _, k := range t.Uniques {
			list = append(list, Constraint{Name: k.Name, Says: "unique " + columnList(k.Columns), Is: "ErrAlreadyExists", columns: columnsOf(k.Columns)})
		}
		for _, k := range t.Excludes {
			list = append(list, Constraint{Name: k.Name, Says: "exclude", Is: "ErrAlreadyExists"})
		}
		for _, k := range t.ForeignKeys {
			list = append(list, Constraint{Name: k.Name, Says: "foreign key " + columnList(k.Columns) + " to " + k.RefTable, Is: "ErrParentNotFound", columns: columnsOf(k.Columns)})
		}
		for _, name := range t.Checks {
			list = append(list, Constraint{Name: name, Says: "check", Is: "ErrInvalid"})
		}
		out[t.QualifiedName()] = list
	}
	return out
}

// referrersOf lists the foreign keys that keep a row from being deleted.
func referrersOf(c *schema.Catalog) []Constraint {
	var out []Constraint
	for _, t := range c.Tables {
		for _, k := range t.ForeignKeys {
			if k.OnDelete == "NO ACTION" || k.OnDelete == "RESTRICT" {
				out = append(out, Constraint{Name: k.Name, Says: "rows of " + t.QualifiedName() + " refer to it", Is: "ErrInUse", keeps: k.RefTable})
			}
		}
	}
	return out
}

func columnsOf(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}

// columnList is (a, b); the expressions of an index have no name.
func columnList(names []string) string {
	text := "("
	for i, n := range names {
		if i > 0 {
			text += ", "
		}
		if n == "" {
			n = "…"
		}
		text += n
	}
	return text + ")"
}
