package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// target is the item of the table that a statement writes.
func (a *analyzer) target(rel *pg.RangeVar, s *scope) *fromItem {
	item := a.tableItem(rel)
	a.writes[item.table] = true
	s.star = append(s.star, s.add(item)...)
	return item
}

// insert analyses INSERT.
func (a *analyzer) insert(n *pg.InsertStmt, e env, top bool) relation {
	e = a.with(n.GetWithClause(), e)
	s := newScope(e)
	target := a.target(n.GetRelation(), s)
	columns := a.insertColumns(n.Cols, target)
	lists := n.GetSelectStmt().GetSelectStmt().GetValuesLists()
	var sets []ColumnValue
	var source relation
	switch {
	case n.SelectStmt == nil: // DEFAULT VALUES
	case len(lists) > 0:
		source := n.SelectStmt.GetSelectStmt()
		inner := newScope(a.with(source.WithClause, e))
		sets = a.insertValues(lists, columns, inner)
		a.expr(source.SortClause, inner)
		a.limit(source.LimitCount, inner)
		a.limit(source.LimitOffset, inner)
	default:
		source = a.nested(n.SelectStmt, e)
		sets = a.insertSelect(source, columns, len(n.Cols) > 0)
	}
	a.trace.write(n.GetRelation(), change{event: OnInsert, columns: namesOf(sets), plain: n.OnConflictClause == nil})
	a.onConflict(n, target, e)
	rel := a.returning(n.GetReturningClause(), s, target)
	if top {
		a.query.Target = target.table
		a.query.Sets = sets
		a.copies(n, source)
		a.gives(lists, columns)
		a.topInsert(n, target, lists)
	}
	return rel
}

// topInsert says of the top-level INSERT how many rows it writes, and which of
// their values are certain.
func (a *analyzer) topInsert(n *pg.InsertStmt, target *fromItem, lists []*pg.Node) {
	switch n.GetOnConflictClause().GetAction() {
	case pg.OnConflictAction_ONCONFLICT_NOTHING:
		a.query.OnConflict = "nothing"
	case pg.OnConflictAction_ONCONFLICT_UPDATE:
		a.query.OnConflict = "update"
	}
	a.query.Conflict = a.conflictColumns(n.GetOnConflictClause().GetInfer(), target)
	a.query.Overriding = n.Override == pg.OverridingKind_OVERRIDING_SYSTEM_VALUE || n.Override == pg.OverridingKind_OVERRIDING_USER_VALUE
	source := n.GetSelectStmt().GetSelectStmt()
	single := n.SelectStmt == nil ||
		len(lists) == 1 && source.LimitCount == nil && source.LimitOffset == nil && !a.holdsSet(lists)
	table := a.catalog.Table(target.table)
	a.query.SingleRow = single && a.query.OnConflict == "" && table != nil && a.catalog.Takes(table, OnInsert)
	if !single || a.query.OnConflict == "update" || table == nil {
		return // the row may be an older one, with older values
	}
	for _, set := range a.query.Sets {
		c := table.Column(set.Column)
		if set.Param == 0 || c == nil || c.Identity && n.Override == pg.OverridingKind_OVERRIDING_USER_VALUE {
			continue
		}
		a.fixed = append(a.fixed, fixedColumn{item: target, column: set.Column, param: set.Param, written: true})
	}
}

// insertSelect matches the answer of a SELECT with the columns that get it.
// Without a column list there may be fewer values than columns.
func (a *analyzer) insertSelect(rel relation, columns []column, listed bool) []ColumnValue {
	var sets []ColumnValue
	for i, c := range columns {
		if i >= len(rel.columns) && !rel.open && !listed {
			break
		}
		value := ColumnValue{Table: c.table, Column: c.base}
		if i < len(rel.columns) && !rel.open && !c.part {
			from := rel.columns[i]
			a.sourceFact(from, c, true)
			if from.item == nil {
				value.Param = from.param
			}
		}
		sets = append(sets, value)
	}
	return sets
}

// insertColumns are the columns that get the values, in order. One that is
// written in part, as in a[1], is known by table only.
func (a *analyzer) insertColumns(list []*pg.Node, target *fromItem) []column {
	if len(list) == 0 {
		return target.columns
	}
	var out []column
	for _, n := range list {
		out = append(out, a.targetColumn(n.GetResTarget(), target))
	}
	return out
}

// targetColumn is the column that INSERT or SET names. It may be unknown to the
// catalog, which the caller has to notice.
func (a *analyzer) targetColumn(t *pg.ResTarget, target *fromItem) column {
	a.lacks(t.GetName(), target)
	return column{
		name: t.GetName(), table: target.table, base: t.GetName(),
		part: len(t.GetIndirection()) > 0,
	}
}

// insertValues analyses VALUES of an INSERT. A column that is DEFAULT in any
// row counts as not given.
func (a *analyzer) insertValues(lists []*pg.Node, columns []column, s *scope) []ColumnValue {
	given := make([]bool, len(columns))
	params := make([]int, len(columns))
	for row, list := range lists {
		for i, v := range list.GetList().GetItems() {
			if i >= len(columns) || columns[i].part {
				a.expr(v, s)
				if i < len(columns) {
					given[i] = true
				}
				continue
			}
			if v.GetSetToDefault() != nil {
				given[i], params[i] = false, -1
				continue
			}
			p := a.bind(v, s, columns[i], true)
			if params[i] < 0 {
				continue
			}
			given[i] = true
			if row == 0 && len(lists) == 1 {
				params[i] = p
			}
		}
	}
	var sets []ColumnValue
	for i, c := range columns {
		if given[i] {
			sets = append(sets, ColumnValue{Table: c.table, Column: c.base, Param: params[i]})
		}
	}
	return sets
}

// holdsSet reports a function in VALUES that may make many rows of one
// (parser/parse_func.c allows it: a single row is treated like a SELECT list).
func (a *analyzer) holdsSet(lists []*pg.Node) bool {
	found := false
	walk(lists, func(node any) bool {
		switch n := node.(type) {
		case *pg.SubLink:
			return false // a subquery in an expression is one value
		case *pg.FuncCall:
			found = found || a.catalog.returnsSet(n.Funcname)
		}
		return !found
	})
	return found
}

func (a *analyzer) onConflict(insert *pg.InsertStmt, target *fromItem, e env) {
	n := insert.GetOnConflictClause()
	if n == nil {
		return
	}
	s := newScope(e)
	s.add(target)
	excluded := *target
	excluded.alias, excluded.schema, excluded.table = "excluded", "", ""
	s.hidden = []*fromItem{&excluded}
	for _, elem := range n.GetInfer().GetIndexElems() {
		if name := elem.GetIndexElem().GetName(); name != "" {
			a.lacks(name, target)
		}
	}
	a.expr(n.GetInfer(), s)
	sets := a.assignments(n.TargetList, target, s)
	a.expr(n.WhereClause, s)
	if n.Action == pg.OnConflictAction_ONCONFLICT_UPDATE {
		a.trace.write(insert.GetRelation(), change{event: OnUpdate, columns: namesOf(sets)})
	}
}

// namesOf are the columns that get a value.
func namesOf(sets []ColumnValue) []string {
	names := make([]string, len(sets))
	for i, s := range sets {
		names[i] = s.Column
	}
	return names
}

// assignments analyses SET, and returns what it gives a value.
func (a *analyzer) assignments(list []*pg.Node, target *fromItem, s *scope) []ColumnValue {
	var sets []ColumnValue
	analysed := map[*pg.Node]bool{}
	for _, n := range list {
		t := n.GetResTarget()
		c := a.targetColumn(t, target)
		value := ColumnValue{Table: c.table, Column: c.base}
		multi := t.GetVal().GetMultiAssignRef()
		row := multi.GetSource().GetRowExpr()
		switch {
		case row != nil && int(multi.Colno) >= 1 && int(multi.Colno) <= len(row.Args):
			value.Param = a.assign(row.Args[multi.Colno-1], c, s)
		case multi != nil:
			// (a, b) = (SELECT …): one source for several columns.
			if !analysed[multi.Source] {
				analysed[multi.Source] = true
				a.expr(multi.Source, s)
			}
		default:
			value.Param = a.assign(t.GetVal(), c, s)
		}
		sets = append(sets, value)
	}
	return sets
}

func (a *analyzer) assign(expr *pg.Node, to column, s *scope) int {
	if to.part {
		a.expr(expr, s)
		return 0
	}
	return a.bind(expr, s, to, true)
}

// update analyses UPDATE.
func (a *analyzer) update(n *pg.UpdateStmt, e env, top bool) relation {
	e = a.with(n.GetWithClause(), e)
	s := newScope(e)
	target := a.target(n.GetRelation(), s)
	a.from(n.FromClause, s)
	sets := a.assignments(n.TargetList, target, s)
	a.expr(n.WhereClause, s)
	a.trace.write(n.GetRelation(), change{event: OnUpdate, columns: namesOf(sets)})
	if top {
		a.query.Target = target.table
		a.query.Sets = sets
		a.conditions(n.WhereClause, n.FromClause, s)
		a.assigns(n.TargetList, target)
		a.inSubqueries(n.WhereClause, s)
		a.disjuncts(n.WhereClause, s)
		a.fix(n.WhereClause, s, func(c column) (ok, written bool) {
			if c.item != target {
				return true, false
			}
			changed := slices.ContainsFunc(sets, func(v ColumnValue) bool { return v.Column == c.base })
			return !changed, true
		})
	}
	return a.returning(n.GetReturningClause(), s, target)
}

// delete analyses DELETE.
func (a *analyzer) delete(n *pg.DeleteStmt, e env, top bool) relation {
	e = a.with(n.GetWithClause(), e)
	s := newScope(e)
	target := a.target(n.GetRelation(), s)
	if n.WhereClause == nil && len(n.UsingClause) == 0 && target.table != "" {
		a.emptied[target.table] = true
	}
	a.from(n.UsingClause, s)
	a.expr(n.WhereClause, s)
	a.trace.write(n.GetRelation(), change{event: OnDelete})
	if top {
		a.query.Target = target.table
		a.conditions(n.WhereClause, n.UsingClause, s)
		a.inSubqueries(n.WhereClause, s)
		a.disjuncts(n.WhereClause, s)
		a.fix(n.WhereClause, s, func(c column) (ok, written bool) { return true, c.item == target })
	}
	return a.returning(n.GetReturningClause(), s, target)
}

// merge analyses MERGE, of whose rows nothing is certain before the answer.
func (a *analyzer) merge(n *pg.MergeStmt, e env, top bool) relation {
	e = a.with(n.GetWithClause(), e)
	s := newScope(e)
	// RETURNING * gives the source's columns first.
	a.from([]*pg.Node{n.SourceRelation}, s)
	markOuter(s.items)
	target := a.target(n.GetRelation(), s)
	target.outer = true
	if top {
		a.query.Target = target.table
		a.query.Conditions = []Condition{{}}
	}
	a.expr(n.JoinCondition, s)
	for _, node := range n.MergeWhenClauses {
		when := node.GetMergeWhenClause()
		a.expr(when.GetCondition(), s)
		switch when.GetCommandType() {
		case pg.CmdType_CMD_INSERT:
			columns := a.insertColumns(when.GetTargetList(), target)
			sets := a.insertValues([]*pg.Node{pg.MakeListNode(when.GetValues())}, columns, s)
			a.trace.write(n.GetRelation(), change{event: OnInsert, columns: namesOf(sets)})
		case pg.CmdType_CMD_DELETE:
			a.trace.write(n.GetRelation(), change{event: OnDelete})
		case pg.CmdType_CMD_UPDATE:
			sets := a.assignments(when.GetTargetList(), target, s)
			a.trace.write(n.GetRelation(), change{event: OnUpdate, columns: namesOf(sets)})
		}
	}
	return a.returning(n.GetReturningClause(), s, target)
}

// returning analyses RETURNING. OLD and NEW (PostgreSQL 18) name the row before
// and after; either may be no row at all.
func (a *analyzer) returning(n *pg.ReturningClause, s *scope, target *fromItem) relation {
	if n == nil {
		return relation{}
	}
	names := []string{"old", "new"}
	for _, node := range n.Options {
		names = append(names, node.GetReturningOption().GetValue())
	}
	for _, name := range names {
		item := *target
		item.alias, item.schema, item.outer = name, "", true
		item.columns = slices.Clone(target.columns)
		for i := range item.columns {
			item.columns[i].item, item.columns[i].row = &item, nil
		}
		s.hidden = append(s.hidden, &item)
	}
	return a.targets(n.Exprs, s)
}
