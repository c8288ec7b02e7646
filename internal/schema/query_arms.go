package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// arms notes what a top-level WHERE asks besides equalities that hold for every
// row: the conditions of an OR, each of which suffices, and comparisons that one
// value alone does not pass.
func (a *analyzer) arms(where *pg.Node, s *scope) {
	parts := conjuncts(where)
	for i, part := range parts {
		if c, p := a.unequal(part, s); p != nil {
			a.query.Unequal = append(a.query.Unequal, ColumnValue{Table: c.table, Column: c.base, Param: int(p.Number)})
		}
		if b := part.GetBoolExpr(); b.GetBoolop() == pg.BoolExprType_OR_EXPR {
			others := slices.Delete(slices.Clone(parts), i, i+1)
			for _, arm := range b.Args {
				a.query.Arms = append(a.query.Arms, a.arm(append(slices.Clone(others), arm), s))
			}
		}
	}
}

// conjuncts are the conditions that a condition ANDs.
func conjuncts(cond *pg.Node) []*pg.Node {
	b := cond.GetBoolExpr()
	if b.GetBoolop() != pg.BoolExprType_AND_EXPR {
		return []*pg.Node{cond}
	}
	var out []*pg.Node
	for _, arg := range b.Args {
		out = append(out, conjuncts(arg)...)
	}
	return out
}

// arm is what conditions that must all hold say of the rows that they pass.
func (a *analyzer) arm(conditions []*pg.Node, s *scope) Arm {
	names := map[string]bool{}
	var arm Arm
	for _, cond := range conditions {
		for _, name := range columnsIn(cond) {
			names[name] = true
		}
		for _, eq := range a.equalities(cond, s) {
			if p := bareParam(eq.value); p != nil && eq.column.table != "" {
				arm.Equal = append(arm.Equal, ColumnValue{Table: eq.column.table, Column: eq.column.base, Param: int(p.Number)})
			}
		}
	}
	arm.Mentions = sortedNames(names)
	return arm
}

// unequal takes column <> $n apart, and the other comparisons that most values
// pass; the parameter is nil for any other condition.
func (a *analyzer) unequal(cond *pg.Node, s *scope) (column, *pg.ParamRef) {
	e, passes := cond.GetAExpr(), []string{"<>", "<", ">", "<=", ">="}
	if b := cond.GetBoolExpr(); b.GetBoolop() == pg.BoolExprType_NOT_EXPR && len(b.Args) == 1 {
		e, passes = b.Args[0].GetAExpr(), []string{"=", "<", ">", "<=", ">="}
	}
	_, operator := splitName(texts(e.GetName()))
	distinct := e.GetKind() == pg.A_Expr_Kind_AEXPR_DISTINCT && cond.GetAExpr() != nil
	if !distinct && (e.GetKind() != pg.A_Expr_Kind_AEXPR_OP || !slices.Contains(passes, operator)) {
		return column{}, nil
	}
	for _, sides := range [][2]*pg.Node{{e.Lexpr, e.Rexpr}, {e.Rexpr, e.Lexpr}} {
		if c, ok := a.reference(sides[0], s); ok && c.table != "" {
			if p := bareParam(sides[1]); p != nil {
				return c, p
			}
		}
	}
	return column{}, nil
}
