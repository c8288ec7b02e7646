package schema

import pg "github.com/sqlc-dev/oliphant"

// allowed are the values that a condition on one column allows: the constants of
// column IN (…), as it is written and as pg_dump writes it, column = ANY
// (ARRAY[…]); nil for any other condition.
func allowed(expr *pg.Node) []string {
	e := expr.GetAExpr()
	if asText(e.GetLexpr()).GetColumnRef() == nil {
		return nil
	}
	if _, operator := splitName(texts(e.Name)); operator != "=" {
		return nil
	}
	return allowedTexts(e)
}

// allowedTexts are the constants that a comparison by = allows, nil where it
// compares with something else, too.
func allowedTexts(e *pg.A_Expr) []string {
	var items []*pg.Node
	switch e.Kind {
	case pg.A_Expr_Kind_AEXPR_IN:
		items = e.Rexpr.GetList().GetItems()
	case pg.A_Expr_Kind_AEXPR_OP_ANY:
		array := e.Rexpr
		if cast := array.GetTypeCast(); cast != nil {
			array = cast.Arg
		}
		items = array.GetAArrayExpr().GetElements()
	case pg.A_Expr_Kind_AEXPR_OP: // of one value
		items = []*pg.Node{e.Rexpr}
	}
	var values []string
	for _, item := range items {
		for item.GetTypeCast() != nil {
			item = item.GetTypeCast().Arg
		}
		s, ok := item.GetAConst().GetVal().(*pg.A_Const_Sval)
		if !ok {
			return nil
		}
		values = append(values, s.Sval.GetSval())
	}
	return values
}

// asText takes the cast to text off that pg_dump writes around a varchar.
func asText(expr *pg.Node) *pg.Node {
	cast := expr.GetTypeCast()
	if cast == nil {
		return expr
	}
	if _, name := splitName(texts(cast.GetTypeName().GetNames())); name != "text" {
		return expr
	}
	return cast.Arg
}
