package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// sharedNames refuses a step of a purge, and a list of children to be purged, that
// finds its rows by a value of the scope's row which other rows may have, too, such as
// a name that is unique for one tenant only.
func (c *checker) sharedNames(s *model.Scope) {
	for _, call := range own(s.Purge.Body) {
		table := call.Facts.Target
		switch {
		case call.Role == model.ChildList && call.Cascade:
			table = c.rowTable(call.Child)
		case call.Role != model.PurgeStep || call.Facts.Kind != schema.Delete && call.Facts.Kind != schema.Update:
			continue
		}
		if table == "" || table == c.rowTable(s) {
			continue
		}
		pairs := c.foundBy(call, table, s)
		if len(pairs) == 0 || len(call.Facts.Disjuncts) > 0 || c.boundOtherwise(call, table, pairs) || c.tellApart(pairs, s) {
			continue
		}
		if call.Facts.Kind == schema.Update && !slices.ContainsFunc(pairs, func(p pair) bool { return c.writesOwn(p, table, s) }) {
			continue // it may be about a row that many scopes share
		}
		var names []string
		for _, p := range pairs {
			names = append(names, p.own)
		}
		c.reportQuery(s, call, diag.Problem{Pos: call.Pos,
			Message: fmt.Sprintf("%s finds rows of %s by the %s of the %s, which another %s may have, too: it takes the rows of both", call.Query.Name, table, list(names, "and"), s.Name, s.Name),
			Fix:     fmt.Sprintf("have %s refer to the %s by its id, or compare all columns of a unique key of %s", table, s.Name, c.rowTable(s)), Related: []diag.Related{declared(call)}})
	}
}

// pair is a column of a table that a statement compares with one of the scope's row.
type pair struct{ column, own string }

// foundBy lists the columns of a table that a statement of the purge compares with
// columns of the scope's row: by a subquery, by a join, by what a step read of the
// row, or by what the lock compared with it.
func (c *checker) foundBy(call *model.Call, table string, s *model.Scope) []pair {
	row := c.rowTable(s)
	var out []pair
	for _, w := range call.Facts.InSubquery {
		ofScope := slices.ContainsFunc(compared(call, w.Equal, row, s.Purge), func(x comparison) bool { return x.scopeID })
		if w.Table == table && w.RefTable == row && ofScope {
			out = append(out, pair{w.Column, w.RefColumn})
		}
	}
	ofScope := slices.ContainsFunc(call.Facts.Matched, func(n int) bool {
		a := argument(call, n)
		return call.Facts.Params[n-1].Table == row && a != nil && a.Value != nil && senseOf(a.Value, s.Purge).scopeID
	})
	for _, j := range call.Facts.Joins {
		switch {
		case !ofScope:
		case j.Table == table && j.OtherTable == row:
			out = append(out, pair{j.Column, j.OtherColumn})
		case j.Table == row && j.OtherTable == table:
			out = append(out, pair{j.OtherColumn, j.Column})
		}
	}
	for _, e := range call.Facts.Equal {
		a := argument(call, e.Param)
		if e.Table != table || a == nil || a.Value == nil || senseOf(a.Value, s.Purge).scopeID {
			continue
		}
		if own := c.ownColumn(a.Value, row, s); own != "" {
			out = append(out, pair{e.Column, own})
		}
	}
	return out
}

// ownColumn is the column of the scope's row that a value of the purge is, "" for
// another value.
func (c *checker) ownColumn(v model.Value, row string, s *model.Scope) string {
	if x, ok := unconverted(v).(*model.ColumnValue); ok && x.Index < len(x.Call.Facts.Returns) {
		ret := x.Call.Facts.Returns[x.Index]
		ofScope := func(y comparison) bool { return y.scopeID }
		if ret.Table == row && x.Call.Facts.Kind == schema.Select && slices.ContainsFunc(comparisons(x.Call, row, s.Purge), ofScope) {
			return ret.Column
		}
	}
	for _, lock := range withRole(s.Purge.Body, model.PurgeLock) {
		for _, e := range lock.Facts.Equal {
			if a := argument(lock, e.Param); e.Table == row && a != nil && a.Value != nil && model.Same(plain(a.Value), plain(v)) {
				return e.Column
			}
		}
	}
	return ""
}

// boundOtherwise reports whether a statement looks at more of a table than the
// columns of pairs, and constants: that may tell the rows apart.
func (c *checker) boundOtherwise(call *model.Call, table string, pairs []pair) bool {
	known := map[string]bool{}
	for _, p := range pairs {
		known[p.column], known[p.own] = true, true
	}
	for _, x := range call.Facts.Constants {
		known[x.Column] = true
	}
	for _, w := range call.Facts.InSubquery {
		for _, e := range w.Equal {
			known[e.Column] = true
		}
	}
	for _, n := range call.Facts.Matched {
		if p := call.Facts.Params[n-1]; p.Table != table {
			known[p.Column] = true
		}
	}
	for _, e := range call.Facts.Equal {
		if e.Table == table && !slices.ContainsFunc(pairs, func(p pair) bool { return p.column == e.Column }) {
			return true
		}
	}
	return slices.ContainsFunc(call.Facts.ReferencedColumns, func(name string) bool { return !known[name] })
}

// tellApart reports whether the scope's columns in pairs tell its row from others,
// or may do so; or refer to something else, which the statement is about.
func (c *checker) tellApart(pairs []pair, s *model.Scope) bool {
	t := c.catalog.Table(c.rowTable(s))
	has := func(name string) bool { return slices.ContainsFunc(pairs, func(p pair) bool { return p.own == name }) }
	unique := func(k *schema.Key) bool {
		return len(k.Columns) > 0 && !slices.ContainsFunc(k.Columns, func(name string) bool {
			return !has(name) && !(name == "" && slices.ContainsFunc(k.Depends, has)) // an expression, such as lower(name)
		})
	}
	refers := func(p pair) bool {
		col := t.Column(p.own)
		return col == nil || col.Type == "uuid" || strings.HasSuffix(p.own, "_id") || foreignKey(t, p.own) != nil
	}
	return slices.ContainsFunc(append(uniqueKeys(t), t.Excludes...), unique) || slices.ContainsFunc(c.drawnKeys(s, t), unique) ||
		!slices.ContainsFunc(pairs, func(p pair) bool { return !refers(p) })
}

// writesOwn reports whether create writes a column of the scope's row into a table
// whose rows a statement finds by it.
func (c *checker) writesOwn(p pair, table string, s *model.Scope) bool {
	own := given(s.Create.Row, p.own)
	return slices.ContainsFunc(model.Calls(s.Create.Body), func(call *model.Call) bool {
		a := given(call, p.column)
		if call.Facts.Kind != schema.Insert || call.Facts.Target != table || a == nil || a.Value == nil {
			return false
		}
		v, ok := unconverted(a.Value).(*model.ColumnValue)
		ofRow := ok && v.Call == s.Create.Row && v.Index < len(v.Call.Facts.Returns) && v.Call.Facts.Returns[v.Index].Column == p.own
		return ofRow || own != nil && own.Value != nil && model.Same(plain(a.Value), plain(own.Value))
	})
}
