package schema

import (
	"slices"
	"strconv"

	pg "github.com/sqlc-dev/oliphant"
)

// ConditionKind says how a condition chooses rows.
type ConditionKind int

// The kinds of conditions.
const (
	Unclear  ConditionKind = iota // not understood: it may pass or drop any row
	Among                         // the column is one of Values, or NULL where Null says so
	NotAmong                      // the column is none of them, and not NULL unless Null says so
	Compares                      // the column is compared with Values[0] in another way
	Joins                         // the column equals RefColumn of RefTable
)

// Condition is one of the conditions that a row must pass, all of them, for a
// statement to take it: those of the top-level WHERE and of inner joins, and what
// else may drop a row. Together they are complete: what is not understood is
// there as Unclear.
type Condition struct {
	Kind                ConditionKind
	Table, Column       string // of a base table; "" for Unclear
	Values              []Operand
	Null                bool // NULL passes
	RefTable, RefColumn string
	Columns             []string // that it mentions, by name

	total bool // it is never NULL itself
}

// Operand is a constant or a parameter.
type Operand struct {
	Param int    // n of $n; 0 for a constant
	Array bool   // $n is a list of values
	Text  string // of a constant; "true" and "false" for booleans
}

// Assignment is what SET gives a column.
type Assignment struct {
	Table, Column string
	Null          bool     // NULL
	Value         *Operand // a constant or a parameter; nil for an expression
}

// conditions notes everything that decides which rows a top-level statement takes.
func (a *analyzer) conditions(where *pg.Node, from []*pg.Node, s *scope) {
	add := func(c Condition) { a.query.Conditions = append(a.query.Conditions, c) }
	var source func(n *pg.Node)
	source = func(n *pg.Node) {
		switch n := n.GetNode().(type) {
		case *pg.Node_RangeVar:
			if n.RangeVar.Schemaname == "" && s.ctes.find(n.RangeVar.Relname) != nil {
				add(Condition{})
			}
		case *pg.Node_JoinExpr:
			j := n.JoinExpr
			switch {
			case j.Jointype == pg.JoinType_JOIN_LEFT:
				source(j.Larg) // every row of it stays
			case j.Jointype == pg.JoinType_JOIN_RIGHT:
				source(j.Rarg)
			case j.Jointype != pg.JoinType_JOIN_INNER || j.IsNatural || len(j.UsingClause) > 0 || j.Alias != nil:
				add(Condition{Columns: texts(j.UsingClause)})
			default:
				source(j.Larg)
				source(j.Rarg)
				for _, cond := range conjuncts(j.Quals) {
					a.condition(cond, s, add)
				}
			}
		default:
			add(Condition{})
		}
	}
	for _, n := range from {
		source(n)
	}
	if where != nil {
		for _, cond := range conjuncts(where) {
			a.condition(cond, s, add)
		}
	}
}

// condition notes one condition; rows in parentheses are one for each column.
func (a *analyzer) condition(cond *pg.Node, s *scope, add func(Condition)) {
	if cond == nil || cond.GetAConst().GetBoolval().GetBoolval() {
		return // CROSS JOIN, and WHERE true
	}
	if e := cond.GetAExpr(); e.GetKind() == pg.A_Expr_Kind_AEXPR_OP && operatorName(e) == "=" {
		if pairs := rowPairs(e.Lexpr, e.Rexpr); pairs != nil {
			for _, p := range pairs {
				a.condition(pg.MakeAExprNode(pg.A_Expr_Kind_AEXPR_OP, e.Name, p[0], p[1], e.Location), s, add)
			}
			return
		}
	}
	c, ok := a.choice(cond, s)
	if !ok {
		c = Condition{}
	}
	c.Columns = columnsIn(cond)
	add(c)
}

func operatorName(e *pg.A_Expr) string {
	_, name := splitName(texts(e.GetName()))
	return name
}

// choice takes a condition on one column apart.
func (a *analyzer) choice(cond *pg.Node, s *scope) (Condition, bool) {
	switch n := cond.GetNode().(type) {
	case *pg.Node_ColumnRef:
		return a.onColumn(cond, s, Condition{Kind: Among, Values: []Operand{{Text: "true"}}})
	case *pg.Node_BoolExpr:
		if n.BoolExpr.Boolop != pg.BoolExprType_NOT_EXPR {
			return Condition{}, false
		}
		c, ok := a.choice(n.BoolExpr.Args[0], s)
		return c.negated(), ok && c.Kind != Joins
	case *pg.Node_NullTest:
		c, ok := a.onColumn(n.NullTest.Arg, s, Condition{Kind: Among, Null: true, total: true})
		if n.NullTest.Nulltesttype == pg.NullTestType_IS_NOT_NULL {
			c = c.negated()
		}
		return c, ok && !n.NullTest.Argisrow
	case *pg.Node_BooleanTest:
		value := Operand{Text: "true"}
		if t := n.BooleanTest.Booltesttype; t == pg.BoolTestType_IS_FALSE || t == pg.BoolTestType_IS_NOT_FALSE {
			value.Text = "false"
		}
		c := Condition{Kind: Among, Values: []Operand{value}, total: true}
		switch n.BooleanTest.Booltesttype {
		case pg.BoolTestType_IS_TRUE, pg.BoolTestType_IS_FALSE:
		case pg.BoolTestType_IS_NOT_TRUE, pg.BoolTestType_IS_NOT_FALSE:
			c.Kind, c.Null = NotAmong, true
		case pg.BoolTestType_IS_UNKNOWN:
			c = Condition{Kind: Among, Null: true, total: true}
		default:
			c = Condition{Kind: NotAmong, total: true}
		}
		return a.onColumn(n.BooleanTest.Arg, s, c)
	case *pg.Node_AExpr:
		return a.comparison(n.AExpr, s)
	case *pg.Node_CoalesceExpr:
		// coalesce(c, false) as a condition
		return a.onColumn(cond, s, Condition{Kind: Among, Values: []Operand{{Text: "true"}}})
	default:
		return Condition{}, false
	}
}

// negated is NOT (c). NULL passes neither = nor its negation.
func (c Condition) negated() Condition {
	switch c.Kind {
	case Among:
		c.Kind = NotAmong
	case NotAmong:
		c.Kind = Among
	default:
		return c
	}
	c.Null = c.total && !c.Null
	return c
}

func (a *analyzer) comparison(e *pg.A_Expr, s *scope) (Condition, bool) {
	name := operatorName(e)
	switch e.Kind {
	case pg.A_Expr_Kind_AEXPR_OP:
		return a.compared(e, name, s)
	case pg.A_Expr_Kind_AEXPR_DISTINCT, pg.A_Expr_Kind_AEXPR_NOT_DISTINCT:
		value, ok := operand(e.Rexpr)
		c := Condition{Kind: NotAmong, Values: []Operand{value}, Null: true, total: true}
		if e.Kind == pg.A_Expr_Kind_AEXPR_NOT_DISTINCT {
			c.Kind, c.Null = Among, false
		}
		if !ok {
			return Condition{}, false
		}
		return a.onColumn(e.Lexpr, s, c)
	case pg.A_Expr_Kind_AEXPR_IN:
		c := Condition{Kind: Among}
		if name == "<>" {
			c.Kind = NotAmong
		}
		for _, item := range e.Rexpr.GetList().GetItems() {
			value, ok := operand(item)
			if !ok {
				return Condition{}, false
			}
			c.Values = append(c.Values, value)
		}
		return a.onColumn(e.Lexpr, s, c)
	case pg.A_Expr_Kind_AEXPR_OP_ANY, pg.A_Expr_Kind_AEXPR_OP_ALL:
		value, ok := operand(e.Rexpr)
		value.Array = true
		isAny := e.Kind == pg.A_Expr_Kind_AEXPR_OP_ANY
		c := Condition{Kind: Among, Values: []Operand{value}}
		if !isAny {
			c.Kind = NotAmong
		}
		if !ok || value.Param == 0 || isAny != (name == "=") || !isAny && name != "<>" {
			return Condition{}, false
		}
		return a.onColumn(e.Lexpr, s, c)
	case pg.A_Expr_Kind_AEXPR_LIKE, pg.A_Expr_Kind_AEXPR_ILIKE:
		value, ok := operand(e.Rexpr)
		if !ok {
			return Condition{}, false
		}
		return a.onColumn(e.Lexpr, s, Condition{Kind: Compares, Values: []Operand{value}})
	default:
		return Condition{}, false
	}
}

// compared is column = value, and the other operators, from either side.
func (a *analyzer) compared(e *pg.A_Expr, name string, s *scope) (Condition, bool) {
	if l, isLeft := a.reference(e.Lexpr, s); isLeft {
		if r, isRight := a.reference(e.Rexpr, s); isRight {
			joins := name == "=" && l.table != "" && r.table != "" && l.item != nil && r.item != nil && l.item != r.item
			return Condition{Kind: Joins, Table: l.table, Column: l.base, RefTable: r.table, RefColumn: r.base}, joins
		}
	}
	for _, sides := range [][2]*pg.Node{{e.Lexpr, e.Rexpr}, {e.Rexpr, e.Lexpr}} {
		value, ok := operand(sides[1])
		if !ok {
			continue
		}
		c := Condition{Values: []Operand{value}}
		switch name {
		case "=":
			c.Kind = Among
		case "<>", "!=":
			c.Kind = NotAmong
		default:
			c.Kind = Compares
		}
		if c, ok := a.onColumn(sides[0], s, c); ok {
			return c, true
		}
	}
	return Condition{}, false
}

// onColumn applies a choice to a column, or to coalesce(column, constant).
func (a *analyzer) onColumn(expr *pg.Node, s *scope, c Condition) (Condition, bool) {
	var instead *Operand
	if x := expr.GetCoalesceExpr(); x != nil && len(x.Args) == 2 {
		value, ok := operand(x.Args[1])
		if !ok || value.Param > 0 {
			return Condition{}, false
		}
		expr, instead = x.Args[0], &value
	}
	col, ok := a.reference(expr, s)
	if !ok || col.table == "" || col.item == nil || col.item.outer {
		return Condition{}, false
	}
	c.Table, c.Column = col.table, col.base
	if instead == nil {
		return c, true
	}
	for _, v := range c.Values {
		if v.Param > 0 {
			return Condition{}, false // it is not known whether that is what NULL becomes
		}
	}
	in := slices.ContainsFunc(c.Values, func(v Operand) bool { return v.Text == instead.Text })
	c.total = true
	switch c.Kind {
	case Among:
		c.Null = in
	case NotAmong:
		c.Null = !in
	default:
		return Condition{}, false
	}
	return c, true
}

// operand is a parameter or a constant that is not NULL.
func operand(expr *pg.Node) (Operand, bool) {
	if p := bareParam(expr); p != nil {
		return Operand{Param: int(p.Number)}, true
	}
	isBool := false
	if cast := expr.GetTypeCast(); cast != nil {
		isBool = typeOf(cast.TypeName).name == "bool"
		expr = cast.Arg
	}
	c := expr.GetAConst()
	switch v := c.GetVal().(type) {
	case *pg.A_Const_Sval:
		text := v.Sval.GetSval()
		if isBool {
			text = map[string]string{"t": "true", "f": "false"}[text[:min(len(text), 1)]]
		}
		return Operand{Text: text}, true
	case *pg.A_Const_Ival:
		return Operand{Text: strconv.Itoa(int(v.Ival.GetIval()))}, !c.Isnull
	case *pg.A_Const_Boolval:
		return Operand{Text: strconv.FormatBool(v.Boolval.GetBoolval())}, true
	default:
		return Operand{}, false
	}
}

// limits notes what beside its conditions may keep a SELECT from answering with
// a row of its FROM, or make it answer with something else.
func (a *analyzer) limits(n *pg.SelectStmt) {
	one := n.LimitCount == nil
	if value, ok := operand(n.LimitCount); n.LimitCount != nil && ok && value.Param == 0 && value.Text != "0" {
		one = true
	}
	if !one || n.LimitOffset != nil || len(n.GroupClause) > 0 || n.HavingClause != nil || len(n.DistinctClause) > 0 ||
		len(n.ValuesLists) > 0 || len(n.FromClause) == 0 || aggregates(n.TargetList) {
		a.query.Conditions = append(a.query.Conditions, Condition{})
	}
}

// aggregates reports count(*) and the like, which answer with a row in any case.
func aggregates(list []*pg.Node) bool {
	found := false
	walk(list, func(node any) bool {
		switch n := node.(type) {
		case *pg.SelectStmt:
			return false
		case *pg.FuncCall:
			_, name := splitName(texts(n.Funcname))
			found = found || n.AggStar || slices.Contains([]string{"count", "max", "min", "sum", "avg", "bool_or", "bool_and", "every", "array_agg", "string_agg", "json_agg", "jsonb_agg"}, name) && n.Over == nil
		}
		return !found
	})
	return found
}

// assigns notes what SET gives each column.
func (a *analyzer) assigns(list []*pg.Node, target *fromItem) {
	for _, n := range list {
		t := n.GetResTarget()
		x := Assignment{Table: target.table, Column: t.GetName()}
		expr := t.GetVal()
		if multi := expr.GetMultiAssignRef(); multi != nil {
			expr = nil
			if row := multi.GetSource().GetRowExpr(); row != nil && int(multi.Colno) >= 1 && int(multi.Colno) <= len(row.Args) {
				expr = row.Args[multi.Colno-1]
			}
		}
		if len(t.GetIndirection()) > 0 {
			expr = nil
		}
		x.Null = expr != nil && (isNull(expr) || expr.GetSetToDefault() != nil)
		if value, ok := operand(expr); ok && expr != nil {
			x.Value = &value
		}
		a.query.Assigns = append(a.query.Assigns, x)
	}
}
