package schema

import pg "github.com/sqlc-dev/oliphant"

// inSubqueries notes the columns that a top-level WHERE compares with the one column
// of a subquery over tables.
func (a *analyzer) inSubqueries(where *pg.Node, s *scope) {
	for _, cond := range conjuncts(where) {
		a.inSubquery(cond, s)
	}
}

func (a *analyzer) inSubquery(cond *pg.Node, s *scope) {
	expr, sub := comparedSubquery(cond)
	if sub == nil || sub.GetOp() != pg.SetOperation_SETOP_NONE || sub.WithClause != nil || len(sub.TargetList) != 1 {
		return
	}
	c, ok := a.reference(expr, s)
	if !ok || c.table == "" {
		return
	}
	inner := newScope(env{outer: s, ctes: s.ctes})
	a.from(sub.FromClause, inner)
	ref, ok := a.reference(sub.TargetList[0].GetResTarget().GetVal(), inner)
	if !ok || ref.table == "" {
		return
	}
	w := InSubquery{Table: c.table, Column: c.base, RefTable: ref.table, RefColumn: ref.base}
	for _, eq := range a.equalities(sub.WhereClause, inner) {
		if p := bareParam(eq.value); p != nil && eq.column.item == ref.item {
			w.Equal = append(w.Equal, ColumnValue{Table: ref.table, Column: eq.column.base, Param: int(p.Number)})
		}
	}
	for _, part := range conjuncts(sub.WhereClause) {
		if c, p := a.unequal(part, inner); p != nil && c.item == ref.item {
			w.Unequal = append(w.Unequal, ColumnValue{Table: ref.table, Column: c.base, Param: int(p.Number)})
		}
	}
	a.query.InSubquery = append(a.query.InSubquery, w)
}

// comparedSubquery takes x = (SELECT …), (SELECT …) = x and x IN (SELECT …) apart.
func comparedSubquery(cond *pg.Node) (*pg.Node, *pg.SelectStmt) {
	if in := cond.GetSubLink(); in.GetSubLinkType() == pg.SubLinkType_ANY_SUBLINK {
		if _, name := splitName(texts(in.OperName)); name == "=" || name == "" {
			return in.Testexpr, in.Subselect.GetSelectStmt()
		}
		return nil, nil
	}
	e := cond.GetAExpr()
	if e.GetKind() != pg.A_Expr_Kind_AEXPR_OP {
		return nil, nil
	}
	if _, name := splitName(texts(e.Name)); name != "=" {
		return nil, nil
	}
	single := func(n *pg.Node) *pg.SelectStmt {
		if sub := n.GetSubLink(); sub.GetSubLinkType() == pg.SubLinkType_EXPR_SUBLINK {
			return sub.Subselect.GetSelectStmt()
		}
		return nil
	}
	if sub := single(e.Rexpr); sub != nil {
		return e.Lexpr, sub
	}
	return e.Rexpr, single(e.Lexpr)
}
