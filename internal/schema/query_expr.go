package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// expr analyses an expression in any place: its parameters, its comparisons,
// and the subqueries in it.
func (a *analyzer) expr(expr any, s *scope) {
	walk(expr, func(node any) bool {
		switch n := node.(type) {
		case *pg.SelectStmt:
			a.selectStmt(n, env{outer: s, ctes: s.ctes}, false)
			return false
		case *pg.SubLink:
			a.subLink(n, s)
			return false
		case *pg.ColumnRef:
			a.named(n, s)
			return false
		case *pg.ParamRef:
			a.use(n.Number).loose = true
			return false
		case *pg.TypeCast:
			if p := n.Arg.GetParamRef(); p != nil {
				a.cast(p, n.GetTypeName())
				return false
			}
		case *pg.FuncCall:
			a.trace.call(n.Funcname)
			if p := unnested(n); p != nil {
				a.use(p.Number).Array = true
			}
		case *pg.A_Expr:
			a.trace.operator(n.Name)
			return !a.compare(n, s)
		}
		return true
	})
}

// subLink analyses a subquery in an expression. The left side of IN and ANY is
// compared with its only column.
func (a *analyzer) subLink(n *pg.SubLink, s *scope) {
	rel := a.nested(n.Subselect, env{outer: s, ctes: s.ctes})
	if n.Testexpr == nil {
		return
	}
	if len(rel.columns) == 1 {
		a.bind(n.Testexpr, s, rel.columns[0], false)
		return
	}
	a.expr(n.Testexpr, s)
}

// unnested returns n of unnest($n) and unnest($n::type[]).
func unnested(f *pg.FuncCall) *pg.ParamRef {
	_, name := splitName(texts(f.Funcname))
	if name != "unnest" || len(f.Args) != 1 {
		return nil
	}
	return bareParam(f.Args[0])
}

// bareParam returns n of $n and $n::type.
func bareParam(expr *pg.Node) *pg.ParamRef {
	if p := expr.GetParamRef(); p != nil {
		return p
	}
	return expr.GetTypeCast().GetArg().GetParamRef()
}

// compare analyses a comparison with a column. It reports false for any other
// expression, of which nothing was analysed then.
func (a *analyzer) compare(n *pg.A_Expr, s *scope) bool {
	switch n.Kind {
	case pg.A_Expr_Kind_AEXPR_OP:
		a.equate(n, s)
		return comparison(n.Name) && n.Lexpr != nil && a.compareSides(n.Lexpr, n.Rexpr, s)
	case pg.A_Expr_Kind_AEXPR_DISTINCT, pg.A_Expr_Kind_AEXPR_NOT_DISTINCT, pg.A_Expr_Kind_AEXPR_NULLIF,
		pg.A_Expr_Kind_AEXPR_LIKE, pg.A_Expr_Kind_AEXPR_ILIKE:
		return a.compareSides(n.Lexpr, n.Rexpr, s)
	case pg.A_Expr_Kind_AEXPR_IN, pg.A_Expr_Kind_AEXPR_BETWEEN, pg.A_Expr_Kind_AEXPR_NOT_BETWEEN,
		pg.A_Expr_Kind_AEXPR_BETWEEN_SYM, pg.A_Expr_Kind_AEXPR_NOT_BETWEEN_SYM:
		return a.compareList(n.Lexpr, n.Rexpr.GetList().GetItems(), s)
	case pg.A_Expr_Kind_AEXPR_OP_ANY, pg.A_Expr_Kind_AEXPR_OP_ALL:
		return comparison(n.Name) && a.compareArray(n.Lexpr, n.Rexpr, s)
	default:
		return false
	}
}

// comparison reports the operators whose two sides have one type.
func comparison(operator []*pg.Node) bool {
	_, name := splitName(texts(operator))
	return slices.Contains([]string{"=", "<>", "<", ">", "<=", ">=", "~~", "!~~", "~~*", "!~~*"}, name)
}

func (a *analyzer) compareSides(left, right *pg.Node, s *scope) bool {
	if pairs := rowPairs(left, right); pairs != nil {
		for _, p := range pairs {
			if !a.compareSides(p[0], p[1], s) {
				a.expr(p[0], s)
				a.expr(p[1], s)
			}
		}
		return true
	}
	l, isLeft := a.reference(left, s)
	r, isRight := a.reference(right, s)
	for _, side := range []*pg.Node{left, right} {
		if ref := side.GetColumnRef(); ref != nil {
			a.named(ref, s)
		}
	}
	switch {
	case isLeft && isRight:
		a.sourceFact(l, r, false)
		a.sourceFact(r, l, false)
	case isLeft:
		a.bind(right, s, l, false)
	case isRight:
		a.bind(left, s, r, false)
	default:
		return false
	}
	return true
}

// equate notes a comparison by = of columns of two tables.
func (a *analyzer) equate(n *pg.A_Expr, s *scope) {
	if _, name := splitName(texts(n.Name)); name != "=" || n.Lexpr == nil {
		return
	}
	pairs := rowPairs(n.Lexpr, n.Rexpr)
	if pairs == nil {
		pairs = [][2]*pg.Node{{n.Lexpr, n.Rexpr}}
	}
	for _, p := range pairs {
		l, isLeft := a.reference(p[0], s)
		r, isRight := a.reference(p[1], s)
		if isLeft && isRight && l.table != "" && r.table != "" && l.table != r.table {
			a.query.Joins = append(a.query.Joins, Join{l.table, l.base, r.table, r.base})
		}
	}
}

// rowPairs takes (a, b) = ($1, $2) apart; nil for anything else.
func rowPairs(left, right *pg.Node) [][2]*pg.Node {
	l, r := left.GetRowExpr(), right.GetRowExpr()
	if l == nil || r == nil || len(l.Args) != len(r.Args) {
		return nil
	}
	pairs := make([][2]*pg.Node, len(l.Args))
	for i := range l.Args {
		pairs[i] = [2]*pg.Node{l.Args[i], r.Args[i]}
	}
	return pairs
}

func (a *analyzer) compareList(left *pg.Node, items []*pg.Node, s *scope) bool {
	for _, item := range items {
		if !a.compareSides(left, item, s) {
			a.expr(item, s)
		}
	}
	if _, ok := a.reference(left, s); !ok && left.GetRowExpr() == nil {
		a.expr(left, s)
	}
	return true
}

// compareArray analyses column = ANY($n::type[]).
func (a *analyzer) compareArray(left, right *pg.Node, s *scope) bool {
	c, ok := a.reference(left, s)
	p := bareParam(right)
	if !ok || p == nil {
		return false
	}
	a.named(left.GetColumnRef(), s)
	u := a.use(p.Number)
	if t := right.GetTypeCast(); t != nil {
		a.cast(p, t.GetTypeName())
	} else {
		u.classes[a.classOf(c)+"[]"] = true
	}
	u = a.use(p.Number)
	u.Array = true
	u.fact(c, false)
	return true
}

// reference resolves an expression that is nothing but a column.
func (a *analyzer) reference(expr *pg.Node, s *scope) (column, bool) {
	ref := expr.GetColumnRef()
	if ref == nil {
		return column{}, false
	}
	return s.resolve(ref), true
}

// origin is where the value of an expression comes from, as a column without a
// name; the zero column where nothing is known.
func (a *analyzer) origin(expr *pg.Node, s *scope) column {
	switch n := expr.GetNode().(type) {
	case *pg.Node_ColumnRef:
		return s.resolve(n.ColumnRef)
	case *pg.Node_ParamRef:
		return column{param: int(n.ParamRef.Number)}
	case *pg.Node_TypeCast:
		if p := n.TypeCast.Arg.GetParamRef(); p != nil {
			return column{param: int(p.Number)}
		}
		inner := a.origin(n.TypeCast.Arg, s)
		return column{element: inner.element, mayBeNull: inner.nullable()}
	case *pg.Node_FuncCall:
		if p := unnested(n.FuncCall); p != nil {
			return column{element: int(p.Number)}
		}
	}
	return column{}
}

// equality is one `column = value` of a WHERE, all of which must hold.
type equality struct {
	column column
	value  *pg.Node
}

// equalities returns the comparisons with = that are ANDed at the top of a
// condition, each from the side of every column in it.
func (a *analyzer) equalities(where *pg.Node, s *scope) []equality {
	var out []equality
	for _, cond := range conjuncts(where) {
		out = append(out, a.equality(cond, s)...)
	}
	return out
}

// equality returns one comparison with =, once for each column in it.
func (a *analyzer) equality(cond *pg.Node, s *scope) []equality {
	e := cond.GetAExpr()
	if e.GetKind() != pg.A_Expr_Kind_AEXPR_OP || e.Lexpr == nil {
		return nil
	}
	if _, name := splitName(texts(e.Name)); name != "=" {
		return nil
	}
	pairs := rowPairs(e.Lexpr, e.Rexpr)
	if pairs == nil {
		pairs = [][2]*pg.Node{{e.Lexpr, e.Rexpr}}
	}
	var out []equality
	for _, p := range pairs {
		if c, ok := a.reference(p[0], s); ok {
			out = append(out, equality{c, p[1]})
		}
		if c, ok := a.reference(p[1], s); ok {
			out = append(out, equality{c, p[0]})
		}
	}
	return out
}

// fix notes the columns of base tables that a top-level WHERE fixes. fixed says
// of each whether that still holds in the answer, and whether the statement
// writes the row.
func (a *analyzer) fix(where *pg.Node, s *scope, fixed func(c column) (ok, written bool)) {
	a.flags(where, s)
	a.presentIn(where, s, false, func(c column) bool { ok, _ := fixed(c); return ok })
	for _, eq := range a.equalities(where, s) {
		p := bareParam(eq.value)
		if p == nil || eq.column.item == nil || eq.column.item.table == "" || eq.column.table == "" {
			continue
		}
		a.query.Equal = append(a.query.Equal, ColumnValue{Table: eq.column.table, Column: eq.column.base, Param: int(p.Number)})
		if ok, written := fixed(eq.column); ok {
			a.fixed = append(a.fixed, fixedColumn{item: eq.column.item, column: eq.column.base, param: int(p.Number), written: written})
		}
	}
}
