package schema

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
)

// resolveForeignKey fills in the referenced columns, and checks that what is
// referenced exists: sqlc does not.
func (l *loader) resolveForeignKey(t *Table, fk *ForeignKey) {
	ref := l.referenced(fk)
	if ref == nil {
		if !l.others[fk.RefTable] {
			l.warn(fk.Pos, codeForeignKey, l.nearestTable(fk.RefTable), "foreign key %s refers to a table %q that the schema does not create", fk.Name, fk.RefTable)
		}
		return
	}
	if len(fk.RefColumns) == 0 && ref.PrimaryKey != nil {
		// The foreign key was written before the table that it refers to.
		fk.RefColumns = slices.Clone(ref.PrimaryKey.Columns)
	}
	for _, name := range fk.RefColumns {
		if ref.Column(name) == nil {
			l.warn(fk.Pos, codeForeignKey, diag.DidYouMean(name, columnNames(ref)), "foreign key %s refers to a column %q that table %q does not have", fk.Name, name, fk.RefTable)
		}
	}
	if len(fk.RefColumns) > 0 && len(fk.RefColumns) != len(fk.Columns) {
		l.warn(fk.Pos, codeForeignKey, "", "foreign key %s has %d columns and refers to %d", fk.Name, len(fk.Columns), len(fk.RefColumns))
		return
	}
	if known := !slices.ContainsFunc(fk.RefColumns, func(name string) bool { return ref.Column(name) == nil }); known && len(fk.RefColumns) > 0 && !isKeyOf(ref, fk.RefColumns) {
		l.warn(fk.Pos, codeForeignKey, "make them a unique constraint", "foreign key %s refers to %s of %s, which no primary key or unique constraint has", fk.Name, strings.Join(fk.RefColumns, ", "), fk.RefTable)
	}
	for i, name := range fk.RefColumns {
		from, to := t.Column(fk.Columns[i]), ref.Column(name)
		if from != nil && to != nil && !comparableTypes(from, to) {
			l.warn(fk.Pos, codeForeignKey, "give both columns one type", "foreign key %s refers from %s, which is %s, to %s.%s, which is %s: they cannot be compared",
				fk.Name, from.Name, from.Type, fk.RefTable, to.Name, to.Type)
		}
	}
}

// isKeyOf reports whether a key holds exactly these columns, in any order.
func isKeyOf(t *Table, columns []string) bool {
	want := slices.Sorted(slices.Values(columns))
	has := func(k *Key) bool {
		return k != nil && !k.Partial && slices.Equal(slices.Sorted(slices.Values(k.Columns)), want)
	}
	return has(t.PrimaryKey) || slices.ContainsFunc(t.Uniques, has)
}

// comparableTypes reports whether two columns can be compared by =, as those of a
// foreign key must be; true for types that are not looked into.
func comparableTypes(a, b *Column) bool {
	families := map[string]string{"uuid": "uuid", "text": "text", "varchar": "text", "bpchar": "text", "bool": "bool", "bytea": "bytea",
		"int2": "number", "int4": "number", "int8": "number", "numeric": "number", "float4": "number", "float8": "number"}
	x, y := families[a.Type], families[b.Type]
	return a.Array || b.Array || x == "" || y == "" || x == y
}

// referenced is the table that a foreign key refers to, or nil.
func (l *loader) referenced(fk *ForeignKey) *Table {
	if t := l.table("", fk.RefTable); t != nil {
		return t
	}
	schema, name, _ := strings.Cut(fk.RefTable, ".")
	return l.table(schema, name)
}
