package schema

import (
	"slices"
	"strconv"

	pg "github.com/sqlc-dev/oliphant"
)

// selectStmt analyses SELECT, VALUES and their combinations by UNION and the like.
func (a *analyzer) selectStmt(n *pg.SelectStmt, e env, top bool) relation {
	e = a.with(n.GetWithClause(), e)
	if n.GetOp() != pg.SetOperation_SETOP_NONE && n.Larg != nil && n.Rarg != nil {
		if top {
			a.query.Conditions = []Condition{{}}
		}
		return a.setOperation(n, e)
	}
	s := newScope(e)
	a.from(n.FromClause, s)
	var rel relation
	if len(n.ValuesLists) > 0 {
		rel = a.values(n.ValuesLists, s)
	} else {
		rel = a.targets(n.TargetList, s)
	}
	s.outputs = rel.columns
	a.expr(n.DistinctClause, s)
	s.outputs = nil
	a.expr(n.WhereClause, s)
	s.outputs = rel.columns
	a.expr(n.GroupClause, s)
	rel.partial = rel.partial && len(n.GroupClause) == 0 // a row for each group
	a.expr(n.HavingClause, s)
	a.expr(n.WindowClause, s)
	a.expr(n.SortClause, s)
	a.limit(n.LimitCount, s)
	a.limit(n.LimitOffset, s)
	if hasGroupingSets(n.GroupClause) {
		for i := range rel.columns {
			rel.columns[i].mayBeNull, rel.columns[i].row = true, nil
		}
	}
	if top {
		a.conditions(n.WhereClause, n.FromClause, s)
		a.limits(n)
		a.query.Limited = n.LimitCount != nil || n.LimitOffset != nil
		a.disjuncts(n.WhereClause, s)
		a.fix(n.WhereClause, s, func(column) (ok, written bool) { return true, false })
	}
	rel.lockable = locked(n.LockingClause, s)
	for _, l := range rel.locks {
		a.trace.lock(l.Table)
	}
	return rel
}

func hasGroupingSets(clause []*pg.Node) bool {
	for _, n := range clause {
		if n.GetGroupingSet() != nil {
			return true
		}
	}
	return false
}

// setOperation analyses both sides. Of a column that comes from two places only
// the name is known: the left one's.
func (a *analyzer) setOperation(n *pg.SelectStmt, e env) relation {
	left := a.selectStmt(n.Larg, e, false)
	right := a.selectStmt(n.Rarg, e, false)
	rel := relation{open: left.open, partial: left.partial || right.partial}
	for _, c := range left.columns {
		rel.columns = append(rel.columns, column{name: c.name, mayBeNull: true})
	}
	s := newScope(e)
	s.items = []*fromItem{derived(rel, nil)}
	a.expr(n.SortClause, s)
	a.limit(n.LimitCount, s)
	a.limit(n.LimitOffset, s)
	return rel
}

// values analyses VALUES outside of INSERT.
func (a *analyzer) values(lists []*pg.Node, s *scope) relation {
	var rel relation
	for i, list := range lists {
		for j, v := range list.GetList().GetItems() {
			a.expr(v, s)
			if i == 0 {
				c := column{name: "column" + strconv.Itoa(j+1), mayBeNull: true}
				if origin := a.origin(v, s); len(lists) == 1 {
					c.param, c.element = origin.param, origin.element
				}
				rel.columns = append(rel.columns, c)
			}
		}
	}
	return rel
}

// targets analyses a SELECT list or RETURNING.
func (a *analyzer) targets(list []*pg.Node, s *scope) relation {
	rel := relation{partial: slices.ContainsFunc(s.items, func(f *fromItem) bool { return f.partial || len(f.joins) > 0 })}
	var stars []bool
	for _, n := range list {
		target := n.GetResTarget()
		if star, open, ok := a.expandStar(target.GetVal(), s); ok {
			rel.columns = append(rel.columns, star...)
			if open {
				rel.open = true
				rel.columns = append(rel.columns, column{name: "*", mayBeNull: true})
			}
			for len(stars) < len(rel.columns) {
				stars = append(stars, true)
			}
			continue
		}
		a.expr(target.GetVal(), s)
		c := a.origin(target.GetVal(), s)
		c.name = target.GetName()
		if c.name == "" {
			c.name = resultName(target.GetVal())
		}
		if c.name == "" {
			c.name = "?column?"
		}
		rel.columns, stars = append(rel.columns, c), append(stars, false)
	}
	a.output(list, s, rel.columns, stars)
	return rel
}

// expandStar returns the columns that * or t.* stands for; open when there may
// be others.
func (a *analyzer) expandStar(expr *pg.Node, s *scope) (columns []column, open, ok bool) {
	ref := expr.GetColumnRef()
	if ref == nil || len(ref.Fields) == 0 || ref.Fields[len(ref.Fields)-1].GetAStar() == nil {
		return nil, false, false
	}
	if len(ref.Fields) == 1 {
		return s.star, s.open, true
	}
	item := s.item(texts(ref.Fields[:len(ref.Fields)-1]))
	if item == nil {
		return nil, true, true
	}
	return item.columns, item.open, true
}

// locked are the row locks that a SELECT takes, and what one around it would
// lock. A lock reaches into subqueries, and not into WITH queries.
func locked(clauses []*pg.Node, s *scope) lockable {
	var out lockable
	for _, item := range s.items {
		out.tables = append(out.tables, item.tables...)
	}
	for _, n := range clauses {
		clause := n.GetLockingClause()
		tables := out.tables
		if len(clause.GetLockedRels()) > 0 {
			tables = nil
			for _, rel := range clause.LockedRels {
				if item := s.item([]string{rel.GetRangeVar().GetRelname()}); item != nil {
					tables = append(tables, item.tables...)
				}
			}
		}
		for _, table := range tables {
			out.locks = append(out.locks, Lock{
				Table:      table,
				Strength:   strength(clause.GetStrength()),
				SkipLocked: clause.GetWaitPolicy() == pg.LockWaitPolicy_LockWaitSkip,
				NoWait:     clause.GetWaitPolicy() == pg.LockWaitPolicy_LockWaitError,
			})
		}
	}
	for _, item := range s.items {
		out.locks = append(out.locks, item.locks...)
	}
	return out
}

func strength(s pg.LockClauseStrength) string {
	switch s {
	case pg.LockClauseStrength_LCS_FORKEYSHARE:
		return "KEY SHARE"
	case pg.LockClauseStrength_LCS_FORSHARE:
		return "SHARE"
	case pg.LockClauseStrength_LCS_FORNOKEYUPDATE:
		return "NO KEY UPDATE"
	default:
		return "UPDATE"
	}
}
