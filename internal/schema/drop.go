package schema

import (
	"slices"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

func (l *loader) drop(n *pg.DropStmt) {
	for _, object := range n.Objects {
		parts := texts(object.GetList().GetItems())
		schema, name := splitName(parts)
		switch n.RemoveType {
		case pg.ObjectType_OBJECT_TABLE, pg.ObjectType_OBJECT_FOREIGN_TABLE:
			l.dropTable(schema, name, n.MissingOk)
		case pg.ObjectType_OBJECT_VIEW, pg.ObjectType_OBJECT_MATVIEW, pg.ObjectType_OBJECT_SEQUENCE:
			l.dropOther(schema, name)
			l.dropView(qualify(schema, name))
		case pg.ObjectType_OBJECT_INDEX:
			if t, key := l.findKey(schema, name); key != nil {
				l.dropKey(t, key)
			} else {
				l.names.release(relationNames, tableSchema(schema), name)
			}
		case pg.ObjectType_OBJECT_TYPE, pg.ObjectType_OBJECT_DOMAIN:
			l.dropType(joinName(object.GetTypeName().GetNames()))
		case pg.ObjectType_OBJECT_TRIGGER:
			l.dropReaction(parts, l.dropTrigger)
		case pg.ObjectType_OBJECT_RULE:
			l.dropReaction(parts, l.dropRule)
		case pg.ObjectType_OBJECT_POLICY:
			l.dropReaction(parts, dropPolicy)
		case pg.ObjectType_OBJECT_FUNCTION, pg.ObjectType_OBJECT_PROCEDURE, pg.ObjectType_OBJECT_ROUTINE:
			l.dropFunction(object.GetObjectWithArgs(), n.Behavior == pg.DropBehavior_DROP_CASCADE)
		case pg.ObjectType_OBJECT_SCHEMA:
			l.dropSchema(object.GetString_().GetSval())
		}
	}
}

func (l *loader) dropTable(schema, name string, missingOK bool) {
	t := l.table(schema, name)
	if t == nil {
		full := qualify(schema, name)
		if !missingOK && !l.others[full] {
			l.warn(l.source.pos(l.start), codeUnknown, l.nearestTable(full), "there is no table %q at this point", full)
		}
		l.dropOther(schema, name)
		return
	}
	l.forget(t)
}

// dropOther removes a relation that is no table.
func (l *loader) dropOther(schema, name string) {
	if full := qualify(schema, name); l.others[full] {
		delete(l.others, full)
		l.names.release(relationNames, tableSchema(schema), name)
	}
}

// forget removes a table with its names and parts, and the foreign keys that refer to it.
func (l *loader) forget(t *Table) {
	if l.facts[t] == nil {
		return // it went with the table that it was a part of
	}
	for _, part := range l.parts(t) {
		l.forget(part)
	}
	l.catalog.Tables = slices.DeleteFunc(l.catalog.Tables, func(other *Table) bool { return other == t })
	delete(l.tables, [2]string{t.Schema, t.Name})
	l.names.release(relationNames, t.Schema, t.Name)
	for _, k := range t.indexes() {
		l.names.release(l.keyKind(k), t.Schema, k.Name)
	}
	for _, fk := range t.ForeignKeys {
		l.names.release(constraintNames, t.Schema, fk.Name)
	}
	for _, c := range l.facts[t].checks {
		l.names.release(constraintNames, t.Schema, c.name)
	}
	delete(l.facts, t)
	full := t.QualifiedName()
	l.took(&l.catalog.past, full, "")
	l.dropForeignKeys(func(_ *Table, fk *ForeignKey) bool { return fk.RefTable == full })

	for _, other := range l.catalog.Tables {
		facts := l.facts[other]
		facts.parents = slices.DeleteFunc(facts.parents, func(p *Table) bool { return p == t })
	}
}

func (l *loader) dropSchema(schema string) {
	for _, t := range slices.Clone(l.catalog.Tables) {
		if t.Schema == tableSchema(schema) {
			l.forget(t)
		}
	}
	l.dropViewsOf(schema)
	l.catalog.Functions = slices.DeleteFunc(l.catalog.Functions, func(f *Function) bool { return tableSchema(f.Schema()) == tableSchema(schema) })
	if schema == publicSchema {
		return // types of public have no prefix to tell them by; dropping public is a fresh start elsewhere
	}
	prefix := schema + "."
	l.catalog.Enums = slices.DeleteFunc(l.catalog.Enums, func(e *Enum) bool { return strings.HasPrefix(e.Name, prefix) })
	for name := range l.domains {
		if strings.HasPrefix(name, prefix) {
			delete(l.domains, name)
		}
	}
}
