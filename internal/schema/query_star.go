package schema

import (
	"slices"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

// outputs are the columns of one SELECT list or RETURNING.
type outputs struct {
	columns []column
	stars   []bool // of each column: a * of the text stands for it
	certain bool   // every * stands for the columns of tables that are known
}

// output notes a list of outputs; stars says which of its columns are from a *.
func (a *analyzer) output(list []*pg.Node, s *scope, columns []column, stars []bool) {
	o := outputs{columns: slices.Clone(columns), stars: stars, certain: true}
	for _, n := range list {
		ref := n.GetResTarget().GetVal().GetColumnRef()
		if ref != nil && len(ref.Fields) == 1 && ref.Fields[0].GetAStar() != nil && (len(s.merged) > 0 || len(s.hidden) > 0 && len(s.items) > 1) {
			o.certain = false // sqlc does not merge the columns of USING as PostgreSQL does
		}
	}
	for i, c := range columns {
		if !stars[i] {
			continue
		}
		t := a.catalog.Table(c.table)
		if c.item == nil || c.item.table == "" || c.name != c.base || t == nil || c.name == "*" || !a.catalog.Certain(t) {
			o.certain = false
		}
	}
	a.outputs = append(a.outputs, o)
}

// Certain reports a table of which sqlc knows the same columns.
func (c *Catalog) Certain(t *Table) bool {
	return !c.unread && !t.open && !t.Uncertain && !t.unlike && !c.namesakes(t)
}

// namesakes reports tables of other schemas with the same name: a search_path may
// mean these.
func (c *Catalog) namesakes(t *Table) bool {
	return slices.ContainsFunc(c.Tables, func(o *Table) bool { return o != t && o.Name == t.Name })
}

// Stale is how a * of a query's text differs from the list that stands for it in
// the generated statement.
type Stale struct {
	Table *Table
	// Column is a column that the list lacks, or with Gone one that only the list
	// has; "" where the order differs.
	Column string
	Gone   bool
}

// Stale compares every * and sqlc.embed in the text of a query with the columns in
// the generated statement. It is false where they are equal, and where one of both
// is not certain.
func (c *Catalog) Stale(source string, generated *Query) (Stale, bool) {
	if bare := strings.ReplaceAll(source, "(*)", ""); c.unread || !strings.Contains(bare, "*") && !strings.Contains(bare, "embed") {
		return Stale{}, false
	}
	if loneStar(source) && !slices.ContainsFunc(generated.outputs, func(o outputs) bool { return !o.whole(c) }) {
		return Stale{}, false // the usual case, without reading the text
	}
	written := c.outputs(source)
	if len(written) != len(generated.outputs) {
		return Stale{}, false
	}
	for i, w := range written {
		g := generated.outputs[i]
		if !w.certain || !slices.Contains(w.stars, true) || slices.Contains(g.stars, true) {
			continue
		}
		if stale, ok := w.differs(g); ok {
			return stale, true
		}
	}
	return Stale{}, false
}

// outputs reads the lists of a text, and nothing else of it: nil for one that is
// not a statement.
func (c *Catalog) outputs(source string) []outputs {
	stmts, err := parse(positional(source))
	if err != nil || len(stmts) != 1 || checkParams(source, stmts[0].Stmt) != nil {
		return nil
	}
	trace := newTracer(c)
	trace.blind = true
	a := newAnalyzer(trace)
	a.top(stmts[0].Stmt)
	return a.outputs
}

// differs compares the list that a text asks for with the generated one.
func (o outputs) differs(generated outputs) (Stale, bool) {
	want, got := o.names(), generated.names()
	if slices.Equal(want, got) {
		return Stale{}, false
	}
	var stale Stale
	for i, c := range o.columns {
		if !o.stars[i] {
			continue
		}
		if stale.Table == nil {
			stale.Table = c.item.def
		}
		if count(got, c.name) < count(want, c.name) {
			return Stale{Table: c.item.def, Column: c.name}, true
		}
	}
	for _, name := range got {
		if count(got, name) > count(want, name) {
			stale.Column, stale.Gone = name, true
			break
		}
	}
	return stale, stale.Table != nil
}

func (o outputs) names() []string {
	names := make([]string, len(o.columns))
	for i, c := range o.columns {
		names[i] = c.name
	}
	return names
}

func count(names []string, name string) int {
	n := 0
	for _, other := range names {
		if other == name {
			n++
		}
	}
	return n
}

// loneStar reports a text with one *, which has no list around it.
func loneStar(source string) bool {
	before, after, _ := strings.Cut(source, "*")
	return !strings.Contains(source, "embed") && !strings.Contains(after, "*") &&
		!strings.HasSuffix(strings.TrimSpace(before), ",") && !strings.HasPrefix(strings.TrimSpace(after), ",")
}

// whole reports a list of exactly the columns of one table, in order.
func (o outputs) whole(c *Catalog) bool {
	if len(o.columns) == 0 {
		return false
	}
	t := c.Table(o.columns[0].table)
	return t != nil && slices.EqualFunc(o.columns, t.Columns, func(c column, d *Column) bool {
		return c.item == o.columns[0].item && c.item != nil && c.name == d.Name && c.base == d.Name
	})
}
