package schema

import "slices"

// checkKeys warns of keys and indexes on columns that are not there.
func (l *loader) checkKeys(t *Table) {
	if l.facts[t].open {
		return
	}
	for _, k := range t.indexes() {
		for _, name := range k.Columns {
			if name != "" && t.Column(name) == nil && !slices.Contains(systemColumns, name) {
				l.warn(k.Pos, codeUnknown, "correct the name", "%q is on column %q, which table %q does not have", k.Name, name, t.QualifiedName())
			}
		}
	}
}

// systemColumns are those that every table has.
var systemColumns = []string{"tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"}
