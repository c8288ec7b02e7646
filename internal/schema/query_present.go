package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// presentColumn is a column that is not NULL in any row of the answer, though its
// table lets it be.
type presentColumn struct {
	item   *fromItem
	column string
	joined bool // by the condition of a join: not where the item is on the outer side of another
}

// presentIn notes the columns that a condition passes only when they are not NULL:
// by IS NOT NULL, as a boolean, or as an operand of a comparison, since all of
// these give NULL for NULL (PostgreSQL manual, section 9.2).
func (a *analyzer) presentIn(cond *pg.Node, s *scope, joined bool, holds func(column) bool) {
	for _, part := range conjuncts(cond) {
		for _, operand := range strictOperands(part) {
			if c, ok := a.reference(operand, s); ok && c.item != nil && c.table != "" && holds(c) {
				a.present = append(a.present, presentColumn{c.item, c.base, joined})
			}
		}
	}
}

// strictOperands are the expressions that are not NULL when a condition is true.
func strictOperands(cond *pg.Node) []*pg.Node {
	if t := cond.GetNullTest(); t != nil {
		if t.Nulltesttype == pg.NullTestType_IS_NOT_NULL {
			return []*pg.Node{t.Arg}
		}
		return nil
	}
	if b := cond.GetBoolExpr(); b.GetBoolop() == pg.BoolExprType_NOT_EXPR {
		if len(b.Args) == 1 && b.Args[0].GetColumnRef() != nil {
			return b.Args
		}
		return nil
	}
	if cond.GetColumnRef() != nil {
		return []*pg.Node{cond}
	}
	e := cond.GetAExpr()
	schema, operator := splitName(texts(e.GetName()))
	if e == nil || schema != "" && schema != "pg_catalog" || !slices.Contains([]string{"=", "<>", "<", ">", "<=", ">=", "~~", "!~~", "~~*", "!~~*"}, operator) {
		return nil
	}
	switch e.Kind {
	case pg.A_Expr_Kind_AEXPR_OP, pg.A_Expr_Kind_AEXPR_LIKE, pg.A_Expr_Kind_AEXPR_ILIKE:
		return []*pg.Node{e.Lexpr, e.Rexpr}
	case pg.A_Expr_Kind_AEXPR_IN:
		return []*pg.Node{e.Lexpr}
	case pg.A_Expr_Kind_AEXPR_OP_ANY:
		return []*pg.Node{e.Lexpr}
	default:
		return nil
	}
}

// isPresent reports whether a column of the answer is not NULL by a condition.
func (a *analyzer) isPresent(c column) bool {
	return c.item != nil && slices.ContainsFunc(a.present, func(p presentColumn) bool {
		return p.item == c.item && p.column == c.base && !(p.joined && c.item.outer)
	})
}
