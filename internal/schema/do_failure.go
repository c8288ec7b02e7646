package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// fails reports whether PostgreSQL would refuse a statement because something is
// there already, or is not there: the cases that blocks with EXCEPTION are for.
func (l *loader) fails(stmt *pg.Node) bool {
	switch n := stmt.GetNode().(type) {
	case *pg.Node_CreateStmt:
		return !n.CreateStmt.IfNotExists && l.exists(n.CreateStmt.Relation)
	case *pg.Node_ViewStmt:
		return !n.ViewStmt.Replace && l.exists(n.ViewStmt.View)
	case *pg.Node_CreateSeqStmt:
		return !n.CreateSeqStmt.IfNotExists && l.exists(n.CreateSeqStmt.Sequence)
	case *pg.Node_CreateEnumStmt:
		return l.hasType(joinName(n.CreateEnumStmt.TypeName))
	case *pg.Node_CreateDomainStmt:
		return l.hasType(joinName(n.CreateDomainStmt.Domainname))
	case *pg.Node_CompositeTypeStmt:
		return l.hasType(relationName(n.CompositeTypeStmt.Typevar))
	case *pg.Node_AlterEnumStmt:
		e := l.catalog.Enum(joinName(n.AlterEnumStmt.TypeName))
		return e == nil || n.AlterEnumStmt.OldVal == "" && !n.AlterEnumStmt.SkipIfNewValExists && slices.Contains(e.Values, n.AlterEnumStmt.NewVal)
	case *pg.Node_IndexStmt:
		rel := n.IndexStmt.Relation
		return !l.exists(rel) || !n.IndexStmt.IfNotExists && n.IndexStmt.Idxname != "" && l.relation(rel.GetSchemaname(), n.IndexStmt.Idxname)
	case *pg.Node_CreateTrigStmt:
		t := l.table(n.CreateTrigStmt.GetRelation().GetSchemaname(), n.CreateTrigStmt.GetRelation().GetRelname())
		return !l.exists(n.CreateTrigStmt.Relation) || t != nil && !n.CreateTrigStmt.Replace &&
			slices.ContainsFunc(t.Triggers, func(x *Trigger) bool { return x.Name == n.CreateTrigStmt.Trigname })
	case *pg.Node_AlterTableStmt:
		return l.alterFails(n.AlterTableStmt)
	case *pg.Node_RenameStmt:
		return l.renameFails(n.RenameStmt)
	case *pg.Node_DropStmt:
		return l.dropFails(n.DropStmt)
	default:
		return false
	}
}

// exists reports whether a relation is there.
func (l *loader) exists(rel *pg.RangeVar) bool {
	return l.table(rel.GetSchemaname(), rel.GetRelname()) != nil || l.others[qualify(rel.GetSchemaname(), rel.GetRelname())]
}

// hasType reports whether a type of exactly that name is there.
func (l *loader) hasType(name string) bool {
	return l.catalog.Enum(name) != nil || l.domains[name] != nil || l.types[name]
}

func (l *loader) alterFails(n *pg.AlterTableStmt) bool {
	t := l.table(n.GetRelation().GetSchemaname(), n.GetRelation().GetRelname())
	if t == nil {
		return !n.MissingOk && !l.exists(n.GetRelation())
	}
	return slices.ContainsFunc(n.Cmds, func(node *pg.Node) bool {
		cmd := node.GetAlterTableCmd()
		switch cmd.GetSubtype() {
		case pg.AlterTableType_AT_AddColumn:
			return !cmd.MissingOk && t.Column(cmd.GetDef().GetColumnDef().GetColname()) != nil
		case pg.AlterTableType_AT_DropColumn:
			return !cmd.MissingOk && t.Column(cmd.Name) == nil
		case pg.AlterTableType_AT_SetNotNull, pg.AlterTableType_AT_DropNotNull, pg.AlterTableType_AT_ColumnDefault, pg.AlterTableType_AT_AlterColumnType:
			return t.Column(cmd.Name) == nil
		case pg.AlterTableType_AT_DropConstraint:
			return !cmd.MissingOk && !l.hasConstraint(t, cmd.Name)
		case pg.AlterTableType_AT_AddConstraint:
			c := cmd.GetDef().GetConstraint()
			primary := c.GetContype() == pg.ConstrType_CONSTR_PRIMARY && t.PrimaryKey != nil
			lost := c.GetContype() == pg.ConstrType_CONSTR_FOREIGN && !l.exists(c.GetPktable())
			return primary || lost || c.GetConname() != "" && l.hasConstraint(t, c.GetConname())
		default:
			return false
		}
	})
}

func (l *loader) renameFails(n *pg.RenameStmt) bool {
	switch n.RenameType {
	case pg.ObjectType_OBJECT_TABLE:
		return !n.MissingOk && !l.exists(n.GetRelation()) || l.table(n.GetRelation().GetSchemaname(), n.Newname) != nil
	case pg.ObjectType_OBJECT_COLUMN, pg.ObjectType_OBJECT_TABCONSTRAINT:
		t := l.table(n.GetRelation().GetSchemaname(), n.GetRelation().GetRelname())
		switch {
		case t == nil:
			return !n.MissingOk && !l.exists(n.GetRelation())
		case n.RenameType == pg.ObjectType_OBJECT_COLUMN:
			return t.Column(n.Subname) == nil || t.Column(n.Newname) != nil
		default:
			return !l.hasConstraint(t, n.Subname) || l.hasConstraint(t, n.Newname)
		}
	case pg.ObjectType_OBJECT_TYPE:
		return !l.hasType(joinName(n.GetObject().GetList().GetItems()))
	default:
		return false
	}
}

func (l *loader) dropFails(n *pg.DropStmt) bool {
	if n.MissingOk {
		return false
	}
	return slices.ContainsFunc(n.Objects, func(object *pg.Node) bool {
		parts := texts(object.GetList().GetItems())
		schema, name := splitName(parts)
		switch n.RemoveType {
		case pg.ObjectType_OBJECT_TABLE:
			return l.table(schema, name) == nil
		case pg.ObjectType_OBJECT_INDEX:
			_, key := l.findKey(schema, name)
			return key == nil
		case pg.ObjectType_OBJECT_TYPE, pg.ObjectType_OBJECT_DOMAIN:
			return !l.hasType(joinName(object.GetTypeName().GetNames()))
		case pg.ObjectType_OBJECT_TRIGGER:
			if len(parts) < 2 {
				return false
			}
			schema, table := splitName(parts[:len(parts)-1])
			t := l.table(schema, table)
			return t == nil || !slices.ContainsFunc(t.Triggers, func(x *Trigger) bool { return x.Name == name })
		default:
			return false
		}
	})
}
