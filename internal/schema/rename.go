package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

func (l *loader) rename(n *pg.RenameStmt) {
	switch n.RenameType {
	case pg.ObjectType_OBJECT_TABLE, pg.ObjectType_OBJECT_INDEX, pg.ObjectType_OBJECT_FOREIGN_TABLE:
		l.renameRelation(n)
	case pg.ObjectType_OBJECT_VIEW, pg.ObjectType_OBJECT_SEQUENCE, pg.ObjectType_OBJECT_MATVIEW:
		l.others[qualify(n.GetRelation().GetSchemaname(), n.Newname)] = true
		l.renameView(relationName(n.GetRelation()), qualify(n.GetRelation().GetSchemaname(), n.Newname))
	case pg.ObjectType_OBJECT_COLUMN:
		if t := l.lookup(n.GetRelation(), n.MissingOk); t != nil {
			t.unlike = t.unlike || l.within != nil
			l.renameColumn(t, n.Subname, n.Newname)
		}
	case pg.ObjectType_OBJECT_TABCONSTRAINT:
		if t := l.lookup(n.GetRelation(), n.MissingOk); t != nil {
			l.renameConstraint(t, n.Subname, n.Newname)
		}
	case pg.ObjectType_OBJECT_TYPE, pg.ObjectType_OBJECT_DOMAIN:
		l.renameType(joinName(n.GetObject().GetList().GetItems()), n.Newname)
	case pg.ObjectType_OBJECT_TRIGGER, pg.ObjectType_OBJECT_RULE:
		l.renameReaction(n)
	case pg.ObjectType_OBJECT_FUNCTION, pg.ObjectType_OBJECT_PROCEDURE, pg.ObjectType_OBJECT_ROUTINE:
		l.renameFunction(n.GetObject().GetObjectWithArgs(), func(schema, _ string) string { return qualify(schema, n.Newname) })
	case pg.ObjectType_OBJECT_SCHEMA:
		l.moveTables(n.Subname, n.Newname)
	}
}

// renameRelation renames a table or an index: ALTER TABLE takes both.
func (l *loader) renameRelation(n *pg.RenameStmt) {
	rel := n.GetRelation()
	schema := rel.GetSchemaname()
	if t, key := l.findKey(schema, rel.GetRelname()); key != nil {
		l.names.release(l.keyKind(key), t.Schema, key.Name)
		l.names.take(l.keyKind(key), t.Schema, n.Newname)
		key.Name = n.Newname
		return
	}
	if n.RenameType == pg.ObjectType_OBJECT_INDEX {
		return
	}
	if t := l.lookup(rel, n.MissingOk); t != nil {
		l.move(t, t.Schema, n.Newname)
	}
}

// move gives a table another name, also in the foreign keys that refer to it.
func (l *loader) move(t *Table, schema, name string) {
	before := t.QualifiedName()
	l.names.release(relationNames, t.Schema, t.Name)
	delete(l.tables, [2]string{t.Schema, t.Name})
	t.Schema, t.Name = schema, name
	l.tables[[2]string{t.Schema, t.Name}] = t
	l.names.take(relationNames, t.Schema, t.Name)
	l.followRename(before, t.QualifiedName())
	l.took(&l.catalog.past, before, t.QualifiedName())
	for _, x := range t.Triggers {
		x.Table = t.QualifiedName()
	}
	for _, other := range l.catalog.Tables {
		for _, fk := range other.ForeignKeys {
			if fk.RefTable == before {
				fk.RefTable = t.QualifiedName()
			}
		}
	}
}

func (l *loader) moveToSchema(n *pg.AlterObjectSchemaStmt) {
	switch n.ObjectType {
	case pg.ObjectType_OBJECT_TABLE:
	case pg.ObjectType_OBJECT_VIEW:
		l.renameView(relationName(n.GetRelation()), qualify(n.Newschema, n.GetRelation().GetRelname()))
		return
	case pg.ObjectType_OBJECT_FUNCTION, pg.ObjectType_OBJECT_PROCEDURE, pg.ObjectType_OBJECT_ROUTINE:
		l.renameFunction(n.GetObject().GetObjectWithArgs(), func(_, name string) string { return qualify(n.Newschema, name) })
		return
	default:
		return
	}
	if t := l.lookup(n.GetRelation(), n.MissingOk); t != nil {
		l.move(t, tableSchema(n.Newschema), t.Name)
	}
}

func (l *loader) moveTables(from, to string) {
	for _, f := range l.catalog.Functions {
		if schema, name := f.split(); schema == tableSchema(from) {
			l.callFunction(f, qualify(to, name))
		}
	}
	from, to = tableSchema(from), tableSchema(to)
	for _, t := range l.catalog.Tables {
		if t.Schema == from {
			l.move(t, to, t.Name)
		}
	}
}

func (l *loader) renameColumn(t *Table, from, to string) {
	c := t.Column(from)
	if c == nil {
		return
	}
	c.Name = to
	l.took(&t.past, from, to)
	for _, part := range l.parts(t) {
		l.renameColumn(part, from, to)
	}
	for _, x := range t.Triggers {
		replace(x.Columns, from, to)
	}
	for _, k := range t.indexes() {
		replace(k.Columns, from, to)
		replace(l.keys[k].depends, from, to)
		replace(l.keys[k].parts, from, to)
	}
	for _, c := range l.facts[t].checks {
		replace(c.columns, from, to)
	}
	for _, other := range l.catalog.Tables {
		for _, fk := range other.ForeignKeys {
			if other == t {
				replace(fk.Columns, from, to)
			}
			if fk.RefTable == t.QualifiedName() {
				replace(fk.RefColumns, from, to)
			}
		}
	}
}

func replace(names []string, from, to string) {
	for i, name := range names {
		if name == from {
			names[i] = to
		}
	}
}

func (l *loader) renameConstraint(t *Table, from, to string) {
	l.names.release(constraintNames, t.Schema, from)
	l.names.take(constraintNames, t.Schema, to)
	for _, k := range append(slices.Concat(t.Uniques, t.Excludes), t.PrimaryKey) {
		if k != nil && k.Name == from && l.keyKind(k) == keyNames {
			l.names.release(relationNames, t.Schema, from)
			l.names.take(relationNames, t.Schema, to)
			k.Name = to
		}
	}
	for _, fk := range t.ForeignKeys {
		if fk.Name == from {
			fk.Name = to
		}
	}
	for i := range l.facts[t].checks {
		if c := &l.facts[t].checks[i]; c.name == from {
			c.name = to
			for _, part := range l.parts(t) {
				if l.hasCheck(part, from) {
					l.renameConstraint(part, from, to)
				}
			}
		}
	}
}
