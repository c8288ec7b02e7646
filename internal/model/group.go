package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
)

// A loop with `by` goes over groups of rows: those of presets that one statement
// reads together with their entries, for example. Its element is the list of the
// group's rows, over which a loop inside goes; a column of it is one that has the
// same value in all of them.

// GroupsValue is the rows of a call, put together by columns.
type GroupsValue struct {
	Call *Call
	By   []int // into Call.Query.Columns

	names []string // of the columns, as the document has them
	same  []bool   // the columns that have one value in each group
}

// Shape is a list of lists of rows.
func (v *GroupsValue) Shape() Shape { return listOf(listOf(rowShape(v.Call.Query))) }

func (v *GroupsValue) String() string {
	return "$" + v.Call.Name + " by " + strings.Join(v.names, ", ")
}

// Groups are the groups that a loop goes over, nil for one over elements.
func (l *Loop) Groups() *GroupsValue {
	g, _ := l.Over.(*GroupsValue)
	return g
}

// Rows is the call whose rows a loop goes over: one by one, or in groups. It is
// nil for a loop over anything else, lists made by `into` included.
func (l *Loop) Rows() *Call {
	for l.Continues != nil {
		l = l.Continues
	}
	switch over := l.Over.(type) {
	case *RowsValue:
		return over.Call
	case *GroupsValue:
		return over.Call
	case *ElemValue:
		return over.Loop.Rows()
	default:
		return nil
	}
}

// group turns a loop over rows into one over groups of them. It reports whether
// that can be done.
func (r *resolver) group(l *Loop, s *spec.ForStep) bool {
	rows, ok := l.Over.(*RowsValue)
	if !ok {
		fix := "leave `by` out"
		if _, group := l.Over.(*ElemValue); group {
			fix = "go over the rows of the group, without `by`"
		}
		r.fail(s.By[0].Pos, "SG303", fix, "%s is no list of a :many query's rows, which `by` makes groups of", l.Over)
		return false
	}
	g := &GroupsValue{Call: rows.Call}
	for _, name := range s.By {
		i := r.groupColumn(rows.Call, name)
		if i < 0 {
			return false
		}
		g.By, g.names = append(g.By, i), append(g.names, name.Value)
	}
	g.same = sameInGroup(r.returns(rows.Call), g.By, r.catalog.Table)
	l.Over, l.Elem = g, listOf(l.Elem)
	return true
}

// returns is what the SQL says of the columns of a call's answer, the zero Result
// where it says nothing.
func (r *resolver) returns(c *Call) []schema.Result {
	out := make([]schema.Result, len(c.Query.Columns))
	for i := range out {
		if ret := returned(c, i); ret != nil {
			out[i] = *ret
		}
	}
	return out
}

// groupColumn finds a column of `by`: one whose values Go compares as SQL does, and
// that is never NULL.
func (r *resolver) groupColumn(c *Call, name spec.Text) int {
	path := strings.Split(name.Value, ".")
	i, taken := findColumn(c, path)
	if i < 0 || taken < len(path) {
		r.failNear(name.Pos, "SG205", name.Value, columnNames(c), "the rows of %s have no column %q", c.Query.Name, name.Value)
		return -1
	}
	s := r.columnShape(c, i)
	ret := returned(c, i)
	known := ret != nil && r.tableColumn(ret.Table, ret.Column) != nil
	switch {
	case !comparable(s):
		r.fail(name.Pos, "SG226", "group by a text, uuid, integer, boolean or enum", "%s of %s is %s, which cannot be compared", name.Value, c.Query.Name, s.describe())
		return -1
	case s.Nullable, s.Form == Pointer, s.Form == Valid && !known:
		r.problems.Add(diag.Problem{Pos: name.Pos, Code: "SG226", Message: fmt.Sprintf("%s of %s may be NULL, which is no value to group by", name.Value, c.Query.Name),
			Fix:     "group by a column that is NOT NULL, such as the primary key",
			Related: []diag.Related{{Pos: c.Query.Pos, Message: c.Query.Name + " is declared here"}}})
		return -1
	}
	return i
}

// sameInGroup reports, for each column of an answer, whether it has one value in
// each group that the columns by make: it is one of them, or they hold a key of
// the row that it comes from.
func sameInGroup(returns []schema.Result, by []int, table func(string) *schema.Table) []bool {
	given := func(source int, column string) bool {
		return slices.ContainsFunc(by, func(i int) bool { return returns[i].Source == source && returns[i].Column == column })
	}
	same := make([]bool, len(returns))
	for i, ret := range returns {
		same[i] = slices.Contains(by, i)
		t := table(ret.Table)
		if same[i] || ret.Source == 0 || t == nil {
			continue
		}
		same[i] = given(ret.Source, ret.Column) || slices.ContainsFunc(rowKeys(t), func(k *schema.Key) bool {
			return !slices.ContainsFunc(k.Columns, func(name string) bool { return !given(ret.Source, name) })
		})
	}
	return same
}

// rowKeys are the keys that tell the rows of a table apart at any time: what may
// be NULL, is unique in a part of the table, or at the end of a transaction, does
// not.
func rowKeys(t *schema.Table) []*schema.Key {
	if t.Inherited {
		return nil
	}
	keys := t.Uniques
	if t.PrimaryKey != nil {
		keys = append([]*schema.Key{t.PrimaryKey}, keys...)
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k *schema.Key) bool {
		return k.Partial || k.Deferrable || len(k.Columns) == 0 || slices.ContainsFunc(k.Columns, func(name string) bool {
			col := t.Column(name)
			return col == nil || !col.NotNull
		})
	})
}

// groupOf is the loop over groups that a value is the element of, nil for any
// other value.
func groupOf(v Value) *Loop {
	if e, ok := v.(*ElemValue); ok && e.Loop.Groups() != nil {
		return e.Loop
	}
	return nil
}

// groupMember checks that a column of a group has one value in it.
func (r *resolver) groupMember(l *Loop, i int, e *spec.Ref) bool {
	g := l.Groups()
	if g.same[i] {
		return true
	}
	name := columnName(g.Call, i)
	row := "entry"
	if l.Var == row {
		row = "item"
	}
	use := fmt.Sprintf("use it of a row: for: %s in $%s, and $%s.%s", row, l.Var, row, name)
	fix := use + "; or group by it, too"
	if key := r.keyToAdd(g, i); key != "" {
		fix = fmt.Sprintf("group by a key of its table: by: %s; or %s", key, use)
	}
	r.problems.Add(diag.Problem{Pos: e.Pos, Code: "SG227", Message: fmt.Sprintf("$%s stands for several rows of %s, and %s may differ in them", l.Var, g.Call.Query.Name, name),
		Fix: fix, Related: []diag.Related{{Pos: l.Pos, Message: "the loop over groups"}}})
	return false
}

// keyToAdd is the columns of the answer that, instead of those of `by`, would
// make a column the same in each group; "" where they are not in the answer, or
// the loop means another table.
func (r *resolver) keyToAdd(g *GroupsValue, i int) string {
	returns := r.returns(g.Call)
	ret := returns[i]
	t := r.catalog.Table(ret.Table)
	if t == nil || ret.Source == 0 || len(ret.Missing) > 0 || !slices.ContainsFunc(g.By, func(by int) bool { return returns[by].Source == ret.Source }) {
		return ""
	}
	for _, k := range rowKeys(t) {
		var names []string
		for _, column := range k.Columns {
			at := slices.IndexFunc(returns, func(x schema.Result) bool { return x.Source == ret.Source && x.Column == column })
			if at >= 0 {
				names = append(names, columnName(g.Call, at))
			}
		}
		if len(names) == len(k.Columns) {
			if len(names) == 1 {
				return names[0]
			}
			return "[" + strings.Join(names, ", ") + "]"
		}
	}
	return ""
}
