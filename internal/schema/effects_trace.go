package schema

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// tracer follows a statement into what it sets off, and gathers the effects.
type tracer struct {
	catalog *Catalog
	set     *effectSet
	via     string // what is between the statement and what is followed; "" for nothing
	reacts  bool   // a trigger or a rule is followed
	body    bool   // a function's body is followed: search_path may differ
	policy  bool   // a condition of row security is followed
	seen    map[string]bool
	blind   bool // nothing is followed
}

func newTracer(c *Catalog) *tracer {
	return &tracer{catalog: c, set: newEffectSet(), seen: map[string]bool{}}
}

// through follows what is reached through something. Of several in a row the
// first is told: it is the one that the reader of the statement can look up.
func (t *tracer) through(what string, follow func()) {
	before := t.via
	if t.via == "" {
		t.via = what
	}
	follow()
	t.via = before
}

// first reports whether something was not yet followed in this way.
func (t *tracer) first(what string) bool {
	key := what
	if t.via == "" {
		key += "\x00direct"
	}
	if t.reacts {
		key += "\x00reacts"
	}
	if t.seen[key] {
		return false
	}
	t.seen[key] = true
	return true
}

// unknown notes that the statement may do anything, because of something.
func (t *tracer) unknown(what string) {
	if t.via != "" {
		what = t.via
	}
	if t.set.unknown == "" {
		t.set.unknown = what + " may do anything"
	}
}

// statement follows a statement that is not the query itself.
func (t *tracer) statement(stmt *pg.Node) {
	newAnalyzer(t).top(stmt)
}

// sql follows the statements of a text.
func (t *tracer) sql(text, where string) {
	stmts, err := parse(text)
	if err != nil {
		t.unknown(where)
		return
	}
	for _, s := range stmts {
		t.statement(s.Stmt)
	}
}

// names are the relations that a name may mean. Within functions, whose
// search_path may be another one, they are all of that name.
func (t *tracer) names(rel *pg.RangeVar) []string {
	if name := relationName(rel); rel.GetSchemaname() != "" || !t.body && t.catalog.knows(name) {
		return []string{name}
	}
	var out []string
	for _, table := range t.catalog.Tables {
		if table.Name == rel.GetRelname() {
			out = append(out, table.QualifiedName())
		}
	}
	for name := range t.catalog.relations.views {
		if _, last := cutSchema(name); last == rel.GetRelname() {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		out = append(out, rel.GetRelname())
	}
	slices.Sort(out)
	return out
}

// read follows a relation that is read.
func (t *tracer) read(rel *pg.RangeVar) {
	if t.blind {
		return
	}
	for _, name := range t.names(rel) {
		if v := t.catalog.relations.views[name]; v != nil {
			t.view(name, v)
			continue
		}
		add(t.set.reads, Effect{Table: t.catalog.Root(name), Via: t.via})
		if table := t.catalog.Table(name); table != nil {
			t.uncertain(table)
			t.policies(table)
		}
	}
}

// lock follows a row lock.
func (t *tracer) lock(name string) {
	if t.blind {
		return
	}
	if v := t.catalog.relations.views[name]; v != nil {
		t.through("view "+name, func() {
			for _, base := range v.bases() {
				for _, name := range t.names(base) {
					t.lock(name)
				}
			}
		})
		return
	}
	add(t.set.locks, Effect{Table: t.catalog.Root(name), Via: t.via})
}

// view follows the query of a view.
func (t *tracer) view(name string, v *view) {
	if !t.first("view " + name) {
		return
	}
	t.through("view "+name, func() { t.statement(v.query) })
}

// uncertain notes a table of which the schema did not tell everything.
func (t *tracer) uncertain(table *Table) {
	if table.Uncertain {
		t.unknown("what happens on " + table.QualifiedName())
	}
}

// policies follows the conditions of row security. A function in them that the
// schema does not define, such as auth.uid(), is the platform's, and tells who asks.
func (t *tracer) policies(table *Table) {
	if !table.RowSecurity {
		return
	}
	for _, p := range table.policies {
		if what := "policy " + p.name + " on " + table.QualifiedName(); t.first(what) {
			before := t.policy
			t.policy = true
			t.through(what, func() { t.expression(p.conditions) })
			t.policy = before
		}
	}
}

// expression follows an expression that stands alone.
func (t *tracer) expression(expr any) {
	newAnalyzer(t).expr(expr, &scope{})
}

// view is a view that is not materialized: reading it is reading its tables.
type view struct {
	query    *pg.Node
	triggers []*Trigger
	rules    []*Rule
}

// bases are the relations that a view takes its rows from, and that are written
// where it is written.
func (v *view) bases() []*pg.RangeVar {
	var out []*pg.RangeVar
	var visit func(n *pg.Node)
	visit = func(n *pg.Node) {
		switch n := n.GetNode().(type) {
		case *pg.Node_RangeVar:
			out = append(out, n.RangeVar)
		case *pg.Node_JoinExpr:
			visit(n.JoinExpr.Larg)
			visit(n.JoinExpr.Rarg)
		case *pg.Node_RangeSubselect:
			for _, from := range n.RangeSubselect.GetSubquery().GetSelectStmt().GetFromClause() {
				visit(from)
			}
		}
	}
	for _, from := range v.query.GetSelectStmt().GetFromClause() {
		visit(from)
	}
	return out
}
