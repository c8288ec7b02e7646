package schema

import pg "github.com/sqlc-dev/oliphant"

// flags notes the boolean columns that a top-level WHERE requires, and the columns
// that it fixes to a text.
func (a *analyzer) flags(where *pg.Node, s *scope) {
	for _, cond := range conjuncts(where) {
		flag := cond
		b := cond.GetBoolExpr()
		not := b.GetBoolop() == pg.BoolExprType_NOT_EXPR
		if not {
			flag = b.Args[0]
		}
		if c, ok := a.reference(flag, s); ok && c.table != "" {
			a.query.Flags = append(a.query.Flags, Flag{Table: c.table, Column: c.base, Not: not})
		}
	}
	for _, eq := range a.equalities(where, s) {
		if text, ok := constantText(eq.value); ok && eq.column.table != "" {
			a.query.Constants = append(a.query.Constants, Constant{Table: eq.column.table, Column: eq.column.base, Text: text})
		}
	}
}

// gives notes the constants among the values of an INSERT of one row.
func (a *analyzer) gives(lists []*pg.Node, columns []column) {
	if len(lists) != 1 {
		return
	}
	for i, value := range lists[0].GetList().GetItems() {
		if i >= len(columns) || columns[i].part {
			continue
		}
		text, ok := constantText(value)
		if null := isNull(value); ok || null {
			a.query.Gives = append(a.query.Gives, Constant{Table: columns[i].table, Column: columns[i].base, Text: text, Null: null})
		}
	}
}

// constantText returns the text of 'text' and 'text'::type.
func constantText(expr *pg.Node) (string, bool) {
	if cast := expr.GetTypeCast(); cast != nil {
		expr = cast.Arg
	}
	c := expr.GetAConst()
	if c == nil || c.GetSval() == nil {
		return "", false
	}
	return c.GetSval().GetSval(), true
}
