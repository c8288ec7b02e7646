package schema

import (
	"slices"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

// firing is a trigger that fires: what its function can ask about.
type firing struct {
	trigger *Trigger
	table   string // "" where it may be one of several
	event   Events
}

// outcome is what BEFORE … FOR EACH ROW triggers make of a row.
type outcome struct {
	columns map[string]bool // of NEW, that may get another value
	all     bool            // any column may
	skips   bool            // the row may be left out
}

func (o *outcome) set(target string) {
	name, field, ok := strings.Cut(target, ".")
	switch {
	case name != "new":
	case !ok || field == "":
		o.all = true
	default:
		field, _, _ = strings.Cut(field, "[")
		field, _, _ = strings.Cut(field, ".")
		o.columns[field] = true
	}
}

// plWalk follows the statements of a function that may be reached.
type plWalk struct {
	trace *tracer
	by    *firing // nil for a function that is no trigger
	out   outcome
}

// statements follows a list. It reports whether the function ends within it,
// whatever happens.
func (w *plWalk) statements(list []plStatement) (ends bool) {
	for _, s := range list {
		if w.statement(s) {
			return true
		}
	}
	return false
}

func (w *plWalk) statement(s plStatement) (ends bool) {
	switch s := s.(type) {
	case *plAssign:
		w.set(s.target)
		w.expr(s.value)
	case *plIf:
		return w.branches(s)
	case *plLoop:
		for _, target := range s.targets {
			w.set(target)
		}
		for _, e := range s.exprs {
			w.expr(e)
		}
		if s.query != "" {
			w.trace.sql(s.query, "a loop")
		}
		if s.opaque != "" {
			w.trace.unknown(s.opaque)
		}
		w.statements(s.body)
	case *plBlock:
		for _, d := range s.declared {
			w.expr(d.value)
		}
		ends = w.statements(s.body)
		for _, h := range s.handlers {
			handled := w.statements(h)
			ends = ends && handled
		}
		return ends
	case *plReturn:
		w.returns(s.value)
		return true
	case *plRun:
		for _, target := range s.into {
			w.set(target)
		}
		if s.sql != "" {
			w.trace.sql(s.sql, "a statement")
		}
	case *plRaise:
		for _, e := range s.exprs {
			w.expr(e)
		}
		return s.ends
	case *plOpaque:
		for _, target := range s.into {
			w.set(target)
		}
		w.trace.unknown(s.what)
	}
	return false
}

func (w *plWalk) branches(s *plIf) (ends bool) {
	ends = true
	for _, b := range s.branches {
		if b.cond == "" {
			return w.statements(b.body) && ends
		}
		w.expr(b.cond)
		holds := w.decide(b.cond)
		if holds == no {
			continue
		}
		ended := w.statements(b.body)
		ends = ends && ended
		if holds == yes {
			return ends
		}
	}
	return false
}

func (w *plWalk) set(target string) {
	if w.out.columns == nil {
		w.out.columns = map[string]bool{}
	}
	w.out.set(target)
}

func (w *plWalk) expr(text string) { w.trace.sql("SELECT "+text, "an expression") }

// returns notes what a trigger gives back: the row, another one, or none.
func (w *plWalk) returns(value string) {
	if w.by == nil {
		if value != "" {
			w.expr(value)
		}
		return
	}
	plain := strings.Join(strings.Fields(strings.Trim(strings.ToLower(value), "() ")), " ")
	switch plain {
	case "new":
		w.out.skips = w.out.skips || w.by.event == OnDelete
	case "old":
		w.out.skips = w.out.skips || w.by.event == OnInsert
		w.out.all = w.out.all || w.by.event == OnUpdate
	case "coalesce(new, old", "coalesce(new,old":
	case "null":
		w.out.skips = true
	default:
		w.expr(value)
		w.out.skips, w.out.all = true, true
	}
}

// truth is whether a condition holds, as far as is known.
type truth int

const (
	maybe truth = iota
	yes
	no
)

// decide tells whether a condition on the variables that a trigger has holds.
func (w *plWalk) decide(cond string) truth {
	if w.by == nil {
		return maybe
	}
	stmts, err := parse("SELECT " + cond)
	if err != nil || len(stmts) != 1 {
		return maybe
	}
	targets := stmts[0].Stmt.GetSelectStmt().GetTargetList()
	if len(targets) != 1 {
		return maybe
	}
	return w.truth(targets[0].GetResTarget().GetVal())
}

func (w *plWalk) truth(cond *pg.Node) truth {
	switch n := cond.GetNode().(type) {
	case *pg.Node_BoolExpr:
		return w.junction(n.BoolExpr)
	case *pg.Node_AExpr:
		return w.comparison(n.AExpr)
	default:
		return maybe
	}
}

func (w *plWalk) junction(n *pg.BoolExpr) truth {
	if n.Boolop == pg.BoolExprType_NOT_EXPR {
		switch w.truth(n.Args[0]) {
		case yes:
			return no
		case no:
			return yes
		default:
			return maybe
		}
	}
	decides := no // of an AND
	if n.Boolop == pg.BoolExprType_OR_EXPR {
		decides = yes
	}
	all := yes + no - decides
	for _, arg := range n.Args {
		switch w.truth(arg) {
		case decides:
			return decides
		case maybe:
			all = maybe
		}
	}
	return all
}

// comparison decides variable = 'text', variable <> 'text' and variable IN ('a', 'b').
func (w *plWalk) comparison(n *pg.A_Expr) truth {
	value, known := w.variable(n.Lexpr)
	_, operator := splitName(texts(n.Name))
	if !known {
		return maybe
	}
	var given []*pg.Node
	switch n.Kind {
	case pg.A_Expr_Kind_AEXPR_OP:
		given = []*pg.Node{n.Rexpr}
	case pg.A_Expr_Kind_AEXPR_IN:
		given = n.Rexpr.GetList().GetItems()
	default:
		return maybe
	}
	equal := slices.ContainsFunc(given, func(g *pg.Node) bool { return g.GetAConst().GetSval().GetSval() == value })
	for _, g := range given {
		if g.GetAConst().GetSval() == nil {
			return maybe
		}
	}
	switch {
	case operator == "=" && equal, operator == "<>" && !equal:
		return yes
	case operator == "=", operator == "<>":
		return no
	default:
		return maybe
	}
}

// variable is the value of one of the variables that PostgreSQL gives a trigger.
func (w *plWalk) variable(expr *pg.Node) (value string, known bool) {
	parts := texts(expr.GetColumnRef().GetFields())
	if len(parts) != 1 {
		return "", false
	}
	switch parts[0] {
	case "tg_op":
		return strings.ToUpper(w.by.event.String()), true
	case "tg_when":
		return strings.ToUpper(string(w.by.trigger.Timing)), true
	case "tg_level":
		if w.by.trigger.Row {
			return "ROW", true
		}
		return "STATEMENT", true
	case "tg_table_name", "tg_relname":
		_, name := cutSchema(w.by.table)
		return name, name != ""
	default:
		return "", false
	}
}
