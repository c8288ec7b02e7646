package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// createIndex adds a unique index as a key. Later default names avoid the name
// of any index.
func (l *loader) createIndex(n *pg.IndexStmt) {
	t := l.lookup(n.GetRelation(), false)
	if t == nil {
		return
	}
	if n.IfNotExists && (l.names.taken(relationNames, t.Schema, n.Idxname) || l.others[qualify(t.Schema, n.Idxname)]) {
		return
	}
	key := &Key{Name: n.Idxname, Partial: n.WhereClause != nil, Pos: l.source.pos(l.start)}
	depends := columnsIn(n.WhereClause)
	for _, p := range n.IndexParams {
		elem := p.GetIndexElem()
		key.Columns = append(key.Columns, elem.GetName())
		depends = append(depends, columnsIn(elem.GetExpr())...)
	}
	parts := indexColumnNames(slices.Concat(n.IndexParams, n.IndexIncludingParams))
	if key.Name == "" {
		key.Name = l.names.choose(t.Schema, t.Name, columnsPart(parts), "idx")
	} else {
		l.names.take(relationNames, t.Schema, key.Name)
	}
	l.noteKey(key, keyFacts{label: "idx", parts: parts, depends: depends})
	if n.Unique {
		t.Uniques = append(t.Uniques, key)
	} else {
		t.Indexes = append(t.Indexes, key)
	}
	l.spreadKey(t, key, !n.GetRelation().GetInh())
}

// indexes are the keys and the other indexes of a table.
func (t *Table) indexes() []*Key {
	all := slices.Concat(t.Uniques, t.Indexes, t.Excludes)
	if t.PrimaryKey != nil {
		all = append(all, t.PrimaryKey)
	}
	return all
}

// findKey finds a key or an index by its name, in one schema.
func (l *loader) findKey(schema, name string) (*Table, *Key) {
	schema = tableSchema(schema)
	for _, t := range l.catalog.Tables {
		if t.Schema != schema {
			continue
		}
		for _, k := range t.indexes() {
			if k.Name == name {
				return t, k
			}
		}
	}
	return nil, nil
}

// keyKind is the kind of the name of a key, or of an index that is none.
func (l *loader) keyKind(key *Key) nameKind {
	if l.keys[key].label == "idx" {
		return relationNames
	}
	return keyNames
}

// dropKey removes a key or an index, and those of partitions that are parts of it. The
// columns stay NOT NULL.
func (l *loader) dropKey(t *Table, key *Key) {
	for _, part := range l.partitions(t) {
		for _, k := range part.indexes() {
			if l.keys[k].of == key {
				l.dropKey(part, k)
			}
		}
	}
	l.names.release(l.keyKind(key), t.Schema, key.Name)
	if t.PrimaryKey == key {
		t.PrimaryKey = nil
		return
	}
	t.Uniques = slices.DeleteFunc(t.Uniques, func(k *Key) bool { return k == key })
	t.Indexes = slices.DeleteFunc(t.Indexes, func(k *Key) bool { return k == key })
	t.Excludes = slices.DeleteFunc(t.Excludes, func(k *Key) bool { return k == key })
}

// addExclusion adds an EXCLUDE constraint. Its elements are pairs of an index
// element and an operator.
func (l *loader) addExclusion(t *Table, w *written) *Key {
	key := &Key{Name: w.Conname, Partial: w.WhereClause != nil, Pos: l.pos(w.Location)}
	depends := columnsIn(w.WhereClause)
	var elements []*pg.Node
	for _, pair := range w.Exclusions {
		if items := pair.GetList().GetItems(); len(items) > 0 {
			elements = append(elements, items[0])
			key.Columns = append(key.Columns, items[0].GetIndexElem().GetName())
			depends = append(depends, columnsIn(items[0].GetIndexElem().GetExpr())...)
		}
	}
	parts := indexColumnNames(elements)
	if key.Name == "" {
		key.Name = l.names.choose(t.Schema, t.Name, columnsPart(parts), "excl")
	} else {
		l.names.take(keyNames, t.Schema, key.Name)
	}
	l.noteKey(key, keyFacts{label: "excl", parts: parts, depends: depends})
	t.Excludes = append(t.Excludes, key)
	return key
}
