package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// absence finds the tables of whose rows a statement asks that there are none.
// Such a condition is about what is not there, and so about nothing that could be
// locked.
type absence struct {
	ctes  map[string]*pg.Node
	found map[string]bool
}

// absences are the tables that conditions of a statement ask to have no row, at
// any depth.
func absences(stmt *pg.Node) []string {
	a := &absence{ctes: map[string]*pg.Node{}, found: map[string]bool{}}
	walk(stmt, func(node any) bool {
		if c, ok := node.(*pg.CommonTableExpr); ok {
			a.ctes[c.Ctename] = c.Ctequery
		}
		return true
	})
	a.look(stmt, nil, false)
	return sortedNames(a.found)
}

// nullable are what an outer join may leave without a row, by alias.
type nullable map[string]*pg.Node

// look goes through a tree; not says that what it looks at stands below a
// negation, and outer what the FROM around it may leave without a row.
func (a *absence) look(tree any, outer nullable, not bool) {
	walk(tree, func(node any) bool {
		switch n := node.(type) {
		case *pg.SelectStmt:
			if n.Op == pg.SetOperation_SETOP_EXCEPT {
				a.tables(n.Rarg)
			}
			inner := outerJoined(n.FromClause)
			a.parts(inner, n.FromClause, n.TargetList, n.WhereClause, n.HavingClause, n.WithClause, n.Larg, n.Rarg)
			if counts, zero := a.countsNothing(n.HavingClause); counts && zero {
				a.tables(n.FromClause)
			}
			return false
		case *pg.DeleteStmt:
			a.parts(outerJoined(n.UsingClause), n.UsingClause, n.WhereClause, n.WithClause)
			return false
		case *pg.UpdateStmt:
			a.parts(outerJoined(n.FromClause), n.FromClause, n.WhereClause, n.WithClause)
			return false
		case *pg.BoolExpr:
			if n.Boolop == pg.BoolExprType_NOT_EXPR {
				a.look(n.Args, outer, !not)
				return false
			}
		case *pg.SubLink:
			if n.SubLinkType == pg.SubLinkType_ALL_SUBLINK || not && n.SubLinkType != pg.SubLinkType_EXPR_SUBLINK {
				a.tables(n.Subselect)
			}
			a.look(n.Subselect, nil, false)
			return false
		case *pg.BooleanTest:
			flips := n.Booltesttype == pg.BoolTestType_IS_FALSE || n.Booltesttype == pg.BoolTestType_IS_NOT_TRUE
			a.look(n.Arg, outer, not != flips)
			return false
		case *pg.NullTest:
			if (n.Nulltesttype == pg.NullTestType_IS_NULL) != not {
				a.nullTested(n.Arg, outer)
			}
		case *pg.A_Expr:
			return a.compared(n, outer, not)
		}
		return true
	})
}

func (a *absence) parts(outer nullable, trees ...any) {
	for _, t := range trees {
		a.look(t, outer, false)
	}
}

// compared looks at EXISTS (…) = false, count(*) = 0 and <> ALL (ARRAY (…)).
func (a *absence) compared(e *pg.A_Expr, outer nullable, not bool) bool {
	name := operatorName(e)
	if e.Kind == pg.A_Expr_Kind_AEXPR_OP_ALL && name == "<>" {
		a.tables(e.Rexpr)
		return true
	}
	for _, sides := range [][2]*pg.Node{{e.Lexpr, e.Rexpr}, {e.Rexpr, e.Lexpr}} {
		if value, ok := operand(sides[1]); ok && (value.Text == "true" || value.Text == "false") && sides[0].GetSubLink() != nil {
			a.look(sides[0], outer, not != ((name == "=") != (value.Text == "true")))
			return false
		}
	}
	if counts, zero := a.countsNothing(&pg.Node{Node: &pg.Node_AExpr{AExpr: e}}); counts && zero != not {
		walk(e, func(node any) bool {
			if sub, ok := node.(*pg.SubLink); ok {
				a.tables(sub.Subselect)
			}
			return true
		})
	}
	return true
}

// countsNothing reports whether a condition compares a count with a number, and
// whether a count of zero passes.
func (a *absence) countsNothing(cond *pg.Node) (counts, zero bool) {
	for _, part := range conjuncts(cond) {
		e := part.GetAExpr()
		if e.GetKind() != pg.A_Expr_Kind_AEXPR_OP {
			continue
		}
		name := operatorName(e)
		value, ok := operand(e.Rexpr)
		side := e.Lexpr
		if !ok {
			value, ok = operand(e.Lexpr)
			side = e.Rexpr
			name = map[string]string{"<": ">", ">": "<", "<=": ">=", ">=": "<="}[name] + map[string]string{"=": "=", "<>": "<>"}[name]
		}
		if !ok || value.Param > 0 || !countsRows(side) {
			continue
		}
		switch {
		case name == "=" && value.Text == "0", name == "<" && value.Text != "0", name == "<=", name == "<>" && value.Text != "0":
			return true, true
		}
		counts = true
	}
	return counts, false
}

// countsRows reports a count, also in a subquery.
func countsRows(expr *pg.Node) bool {
	found := false
	walk(expr, func(node any) bool {
		if f, ok := node.(*pg.FuncCall); ok {
			_, name := splitName(texts(f.Funcname))
			found = found || name == "count"
		}
		return !found
	})
	return found
}

// nullTested looks at x IS NULL, where x is of what an outer join left without a
// row, or a subquery without one.
func (a *absence) nullTested(arg *pg.Node, outer nullable) {
	if sub := arg.GetSubLink(); sub != nil {
		a.tables(sub.Subselect)
		return
	}
	ref := arg.GetColumnRef()
	if ref == nil {
		return
	}
	parts := texts(ref.Fields)
	if len(parts) > 1 {
		a.tables(outer[parts[len(parts)-2]])
		return
	}
	for _, n := range outer { // which of them it is of is not looked into
		a.tables(n)
	}
}

// tables notes every table in a tree.
func (a *absence) tables(tree any) {
	a.collect(tree, nil)
}

func (a *absence) collect(tree any, seen []string) {
	walk(tree, func(node any) bool {
		r, ok := node.(*pg.RangeVar)
		if !ok {
			return true
		}
		if query := a.ctes[r.Relname]; query != nil && r.Schemaname == "" {
			if !slices.Contains(seen, r.Relname) {
				a.collect(query, append(seen[:len(seen):len(seen)], r.Relname))
			}
			return true
		}
		a.found[relationName(r)] = true
		return true
	})
}

// outerJoined are the sides of the outer joins in a FROM that may be without a row.
func outerJoined(from []*pg.Node) nullable {
	out := nullable{}
	side := func(n *pg.Node) {
		walk(n, func(node any) bool {
			switch n := node.(type) {
			case *pg.RangeVar:
				alias := n.Relname
				if n.Alias != nil {
					alias = n.Alias.Aliasname
				}
				out[alias] = &pg.Node{Node: &pg.Node_RangeVar{RangeVar: n}}
			case *pg.RangeSubselect:
				out[n.GetAlias().GetAliasname()] = n.Subquery
				return false
			}
			return true
		})
	}
	walk(from, func(node any) bool {
		switch n := node.(type) {
		case *pg.JoinExpr:
			if n.Jointype == pg.JoinType_JOIN_LEFT || n.Jointype == pg.JoinType_JOIN_FULL {
				side(n.Rarg)
			}
			if n.Jointype == pg.JoinType_JOIN_RIGHT || n.Jointype == pg.JoinType_JOIN_FULL {
				side(n.Larg)
			}
		case *pg.SubLink, *pg.RangeSubselect:
			return false
		}
		return true
	})
	return out
}

// deciding are the tables that a statement reads and whose rows decide which rows
// it is about: all but those that only add columns, by an outer join.
func (a *analyzer) deciding(stmt *pg.Node) []string {
	from, where := []*pg.Node(nil), (*pg.Node)(nil)
	switch n := stmt.GetNode().(type) {
	case *pg.Node_SelectStmt:
		from, where = n.SelectStmt.FromClause, n.SelectStmt.WhereClause
	case *pg.Node_DeleteStmt:
		from, where = n.DeleteStmt.UsingClause, n.DeleteStmt.WhereClause
	case *pg.Node_UpdateStmt:
		from, where = n.UpdateStmt.FromClause, n.UpdateStmt.WhereClause
	}
	times := map[string]int{}
	walk(stmt, func(node any) bool {
		if r, ok := node.(*pg.RangeVar); ok {
			times[relationName(r)]++
		}
		return true
	})
	qualified := map[string]bool{}
	bare := false
	walk(where, func(node any) bool {
		if ref, ok := node.(*pg.ColumnRef); ok {
			if parts := texts(ref.Fields); len(parts) > 1 {
				qualified[parts[len(parts)-2]] = true
			} else {
				bare = true
			}
		}
		return true
	})
	adds := map[string]bool{}
	for alias, n := range outerJoined(from) {
		if r := n.GetRangeVar(); r != nil && times[relationName(r)] == 1 && !qualified[alias] && !bare {
			adds[relationName(r)] = true
		}
	}
	out := map[string]bool{}
	for table := range a.reads {
		if !adds[table] {
			out[table] = true
		}
	}
	return sortedNames(out)
}
