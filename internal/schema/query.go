package schema

import (
	"fmt"

	pg "github.com/sqlc-dev/oliphant"
)

// maxParams is how many parameters PostgreSQL's protocol can carry.
const maxParams = 65535

// ParseQuery says what one statement does, as far as its text and the catalog
// tell. Parameters are $1, $2, …; sqlc's @name, sqlc.arg(name), sqlc.narg(name)
// and sqlc.slice(name) are numbered as sqlc numbers them, and sqlc.embed(t) is
// t.*. Unknown tables and columns are no error: facts about them are left out.
//
// The error is a *SyntaxError for a text that is not one SQL statement.
func (c *Catalog) ParseQuery(sql string) (*Query, error) {
	text := positional(sql)
	stmts, err := parse(text)
	if err != nil {
		if text != sql {
			err.Col = 0
		}
		return nil, err
	}
	switch len(stmts) {
	case 0:
		return nil, errorAt(text, len(text), "there is no statement")
	case 1:
	default:
		return nil, errorAt(text, skipBlank(text, int(stmts[1].StmtLocation)), "there is more than one statement")
	}
	if err := checkParams(text, stmts[0].Stmt); err != nil {
		return nil, err
	}
	a := newAnalyzer(newTracer(c))
	a.top(stmts[0].Stmt)
	a.finish()
	a.query.Effects = a.trace.set.effects()
	a.query.ReferencedColumns = referencedColumns(stmts[0].Stmt)
	a.query.Matched = matched(stmts[0].Stmt)
	a.query.Functions = functions(stmts[0].Stmt)
	a.query.Varies = varies(stmts[0].Stmt)
	a.query.Absences = absences(stmts[0].Stmt)
	a.query.Deciding = a.deciding(stmts[0].Stmt)
	return a.query, nil
}

// checkParams refuses parameters that the protocol cannot carry: the parser
// lets any number pass, and there is one Param for each.
func checkParams(text string, stmt *pg.Node) *SyntaxError {
	var err *SyntaxError
	walk(stmt, func(node any) bool {
		if p, ok := node.(*pg.ParamRef); ok && (p.Number < 1 || p.Number > maxParams) && err == nil {
			err = errorAt(text, int(p.Location), fmt.Sprintf("parameters are numbered from $1 to $%d", maxParams))
		}
		return err == nil
	})
	return err
}

// analyzer gathers the facts of one query.
type analyzer struct {
	catalog *Catalog
	query   *Query
	writes  map[string]bool
	reads   map[string]bool
	emptied map[string]bool
	params  []paramUse
	fixed   []fixedColumn
	present []presentColumn
	trace   *tracer
	outputs []outputs
	absent  *Absent // the first column that is named and not there
}

func newAnalyzer(t *tracer) *analyzer {
	return &analyzer{catalog: t.catalog, query: &Query{Kind: Other}, writes: map[string]bool{}, reads: map[string]bool{}, emptied: map[string]bool{}, trace: t}
}

// fixedColumn is a column of the top-level statement that must have a
// parameter's value in every row of the answer.
type fixedColumn struct {
	item    *fromItem
	column  string
	param   int
	written bool // the statement writes the row
}

// env is what a statement sees from outside.
type env struct {
	outer *scope // of the enclosing query, for correlated references; may be nil
	ctes  *cte   // may be nil
}

// cte is a list of named subqueries, the nearest first.
type cte struct {
	name string
	rel  relation
	next *cte
}

func (c *cte) find(name string) *cte {
	for ; c != nil; c = c.next {
		if c.name == name {
			return c
		}
	}
	return nil
}

// relation is the shape of an answer.
type relation struct {
	columns []column
	open    bool // there may be more columns than are known
	partial bool // an outer join may leave a part of a row NULL
	lockable
}

// column is one column that a query can refer to, or answers with.
type column struct {
	name      string
	table     string // of a base table, qualified; "" for an expression
	base      string // the column's name in table
	item      *fromItem
	mayBeNull bool
	row       *tableRow    // whose column it is; nil for an expression
	missing   []*outerJoin // inside a subquery, that leave it NULL; innermost first
	param     int          // n of a bare $n or $n::type
	element   int          // n, for an element of the array $n
	part      bool         // of a target: only a part of the column is written
}

func (c column) nullable() bool { return c.mayBeNull || c.item != nil && c.item.outer }

// top analyses the statement itself, as opposed to those inside it.
func (a *analyzer) top(stmt *pg.Node) {
	var rel relation
	switch n := stmt.GetNode().(type) {
	case *pg.Node_SelectStmt:
		a.query.Kind = Select
		a.query.Ordered = len(n.SelectStmt.SortClause) > 0
		rel = a.selectStmt(n.SelectStmt, env{}, true)
		a.query.Locks = rel.locks
	case *pg.Node_InsertStmt:
		a.query.Kind = Insert
		rel = a.insert(n.InsertStmt, env{}, true)
	case *pg.Node_UpdateStmt:
		a.query.Kind = Update
		rel = a.update(n.UpdateStmt, env{}, true)
	case *pg.Node_DeleteStmt:
		a.query.Kind = Delete
		rel = a.delete(n.DeleteStmt, env{}, true)
	case *pg.Node_MergeStmt:
		rel = a.merge(n.MergeStmt, env{}, true)
	case *pg.Node_TruncateStmt:
		for _, r := range n.TruncateStmt.Relations {
			a.writes[relationName(r.GetRangeVar())] = true
		}
		a.trace.unknown("the statement")
	case *pg.Node_CopyStmt:
		a.copy(n.CopyStmt)
		a.trace.unknown("the statement")
	case *pg.Node_CallStmt:
		a.expr(n.CallStmt.GetFunccall(), &scope{})
	case *pg.Node_NotifyStmt:
		add(a.trace.set.writes, Effect{Table: notifications, Via: a.trace.via, Append: a.trace.reacts})
	default:
		a.expr(stmt, &scope{})
		a.trace.unknown("the statement")
	}
	a.query.OuterJoins = rel.partial
	var number numbering
	for _, c := range rel.columns {
		present := a.query.Kind == Select && a.isPresent(c) && !c.mayBeNull
		a.query.Returns = append(a.query.Returns, Result{
			Name: c.name, Table: c.table, Column: c.base, MayBeNull: c.nullable() && !present, Present: present, Param: a.known(c),
			Source: number.row(c.row), Missing: number.joins(c.joins()),
		})
	}
}

func (a *analyzer) copy(n *pg.CopyStmt) {
	switch {
	case n.GetRelation() == nil:
		a.nested(n.Query, env{})
	case n.IsFrom:
		a.writes[relationName(n.Relation)] = true
	default:
		a.reads[relationName(n.Relation)] = true
	}
}

// nested analyses a statement inside another: a subquery, or a WITH query.
func (a *analyzer) nested(stmt *pg.Node, e env) relation {
	switch n := stmt.GetNode().(type) {
	case *pg.Node_SelectStmt:
		return a.selectStmt(n.SelectStmt, e, false)
	case *pg.Node_InsertStmt:
		return a.insert(n.InsertStmt, e, false)
	case *pg.Node_UpdateStmt:
		return a.update(n.UpdateStmt, e, false)
	case *pg.Node_DeleteStmt:
		return a.delete(n.DeleteStmt, e, false)
	case *pg.Node_MergeStmt:
		return a.merge(n.MergeStmt, e, false)
	default:
		return relation{open: true}
	}
}

// with adds the queries of a WITH clause to what a statement sees.
func (a *analyzer) with(clause *pg.WithClause, e env) env {
	if clause.GetRecursive() {
		// Each can refer to itself and to those after it; their columns are not
		// known before they are read.
		for _, n := range clause.Ctes {
			e.ctes = &cte{name: n.GetCommonTableExpr().GetCtename(), rel: relation{open: true}, next: e.ctes}
		}
	}
	for _, n := range clause.GetCtes() {
		c := n.GetCommonTableExpr()
		rel := a.nested(c.GetCtequery(), e)
		rename(&rel, texts(c.GetAliascolnames()))
		if c.GetSearchClause() != nil || c.GetCycleClause() != nil {
			rel.open = true // these add columns
		}
		e.ctes = &cte{name: c.GetCtename(), rel: rel, next: e.ctes}
	}
	return e
}

// rename gives columns the names of an alias list.
func rename(rel *relation, names []string) {
	for i, name := range names {
		if i < len(rel.columns) {
			rel.columns[i].name = name
		} else if rel.open {
			rel.columns = append(rel.columns, column{name: name})
		}
	}
}

func relationName(rel *pg.RangeVar) string {
	return qualify(rel.GetSchemaname(), rel.GetRelname())
}

func (a *analyzer) finish() {
	a.query.Writes = sortedNames(a.writes)
	a.query.Reads = sortedNames(a.reads)
	a.query.outputs, a.query.absent = a.outputs, a.absent
	a.query.Emptied = sortedNames(a.emptied)
	for i := range a.params {
		u := &a.params[i]
		u.Sole = u.Column != "" && u.only(a.classOf(column{table: u.Table, base: u.Column}))
		a.query.Params = append(a.query.Params, u.Param)
	}
}

// known returns the parameter whose value a column of the answer has for
// certain, or 0. The rules are those of Result.Param.
func (a *analyzer) known(c column) int {
	if c.item == nil || c.nullable() {
		return 0
	}
	for _, f := range a.fixed {
		if f.item != c.item || f.column != c.base {
			continue
		}
		table := a.catalog.Table(c.table)
		if table == nil || f.written && !a.catalog.Keeps(table, a.query.Events(), c.base) {
			continue
		}
		col := table.Column(c.base)
		if col == nil || col.Array || col.Nondeterministic || col.Generated || !a.catalog.exact(col.Type) {
			continue
		}
		if use := a.params[f.param-1]; use.only(a.catalog.class(col.Type)) {
			return f.param
		}
	}
	return 0
}
