package schema

import pg "github.com/sqlc-dev/oliphant"

// allowed is what a condition on one column allows: the constants of column IN
// (…), as it is written and as pg_dump writes it, column = ANY (ARRAY[…]), or the
// pattern of column ~ '…'; nil for any other condition.
func allowed(expr *pg.Node) *Allowed {
	e := expr.GetAExpr()
	if asText(e.GetLexpr()).GetColumnRef() == nil {
		return nil
	}
	switch _, operator := splitName(texts(e.Name)); operator {
	case "=":
		if values := allowedTexts(e); len(values) > 0 {
			return &Allowed{Values: values}
		}
	case "~":
		if pattern, ok := constantText(e.Rexpr); ok && pattern != "" && e.Kind == pg.A_Expr_Kind_AEXPR_OP {
			return &Allowed{Pattern: pattern}
		}
	}
	return nil
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
