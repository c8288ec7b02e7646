package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// scope is what the names in a statement can mean.
type scope struct {
	items   []*fromItem
	hidden  []*fromItem // reached by a qualified name only: excluded, old, new
	merged  []column    // of JOIN … USING
	star    []column    // what * stands for, in order
	open    bool        // * stands for more than is known
	outputs []column    // of the SELECT list, while they can be named
	outer   *scope
	ctes    *cte
}

// fromItem is one thing in FROM, or the target of a write.
type fromItem struct {
	alias   string
	table   string // the base table's qualified name, "" for anything else
	schema  string // as written
	def     *Table // of table, nil where the files do not make it
	columns []column
	open    bool
	renamed bool         // its columns have other names than in the table
	outer   bool         // an outer join, or something else, can make all of it NULL
	joins   []*outerJoin // that can, innermost first
	partial bool         // a subquery with such rows
	lockable
}

// lockable is what a FOR … around it locks: the base tables of an item, and the
// locks that a subquery takes by itself.
type lockable struct {
	tables []string
	locks  []Lock
}

func newScope(e env) *scope { return &scope{outer: e.outer, ctes: e.ctes} }

// resolve finds the column that a reference means. The zero column means that
// it is not known, or that it is the whole row.
func (s *scope) resolve(ref *pg.ColumnRef) column {
	parts := texts(ref.Fields)
	if len(parts) == 0 || ref.Fields[len(parts)-1].GetAStar() != nil {
		return column{}
	}
	qualifier, name := splitName(parts)
	if qualifier == "" {
		return s.unqualified(name)
	}
	item := s.item(parts[:len(parts)-1])
	if item == nil {
		return column{}
	}
	c, _ := item.column(name)
	return c
}

func (s *scope) unqualified(name string) column {
	for ; s != nil; s = s.outer {
		for _, c := range s.merged {
			if c.name == name {
				return c
			}
		}
		open := false
		for _, item := range s.items {
			if c, ok := item.column(name); ok {
				return c
			}
			open = open || item.open
		}
		if open {
			return column{}
		}
	}
	return column{}
}

// item finds what a qualifier means: an alias, or a table with its schema.
func (s *scope) item(qualifier []string) *fromItem {
	schema, name := splitName(qualifier)
	for ; s != nil; s = s.outer {
		for _, item := range append(slices.Clone(s.items), s.hidden...) {
			if item.alias == name && (schema == "" || item.schema == schema || item.schema == "" && schema == publicSchema) {
				return item
			}
		}
	}
	return nil
}

func (f *fromItem) column(name string) (column, bool) {
	for _, c := range f.columns {
		if c.name == name {
			return c, true
		}
	}
	return column{}, false
}

// from adds the items of a FROM clause to a scope.
func (a *analyzer) from(clause []*pg.Node, s *scope) {
	for _, n := range clause {
		s.star = append(s.star, a.fromNode(n, s)...)
	}
}

// fromNode adds one element of FROM, and returns what * means for it.
func (a *analyzer) fromNode(n *pg.Node, s *scope) []column {
	switch n := n.GetNode().(type) {
	case *pg.Node_RangeVar:
		return s.add(a.rangeVar(n.RangeVar, s))
	case *pg.Node_RangeSubselect:
		sub := n.RangeSubselect
		e := env{outer: s.outer, ctes: s.ctes}
		if sub.Lateral {
			e.outer = s
		}
		return s.add(derived(a.nested(sub.Subquery, e), sub.GetAlias()))
	case *pg.Node_RangeFunction:
		return s.add(a.rangeFunction(n.RangeFunction, s))
	case *pg.Node_JoinExpr:
		return a.join(n.JoinExpr, s)
	case *pg.Node_RangeTableSample:
		a.trace.set.varies = true
		a.expr(n.RangeTableSample.Args, s)
		a.expr(n.RangeTableSample.Repeatable, s)
		return a.fromNode(n.RangeTableSample.Relation, s)
	case *pg.Node_RangeTableFunc:
		a.expr(n.RangeTableFunc, s)
		return s.add(&fromItem{alias: n.RangeTableFunc.GetAlias().GetAliasname(), open: true})
	case *pg.Node_JsonTable:
		a.expr(n.JsonTable, s)
		return s.add(&fromItem{alias: n.JsonTable.GetAlias().GetAliasname(), open: true})
	default:
		a.expr(n, s)
		return s.add(&fromItem{open: true})
	}
}

func (s *scope) add(item *fromItem) []column {
	for i := range item.columns {
		item.columns[i].item = item
	}
	s.items = append(s.items, item)
	s.open = s.open || item.open
	return item.columns
}

// derived is an item that a subquery or a WITH query makes.
func derived(rel relation, alias *pg.Alias) *fromItem {
	item := &fromItem{alias: alias.GetAliasname(), open: rel.open, partial: rel.partial, lockable: rel.lockable}
	rel.columns = slices.Clone(rel.columns)
	rename(&rel, texts(alias.GetColnames()))
	var again copies
	for _, c := range rel.columns {
		c.mayBeNull, c.row, c.missing = c.nullable(), again.row(c.row), again.joins(c.joins())
		item.columns = append(item.columns, c)
	}
	return item
}

// rangeVar is a table that is read, or a WITH query.
func (a *analyzer) rangeVar(n *pg.RangeVar, s *scope) *fromItem {
	if n.Schemaname == "" {
		if c := s.ctes.find(n.Relname); c != nil {
			item := derived(c.rel, n.Alias)
			item.tables = nil // FOR … does not reach into a WITH query
			if item.alias == "" {
				item.alias = n.Relname
			}
			return item
		}
	}
	a.reads[relationName(n)] = true
	a.trace.read(n)
	return a.tableItem(n)
}

// tableItem is an item for a base table, whoever reads or writes it.
func (a *analyzer) tableItem(n *pg.RangeVar) *fromItem {
	item := &fromItem{alias: n.GetRelname(), table: relationName(n), schema: n.GetSchemaname()}
	item.tables = []string{item.table}
	row := &tableRow{table: item.table}
	if n.GetAlias() != nil {
		item.alias, item.schema = n.Alias.Aliasname, ""
	}
	t := a.catalog.table(n.GetSchemaname(), n.GetRelname())
	if t == nil {
		item.open = true
		return item
	}
	item.def = t
	aliases := texts(n.GetAlias().GetColnames())
	item.renamed = len(aliases) > 0
	for i, c := range t.Columns {
		name := c.Name
		if i < len(aliases) {
			name = aliases[i]
		}
		item.columns = append(item.columns, column{name: name, table: item.table, base: c.Name, item: item, row: row})
	}
	return item
}

// rangeFunction is a function in FROM, or ROWS FROM (…). Of unnest($n) the
// column is known to be the elements of $n.
func (a *analyzer) rangeFunction(n *pg.RangeFunction, s *scope) *fromItem {
	item := &fromItem{alias: n.GetAlias().GetAliasname()}
	for _, f := range n.Functions {
		parts := f.GetList().GetItems() // the call, and its column definitions
		if len(parts) == 0 {
			continue
		}
		a.expr(parts[0], s)
		call := parts[0].GetFuncCall()
		_, name := splitName(texts(call.GetFuncname()))
		if call == nil || name != "unnest" {
			item.columns = append(item.columns, column{name: name})
			// It may well have more than one column.
			item.open = true
			continue
		}
		for _, arg := range call.Args {
			c := column{name: name, mayBeNull: true}
			if p := bareParam(arg); p != nil {
				a.use(p.Number).Array = true
				c.element = int(p.Number)
			}
			item.columns = append(item.columns, c)
		}
	}
	if n.Ordinality {
		item.columns = append(item.columns, column{name: "ordinality"})
	}
	a.nameFunctionColumns(item, n)
	return item
}

func (a *analyzer) nameFunctionColumns(item *fromItem, n *pg.RangeFunction) {
	names := texts(n.GetAlias().GetColnames())
	for _, c := range n.Coldeflist {
		names = append(names, c.GetColumnDef().GetColname())
	}
	switch {
	case len(names) == len(item.columns) || len(names) > 0 && !item.open:
		item.open = false
		for i, name := range names[:min(len(names), len(item.columns))] {
			item.columns[i].name = name
		}
	case len(names) > 0:
		// More names than calls: which call they belong to is not known.
		item.columns = nil
		for _, name := range names {
			item.columns = append(item.columns, column{name: name, mayBeNull: true})
		}
	case len(item.columns) == 1 && item.alias != "":
		// FROM f() AS x: x is the column too, where f answers with scalars.
		item.columns[0].name = item.alias
	}
	if item.alias == "" && len(item.columns) > 0 {
		item.alias = item.columns[0].name
	}
}

// join adds both sides of a join.
func (a *analyzer) join(n *pg.JoinExpr, s *scope) []column {
	start := len(s.items)
	left := a.fromNode(n.Larg, s)
	middle := len(s.items)
	right := a.fromNode(n.Rarg, s)
	switch n.Jointype {
	case pg.JoinType_JOIN_LEFT:
		markOuter(s.items[middle:])
	case pg.JoinType_JOIN_RIGHT:
		markOuter(s.items[start:middle])
	case pg.JoinType_JOIN_FULL:
		markOuter(s.items[start:middle])
		markOuter(s.items[middle:])
	case pg.JoinType_JOIN_INNER:
		a.presentIn(n.Quals, s, true, func(column) bool { return true })
	}
	a.expr(n.Quals, s)
	using := texts(n.UsingClause)
	a.using(using, s.items[start:middle], s.items[middle:])
	if n.IsNatural {
		using = commonNames(left, right)
	}
	star := mergeColumns(n.Jointype, using, left, right)
	s.merged = append(slices.Clone(star[:len(using)]), s.merged...)
	if alias := n.GetAlias(); alias != nil {
		// The alias hides the names of both sides.
		item := derived(relation{columns: star}, alias)
		for _, hidden := range s.items[start:] {
			item.tables = append(item.tables, hidden.tables...)
			item.locks = append(item.locks, hidden.locks...)
			item.open = item.open || hidden.open
			item.partial = item.partial || hidden.partial || len(hidden.joins) > 0
		}
		s.items = s.items[:start]
		return s.add(item)
	}
	return star
}

// markOuter notes that one side of an outer join may be missing.
func markOuter(items []*fromItem) {
	join := &outerJoin{of: items}
	for _, item := range items {
		item.outer = true
		item.joins = append(item.joins, join)
	}
}

func commonNames(left, right []column) []string {
	var out []string
	for _, l := range left {
		if slices.ContainsFunc(right, func(r column) bool { return r.name == l.name }) {
			out = append(out, l.name)
		}
	}
	return out
}

// mergeColumns is what * means for a join: the columns of USING once, and then
// the rest of both sides.
func mergeColumns(kind pg.JoinType, using []string, left, right []column) []column {
	find := func(list []column, name string) column {
		for _, c := range list {
			if c.name == name {
				return c
			}
		}
		return column{name: name}
	}
	var out, rest []column
	for _, name := range using {
		switch kind {
		case pg.JoinType_JOIN_RIGHT:
			out = append(out, find(right, name))
		case pg.JoinType_JOIN_FULL:
			out = append(out, column{name: name})
		default:
			out = append(out, find(left, name))
		}
	}
	for _, c := range append(slices.Clone(left), right...) {
		if !slices.Contains(using, c.name) {
			rest = append(rest, c)
		}
	}
	return append(out, rest...)
}
