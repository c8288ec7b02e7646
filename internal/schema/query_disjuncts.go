package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// disjuncts notes what a top-level WHERE asks besides equalities that hold for every
// row: the conditions of an OR, each of which suffices, and comparisons that one
// value alone does not pass.
func (a *analyzer) disjuncts(where *pg.Node, s *scope) {
	parts := conjuncts(where)
	for i, part := range parts {
		if c, p := a.unequal(part, s); p != nil {
			a.query.Unequal = append(a.query.Unequal, ColumnValue{Table: c.table, Column: c.base, Param: int(p.Number)})
		}
		if b := part.GetBoolExpr(); b.GetBoolop() == pg.BoolExprType_OR_EXPR {
			others := slices.Delete(slices.Clone(parts), i, i+1)
			for _, disjunct := range b.Args {
				a.query.Disjuncts = append(a.query.Disjuncts, a.disjunct(append(slices.Clone(others), disjunct), s))
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

// disjunct is what conditions that must all hold say of the rows that they pass.
func (a *analyzer) disjunct(conditions []*pg.Node, s *scope) Disjunct {
	names := map[string]bool{}
	var disjunct Disjunct
	for _, cond := range conditions {
		for _, name := range columnsIn(cond) {
			names[name] = true
		}
		for _, eq := range a.equalities(cond, s) {
			if p := bareParam(eq.value); p != nil && eq.column.table != "" {
				disjunct.Equal = append(disjunct.Equal, ColumnValue{Table: eq.column.table, Column: eq.column.base, Param: int(p.Number)})
			}
		}
	}
	disjunct.ReferencedColumns = sortedNames(names)
	return disjunct
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
