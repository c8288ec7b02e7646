package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/specgen-dev/specgen/internal/diag"
)

// alterTable applies ALTER TABLE. PostgreSQL sorts the actions of one
// statement into passes, removals first, so that a constraint can be replaced
// in any order of writing (commands/tablecmds.c, AlterTablePass).
//
// What it does to a table it does to the parts of the table, but for ALTER TABLE ONLY.
func (l *loader) alterTable(n *pg.AlterTableStmt) {
	switch n.Objtype {
	case pg.ObjectType_OBJECT_TABLE, pg.ObjectType_OBJECT_FOREIGN_TABLE:
	case pg.ObjectType_OBJECT_INDEX:
		l.attachIndex(n)
		return
	default:
		return
	}
	t := l.lookup(n.GetRelation(), n.MissingOk)
	if t == nil {
		return
	}
	only := !n.GetRelation().GetInh()
	t.unlike = t.unlike || l.within != nil
	for _, node := range n.Cmds {
		if cmd := node.GetAlterTableCmd(); isRemoval(cmd.GetSubtype()) {
			l.alterRemove(t, cmd, only)
		}
	}
	var set constraintSet
	for _, node := range n.Cmds {
		if cmd := node.GetAlterTableCmd(); !isRemoval(cmd.GetSubtype()) {
			l.alterAction(t, cmd, &set, only)
		}
	}
	l.applyConstraints(t, &set, only)
}

func isRemoval(kind pg.AlterTableType) bool {
	return kind == pg.AlterTableType_AT_DropColumn || kind == pg.AlterTableType_AT_DropConstraint
}

func (l *loader) alterRemove(t *Table, cmd *pg.AlterTableCmd, only bool) {
	if cmd.Subtype == pg.AlterTableType_AT_DropConstraint {
		l.dropConstraint(t, cmd.Name, only)
		return
	}
	if l.alteredColumn(t, cmd) != nil {
		l.dropColumn(t, cmd.Name)
		l.dropInheritedColumn(t, cmd.Name, only)
	}
}

func (l *loader) alterAction(t *Table, cmd *pg.AlterTableCmd, set *constraintSet, only bool) {
	switch cmd.Subtype {
	case pg.AlterTableType_AT_AddColumn:
		def := cmd.GetDef().GetColumnDef()
		if def != nil && t.Column(def.Colname) == nil {
			l.defineColumn(t, def, set)
			l.spreadColumn(t, t.Column(def.Colname))
		} else if def != nil && !cmd.MissingOk {
			l.warn(l.pos(def.Location), codeDuplicate, "", "table %q has a column %q already", t.QualifiedName(), def.Colname)
		}
	case pg.AlterTableType_AT_AddConstraint:
		set.add(cmd.GetDef().GetConstraint(), "")
	case pg.AlterTableType_AT_AlterConstraint:
		l.alterConstraint(t, cmd.GetDef().GetAtalterConstraint())
	case pg.AlterTableType_AT_AttachPartition:
		if child := l.lookup(cmd.GetDef().GetPartitionCmd().GetName(), false); child != nil && child != t {
			child.unlike = true
			l.attach(child, t)
		}
	case pg.AlterTableType_AT_AddInherit:
		if parent := l.lookup(cmd.GetDef().GetRangeVar(), false); parent != nil && parent != t {
			l.facts[t].parents = append(l.facts[t].parents, parent)
			parent.Inherited, t.unlike = true, true
		}
	case pg.AlterTableType_AT_DetachPartition:
		if child := l.lookup(cmd.GetDef().GetPartitionCmd().GetName(), false); child != nil {
			l.leave(child, t)
		}
	case pg.AlterTableType_AT_DropInherit:
		if parent := l.lookup(cmd.GetDef().GetRangeVar(), false); parent != nil {
			l.leave(t, parent)
		}
	default:
		l.alterReaction(t, cmd)
		l.alterColumn(t, cmd, only)
	}
}

// attachIndex makes the index of a partition a part of that of its parent, as pg_dump
// writes it.
func (l *loader) attachIndex(n *pg.AlterTableStmt) {
	for _, node := range n.Cmds {
		cmd := node.GetAlterTableCmd()
		part := cmd.GetDef().GetPartitionCmd().GetName()
		if cmd.GetSubtype() != pg.AlterTableType_AT_AttachPartition || part == nil {
			continue
		}
		_, above := l.findKey(n.GetRelation().GetSchemaname(), n.GetRelation().GetRelname())
		if _, key := l.findKey(part.Schemaname, part.Relname); key != nil && above != nil {
			facts := l.keys[key]
			facts.of = above
			l.keys[key] = facts
		}
	}
}

func (l *loader) alterColumn(t *Table, cmd *pg.AlterTableCmd, only bool) {
	switch cmd.Subtype {
	case pg.AlterTableType_AT_SetNotNull, pg.AlterTableType_AT_DropNotNull, pg.AlterTableType_AT_ColumnDefault,
		pg.AlterTableType_AT_AlterColumnType, pg.AlterTableType_AT_AddIdentity,
		pg.AlterTableType_AT_DropIdentity, pg.AlterTableType_AT_DropExpression:
	default:
		return // owners, storage, statistics: nothing that a query sees
	}
	c := l.alteredColumn(t, cmd)
	if c == nil {
		return
	}
	switch cmd.Subtype {
	case pg.AlterTableType_AT_SetNotNull:
		c.NotNull = true
	case pg.AlterTableType_AT_DropNotNull:
		c.NotNull = false
	case pg.AlterTableType_AT_ColumnDefault:
		l.setDefault(c, cmd.GetDef())
	case pg.AlterTableType_AT_AlterColumnType:
		l.setType(c, cmd.GetDef().GetColumnDef().GetTypeName(), cmd.GetDef().GetColumnDef().GetCollClause())
	case pg.AlterTableType_AT_AddIdentity:
		c.Identity, c.Default, c.NotNull = true, true, true
		c.Always = always(cmd.GetDef().GetConstraint())
	case pg.AlterTableType_AT_DropIdentity:
		c.Identity, c.Default, c.Always = false, false, false
	case pg.AlterTableType_AT_DropExpression:
		c.Generated = false
	}
	if only || cmd.Subtype == pg.AlterTableType_AT_AddIdentity || cmd.Subtype == pg.AlterTableType_AT_DropIdentity {
		return // of identity, PostgreSQL before 17 does not tell the parts
	}
	for _, part := range l.parts(t) {
		if part.Column(cmd.Name) != nil {
			l.alterColumn(part, cmd, false)
		}
	}
}

func (l *loader) alteredColumn(t *Table, cmd *pg.AlterTableCmd) *Column {
	c := t.Column(cmd.Name)
	if c == nil && !cmd.MissingOk {
		l.warn(l.source.pos(l.start), codeUnknown, diag.DidYouMean(cmd.Name, columnNames(t)),
			"table %q has no column %q at this point", t.QualifiedName(), cmd.Name)
	}
	return c
}

func (l *loader) alterConstraint(t *Table, n *pg.ATAlterConstraint) {
	for _, fk := range t.ForeignKeys {
		if fk.Name == n.GetConname() && n.GetAlterDeferrability() {
			l.setDeferrable(fk, n.GetDeferrable())
		}
	}
}

func (l *loader) setDeferrable(fk *ForeignKey, on bool) {
	fk.Deferrable = on
	for copied, of := range l.foreignOf {
		if of == fk {
			l.setDeferrable(copied, on)
		}
	}
}

// dropColumn removes a column and what rests on it: keys, checks, and foreign
// keys of this table and of others.
func (l *loader) dropColumn(t *Table, name string) {
	facts := l.facts[t]
	l.took(&t.past, name, "")
	t.Columns = slices.DeleteFunc(t.Columns, func(c *Column) bool { return c.Name == name })
	for _, k := range t.indexes() {
		if slices.Contains(k.Columns, name) || slices.Contains(l.keys[k].depends, name) {
			l.dropKey(t, k)
		}
	}
	facts.checks = slices.DeleteFunc(facts.checks, func(c check) bool {
		gone := slices.Contains(c.columns, name)
		if gone {
			l.names.release(constraintNames, t.Schema, c.name)
		}
		return gone
	})
	l.dropForeignKeys(func(owner *Table, fk *ForeignKey) bool {
		return owner == t && slices.Contains(fk.Columns, name) ||
			fk.RefTable == t.QualifiedName() && slices.Contains(fk.RefColumns, name)
	})
}

// dropForeignKeys removes those for which gone reports true, of all tables.
func (l *loader) dropForeignKeys(gone func(owner *Table, fk *ForeignKey) bool) {
	for _, t := range l.catalog.Tables {
		t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(fk *ForeignKey) bool {
			if !gone(t, fk) {
				return false
			}
			l.names.release(constraintNames, t.Schema, fk.Name)
			return true
		})
	}
}
