package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// constraintSet collects the constraints of a statement, which PostgreSQL
// applies by kind: checks, then the primary key and the other indexes, then
// foreign keys. Default names depend on that order.
type constraintSet struct {
	checks, keys, foreign []*written
	last                  *written
}

// written is a constraint as it was written: on a column, or on the table.
type written struct {
	*pg.Constraint
	column     string // "" for one on the table
	deferrable bool
}

func (s *constraintSet) add(c *pg.Constraint, column string) {
	s.last = &written{Constraint: c, column: column, deferrable: c.GetDeferrable()}
	switch c.GetContype() {
	case pg.ConstrType_CONSTR_CHECK:
		s.checks = append(s.checks, s.last)
	case pg.ConstrType_CONSTR_PRIMARY:
		s.keys = slices.Insert(s.keys, 0, s.last)
	case pg.ConstrType_CONSTR_UNIQUE, pg.ConstrType_CONSTR_EXCLUSION:
		s.keys = append(s.keys, s.last)
	case pg.ConstrType_CONSTR_FOREIGN:
		s.foreign = append(s.foreign, s.last)
	case pg.ConstrType_CONSTR_NOTNULL: // on the table, since PostgreSQL 18
		s.checks = append(s.checks, s.last)
	}
}

// deferLast applies a DEFERRABLE that follows a column's constraint.
func (s *constraintSet) deferLast() {
	if s.last != nil {
		s.last.deferrable = true
	}
}

// columns are those that a key or foreign key is on.
func (w *written) columns(list []*pg.Node) []string {
	if w.column != "" {
		return []string{w.column}
	}
	return texts(list)
}

// applyConstraints adds constraints to a table and, unless the statement says ONLY, to
// its parts: CHECK and NOT NULL to all, the others to partitions.
func (l *loader) applyConstraints(t *Table, set *constraintSet, only bool) {
	for _, c := range set.checks {
		if c.GetContype() == pg.ConstrType_CONSTR_NOTNULL {
			l.spreadNotNull(t, texts(c.Keys), only)
		} else {
			added := l.addCheck(t, c)
			l.spreadCheck(t, added, only)
		}
	}
	for _, k := range l.addKeys(t, set.keys) {
		l.spreadKey(t, k, only)
	}
	for _, c := range set.foreign {
		fk := l.addForeignKey(t, c)
		for _, part := range l.partitions(t) {
			l.inheritForeignKey(part, fk)
		}
	}
}

func setNotNull(t *Table, columns []string) {
	for _, name := range columns {
		if c := t.Column(name); c != nil {
			c.NotNull = true
		}
	}
}

// addCheck names a nameless check after its column when it mentions exactly one
// (catalog/heap.c, AddRelationNewConstraints).
func (l *loader) addCheck(t *Table, w *written) check {
	c := check{name: w.Conname, allows: allowed(w.RawExpr), local: true, noInherit: w.IsNoInherit}
	for _, name := range columnsIn(w.RawExpr) {
		if t.Column(name) != nil {
			c.columns = append(c.columns, name)
		}
	}
	if i := slices.IndexFunc(l.facts[t].checks, func(x check) bool { return x.name == c.name }); i >= 0 && c.name != "" {
		l.facts[t].checks[i].local = true // it is merged with the inherited one
		return l.facts[t].checks[i]
	}
	if c.name == "" {
		column := ""
		if len(c.columns) == 1 {
			column = c.columns[0]
		}
		c.name = l.names.choose(t.Schema, t.Name, column, "check")
	} else {
		l.names.take(constraintNames, t.Schema, c.name)
	}
	l.facts[t].checks = append(l.facts[t].checks, c)
	return c
}

// addKeys adds primary and unique keys. Of equal ones in one statement
// PostgreSQL keeps the first (parser/parse_utilcmd.c, transformIndexConstraints).
func (l *loader) addKeys(t *Table, keys []*written) []*Key {
	var kept []*written
next:
	for _, w := range keys {
		for _, prior := range kept {
			if w.GetContype() != pg.ConstrType_CONSTR_EXCLUSION && prior.GetContype() != pg.ConstrType_CONSTR_EXCLUSION && slices.Equal(prior.columns(prior.Keys), w.columns(w.Keys)) && w.Indexname == "" &&
				slices.Equal(texts(prior.Including), texts(w.Including)) &&
				prior.NullsNotDistinct == w.NullsNotDistinct && prior.deferrable == w.deferrable {
				if prior.Conname == "" {
					prior.Conname = w.Conname
				}
				continue next
			}
		}
		kept = append(kept, w)
	}
	var added []*Key
	for _, w := range kept {
		if w.GetContype() == pg.ConstrType_CONSTR_EXCLUSION {
			added = append(added, l.addExclusion(t, w))
		} else if k := l.addKey(t, w); k != nil {
			added = append(added, k)
		}
	}
	return added
}

// addKey adds a key; it returns nil where a unique index becomes one.
func (l *loader) addKey(t *Table, w *written) *Key {
	key := &Key{Name: w.Conname, Columns: w.columns(w.Keys), Deferrable: w.deferrable, Pos: l.pos(w.Location)}
	parts := append(slices.Clone(key.Columns), texts(w.Including)...)
	primary := w.GetContype() == pg.ConstrType_CONSTR_PRIMARY
	if w.Indexname != "" {
		l.promoteIndex(t, w, primary)
		return nil
	}
	switch {
	case key.Name != "":
		l.names.take(keyNames, t.Schema, key.Name)
	case primary:
		key.Name = l.names.choose(t.Schema, t.Name, "", "pkey")
	default:
		// Included columns are in the name, too.
		key.Name = l.names.choose(t.Schema, t.Name, columnsPart(parts), "key")
	}
	l.noteKey(key, keyFacts{label: "key", parts: parts})
	if primary {
		setNotNull(t, key.Columns)
		t.PrimaryKey = key
		return key
	}
	t.Uniques = append(t.Uniques, key)
	return key
}

// promoteIndex makes a constraint of a unique index, which takes its name.
func (l *loader) promoteIndex(t *Table, w *written, primary bool) {
	i := slices.IndexFunc(t.Uniques, func(k *Key) bool { return k.Name == w.Indexname })
	if i < 0 {
		l.warn(l.pos(w.Location), codeUnknown, "", "table %q has no unique index %q at this point", t.QualifiedName(), w.Indexname)
		return
	}
	key := t.Uniques[i]
	facts := l.keys[key]
	facts.label = "key"
	l.keys[key] = facts
	key.Deferrable = w.deferrable
	if w.Conname != "" {
		l.names.release(relationNames, t.Schema, key.Name)
		key.Name = w.Conname
		l.names.take(relationNames, t.Schema, key.Name)
	}
	l.names.take(constraintNames, t.Schema, key.Name)
	if primary {
		t.Uniques = slices.Delete(t.Uniques, i, i+1)
		setNotNull(t, key.Columns)
		t.PrimaryKey = key
	}
}

func (l *loader) addForeignKey(t *Table, w *written) *ForeignKey {
	fk := &ForeignKey{
		Name:       w.Conname,
		Columns:    w.columns(w.FkAttrs),
		RefTable:   qualify(w.GetPktable().GetSchemaname(), w.GetPktable().GetRelname()),
		RefColumns: texts(w.PkAttrs),
		OnDelete:   action(w.FkDelAction),
		OnUpdate:   action(w.FkUpdAction),
		Deferrable: w.deferrable,
		Pos:        l.pos(w.Location),
	}
	// The key that is primary now is meant, not one that comes later.
	if ref := l.referenced(fk); ref != nil && ref.PrimaryKey != nil && len(fk.RefColumns) == 0 {
		fk.RefColumns = slices.Clone(ref.PrimaryKey.Columns)
	}
	if fk.Name == "" {
		fk.Name = l.names.choose(t.Schema, t.Name, columnsPart(fk.Columns), "fkey")
	} else {
		l.names.take(constraintNames, t.Schema, fk.Name)
	}
	t.ForeignKeys = append(t.ForeignKeys, fk)
	return fk
}

// action spells pg_constraint.confdeltype and confupdtype.
func action(code string) string {
	switch code {
	case "r":
		return "RESTRICT"
	case "c":
		return "CASCADE"
	case "n":
		return "SET NULL"
	case "d":
		return "SET DEFAULT"
	default:
		return "NO ACTION"
	}
}

// dropConstraint removes a constraint of any kind, and what parts have of it.
func (l *loader) dropConstraint(t *Table, name string, only bool) {
	for _, k := range append(slices.Concat(t.Uniques, t.Excludes), t.PrimaryKey) {
		if k != nil && k.Name == name && l.keyKind(k) == keyNames {
			l.dropKey(t, k)
			return
		}
	}
	l.dropForeignKey(t, name)
	l.dropCheck(t, name, only)
}
