package schema

import (
	"maps"
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// referencedColumns are the names of the columns that the conditions of a statement
// mention, at any depth. They are names alone: whose column one is does not
// matter to a reader who asks what a condition cannot be about.
func referencedColumns(stmt *pg.Node) []string {
	names := map[string]bool{}
	condition := func(expr *pg.Node) {
		for _, name := range columnsIn(expr) {
			names[name] = true
		}
	}
	walk(stmt, func(node any) bool {
		switch n := node.(type) {
		case *pg.SelectStmt:
			condition(n.WhereClause)
			condition(n.HavingClause)
		case *pg.UpdateStmt:
			condition(n.WhereClause)
		case *pg.DeleteStmt:
			condition(n.WhereClause)
		case *pg.MergeStmt:
			condition(n.JoinCondition)
		case *pg.JoinExpr:
			condition(n.Quals)
			for _, name := range texts(n.UsingClause) {
				names[name] = true
			}
		}
		return true
	})
	return sortedNames(names)
}

// matched are the parameters that a condition at any depth compares with a column
// by =, and not below a NOT.
func matched(stmt *pg.Node) []int {
	found := map[int]bool{}
	walk(stmt, func(node any) bool {
		switch n := node.(type) {
		case *pg.BoolExpr:
			return n.Boolop != pg.BoolExprType_NOT_EXPR
		case *pg.A_Expr:
			if _, operator := splitName(texts(n.Name)); operator != "=" {
				return true
			}
			pairs := rowPairs(n.Lexpr, n.Rexpr)
			if pairs == nil {
				pairs = [][2]*pg.Node{{n.Lexpr, n.Rexpr}}
			}
			for _, sides := range pairs {
				for i, side := range sides {
					if p := bareParam(side); p != nil && sides[1-i].GetColumnRef() != nil {
						found[int(p.Number)] = true
					}
				}
			}
		}
		return true
	})
	return slices.Sorted(maps.Keys(found))
}

// conflictColumns are the columns of the key that ON CONFLICT names, by its
// columns or as a constraint.
func (a *analyzer) conflictColumns(n *pg.InferClause, target *fromItem) []string {
	if n == nil {
		return nil
	}
	if n.Conname == "" {
		var columns []string
		for _, elem := range n.IndexElems {
			columns = append(columns, elem.GetIndexElem().GetName())
		}
		return columns
	}
	if t := a.catalog.Table(target.table); t != nil {
		for _, k := range t.indexes() {
			if k.Name == n.Conname {
				return slices.Clone(k.Columns)
			}
		}
	}
	return []string{""}
}
