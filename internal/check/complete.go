package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// cleaning is what a purge removes.
type cleaning struct {
	deletes  []*model.Call
	tables   map[string]bool // that are cleaned in a way that is not looked into
	taken    map[string]bool // that cascades may clean
	children map[*model.Scope]bool
	// unknown reports a statement that may clean anything: a function, or a
	// trigger.
	unknown bool
}

func (c *checker) cleaning(purge *model.Coordinator) *cleaning {
	out := &cleaning{tables: map[string]bool{}, taken: map[string]bool{}, children: map[*model.Scope]bool{}}
	for _, call := range own(purge.Body) {
		f := call.Facts
		switch {
		case f.Kind == schema.Delete:
			out.deletes = append(out.deletes, call)
			t := c.catalog.Table(f.Target)
			out.unknown = out.unknown || t == nil || t.Cleans
			for _, taken := range c.taken(f.Target, nil) {
				out.taken[taken] = true
				t := c.catalog.Table(taken)
				out.unknown = out.unknown || t == nil || t.Cleans
			}
		case f.Kind == schema.Update || f.Kind == schema.Other:
			// An UPDATE marks rows as deleted. Of MERGE and TRUNCATE no more is known.
			for _, table := range f.Writes {
				out.tables[table] = true
			}
			out.unknown = out.unknown || len(f.Writes) == 0
		case call.Role == model.Refusal:
			for _, table := range f.Reads { // there are none left
				out.tables[table] = true
			}
		case call.Role == model.ChildList:
			out.children[call.Child] = true
		case call.Opaque() && !strings.Contains(strings.ToLower(call.Query.SQL), "pg_advisory"):
			out.unknown = true
		}
	}
	return out
}

// taken are the tables whose rows go with those of a table, by ON DELETE
// CASCADE, however long the chain; none through the tables in except.
func (c *checker) taken(table string, except map[string]bool) []string {
	reached := []string{table}
	for i := 0; i < len(reached); i++ {
		for _, t := range c.catalog.Tables {
			name := t.QualifiedName()
			cascades := slices.ContainsFunc(t.ForeignKeys, func(k *schema.ForeignKey) bool { return k.RefTable == reached[i] && k.OnDelete == "CASCADE" })
			if cascades && !except[name] && !slices.Contains(reached[1:], name) {
				reached = append(reached, name)
			}
		}
	}
	return reached[1:]
}

// complete makes sure that what create writes for a scope, its purge removes: in
// every table, and every direction of an association.
func (c *checker) complete(s *model.Scope) {
	clean := c.cleaning(s.Purge)
	if clean.unknown {
		return
	}
	left := map[*model.Call]bool{} // the inserts whose rows stay, which was reported
	of := nestedOf(s.Create.Body)
	for _, insert := range writes(s.Create.Body, clean.children) {
		table := insert.Facts.Target
		if insert == s.Create.Row || c.catalog.Table(table) == nil || clean.tables[table] || keeps(s.Purge, table) {
			continue
		}
		if c.refusedByName(insert, s) || c.goesWith(insert, clean, s) {
			continue
		}
		deletes := slices.DeleteFunc(slices.Clone(clean.deletes), func(d *model.Call) bool { return d.Facts.Target != table })
		if n := of[insert]; n != nil && n.Row != insert && left[n.Row] {
			continue // it goes when the nested scope is purged
		}
		if len(deletes) == 0 && c.follows(insert, left) {
			left[insert] = true
			continue
		}
		if len(deletes) == 0 && !clean.taken[table] {
			left[insert] = true
			c.report(s, diag.Problem{Pos: insert.Pos, Code: codeIncomplete,
				Message: fmt.Sprintf("%s writes %s, and the purge of %s leaves the rows behind", insert.Query.Name, table, scopesHere),
				Fix:     fmt.Sprintf("delete them in a step of the purge, or say that they stay: keep: [%s]%s", table, nestedHint(s, insert)),
				Related: []diag.Related{{Pos: s.Purge.Pos, Message: "the purge of " + s.Name}}})
			continue
		}
		if !slices.ContainsFunc(deletes, func(d *model.Call) bool { return c.reaches(d, insert, table, s) }) {
			left[insert] = true
			p := diag.Problem{Pos: insert.Pos, Code: codeDirection,
				Message: fmt.Sprintf("no step of the purge of %s deletes the rows of %s%s, which %s writes", scopesHere, table, where(insert, s), insert.Query.Name),
				Fix:     fmt.Sprintf("delete them in a step of the purge, too, or say that they stay: keep: [%s]", table)}
			for _, d := range deletes {
				p.Related = append(p.Related, diag.Related{Pos: d.Pos, Message: d.Query.Name + " deletes others"})
			}
			c.report(s, p)
		}
	}
}

// nestedOf tells in which scope, nested in a body, a call stands.
func nestedOf(body []model.Node) map[*model.Call]*model.Nested {
	out := map[*model.Call]*model.Nested{}
	for _, n := range body {
		switch n := n.(type) {
		case *model.Loop:
			maps.Copy(out, nestedOf(n.Body))
		case *model.Guard:
			maps.Copy(out, nestedOf(n.Body))
		case *model.Nested:
			for _, call := range model.Calls(n.Body) {
				out[call] = n
			}
		}
	}
	return out
}

// follows reports whether the row that an insert writes would go by ON DELETE
// CASCADE with one of which it was reported that it stays, or that refers to
// what was reported not to be there.
func (c *checker) follows(insert *model.Call, left map[*model.Call]bool) bool {
	return slices.ContainsFunc(c.catalog.Table(insert.Facts.Target).ForeignKeys, func(k *schema.ForeignKey) bool {
		switch {
		case k.OnDelete != "CASCADE":
			return false
		case c.catalog.Table(k.RefTable) == nil:
			return true
		case len(k.Columns) != 1 || len(k.RefColumns) != 1:
			return false
		}
		return left[rowOf(given(insert, k.Columns[0]), k.RefTable, k.RefColumns[0])]
	})
}

// refusedByName reports whether the rows that an insert writes refer to the
// scope's row by a foreign key that refuses the purge, and the document has an
// error for that.
func (c *checker) refusedByName(insert *model.Call, s *model.Scope) bool {
	if s.Purge.Row.Facts.Kind != schema.Delete {
		return false
	}
	return slices.ContainsFunc(c.catalog.Table(insert.Facts.Target).ForeignKeys, func(k *schema.ForeignKey) bool {
		return k.RefTable == s.Purge.Row.Facts.Target && k.OnDelete != "CASCADE" &&
			slices.ContainsFunc(s.Purge.Constraints, func(e *model.ConstraintError) bool { return e.Constraint == k.Name })
	})
}

// writes lists the inserts of a body; those of a nested scope only when its own
// purge does not remove what they write.
func writes(body []model.Node, purged map[*model.Scope]bool) []*model.Call {
	var out []*model.Call
	for _, n := range body {
		switch n := n.(type) {
		case *model.Call:
			if n.Facts.Kind == schema.Insert {
				out = append(out, n)
			}
		case *model.Loop:
			out = append(out, writes(n.Body, purged)...)
		case *model.Guard:
			out = append(out, writes(n.Body, purged)...)
		case *model.Nested:
			if !purged[n.Scope] {
				out = append(out, writes(n.Body, purged)...)
			}
		}
	}
	return out
}

// nestedHint says what else to do about what a nested scope writes.
func nestedHint(s *model.Scope, insert *model.Call) string {
	if slices.Contains(own(s.Create.Body), insert) {
		return ""
	}
	return "; or name the nested scope under `children`"
}

func keeps(purge *model.Coordinator, table string) bool {
	return slices.ContainsFunc(purge.Keep, func(k *model.Kept) bool { return k.Table.QualifiedName() == table })
}

// reaches reports whether a DELETE of a purge may delete the row of a table that
// a call of create inserts or reads: nothing that it compares is certainly
// something else.
func (c *checker) reaches(d, row *model.Call, table string, s *model.Scope) bool {
	if !c.mayMatch(comparisons(d, table, s.Purge), row, s) {
		return false
	}
	for _, w := range d.Facts.Within {
		if w.Table != table {
			continue
		}
		if other := rowOf(given(row, w.Column), w.RefTable, w.RefColumn); other != nil && !c.mayMatch(compared(d, w.Equal, w.RefTable, s.Purge), other, s) {
			return false
		}
	}
	return true
}

// mayMatch reports whether the row that a call of create inserts or reads may
// have what a purge compares its columns with.
func (c *checker) mayMatch(conditions []comparison, row *model.Call, s *model.Scope) bool {
	for _, x := range conditions {
		has := givenSense(row, x.Column, s.Create)
		for _, read := range comparisons(row, x.Table, s.Create) {
			if read.Column == x.Column && row.Facts.Kind == schema.Select {
				has = read.sense
			}
		}
		if !c.mayEqual(x.sense, has, s) {
			return false
		}
	}
	return true
}

// rowOf is the call whose one row an argument is a column of, nil when that is
// not known, or is another column.
func rowOf(a *model.Arg, table, column string) *model.Call {
	if a == nil {
		return nil
	}
	v := a.Value
	for {
		switch x := v.(type) {
		case *model.Conversion:
			v = x.X
		case *model.ColumnValue:
			if x.Index >= len(x.Call.Facts.Returns) {
				return nil
			}
			ret := x.Call.Facts.Returns[x.Index]
			if ret.Table != table || ret.Column != column || x.Call.Facts.Kind != schema.Insert && x.Call.Facts.Kind != schema.Select {
				return nil
			}
			return x.Call
		default:
			return nil
		}
	}
}

// goesWith reports whether the row that an insert writes may go by ON DELETE
// CASCADE when the purge deletes rows.
func (c *checker) goesWith(insert *model.Call, clean *cleaning, s *model.Scope) bool {
	if !clean.taken[insert.Facts.Target] {
		return false
	}
	for _, k := range c.catalog.Table(insert.Facts.Target).ForeignKeys {
		if k.OnDelete != "CASCADE" {
			continue
		}
		if clean.taken[k.RefTable] || len(k.Columns) != 1 || len(k.RefColumns) != 1 {
			return true // by way of another table, which is not looked into
		}
		row := rowOf(given(insert, k.Columns[0]), k.RefTable, k.RefColumns[0])
		for _, d := range clean.deletes {
			if d.Facts.Target == k.RefTable && (row == nil || c.reaches(d, row, k.RefTable, s)) {
				return true
			}
		}
	}
	return false
}

// where says which rows an insert writes, by the columns that tie them to the
// scope: its id with the type beside it.
func where(insert *model.Call, s *model.Scope) string {
	var conditions []string
	for _, set := range insert.Facts.Sets {
		if !givenSense(insert, set.Column, s.Create).scopeID {
			continue
		}
		kind := strings.TrimSuffix(set.Column, "_id") + "_type"
		if x := givenSense(insert, kind, s.Create); x.constant && x.text == s.Type {
			conditions = append(conditions, kind+" is $scope.type")
		} else if x.constant {
			conditions = append(conditions, kind+" is "+x.text)
		}
		conditions = append(conditions, set.Column+" is $scope.id")
	}
	if len(conditions) == 0 {
		return ""
	}
	return " where " + list(conditions, "and")
}

// kept warns of a `keep` that keeps nothing.
func (c *checker) kept(s *model.Scope) {
	clean := c.cleaning(s.Purge)
	all := append(model.Calls(s.Create.Body), model.Calls(s.Purge.Body)...)
	for _, k := range s.Purge.Keep {
		table := k.Table.QualifiedName()
		about := func(call *model.Call) bool {
			return call.Facts.Kind != schema.Delete && slices.Contains(call.Writes(), table)
		}
		if !slices.ContainsFunc(all, about) && !slices.ContainsFunc(all, (*model.Call).Opaque) {
			c.report(s, diag.Problem{Pos: k.Pos, Severity: diag.Warning, Code: codeKeep,
				Message: fmt.Sprintf("nothing that makes %s writes %s: there is nothing to keep", scopesHere, table), Fix: "remove it from `keep`"})
			continue
		}
		if slices.ContainsFunc(model.Calls(s.Purge.Body), about) {
			continue // what the purge itself writes stays
		}
		inserts := slices.DeleteFunc(writes(s.Create.Body, clean.children), func(i *model.Call) bool { return i.Facts.Target != table })
		gone := func(i *model.Call) bool {
			return slices.ContainsFunc(clean.deletes, func(d *model.Call) bool { return surelyReaches(d, i, s) })
		}
		if len(inserts) > 0 && !slices.ContainsFunc(inserts, func(i *model.Call) bool { return !gone(i) }) {
			c.report(s, diag.Problem{Pos: k.Pos, Severity: diag.Warning, Code: codeKeep,
				Message: fmt.Sprintf("the purge of %s deletes the rows of %s that it is said to keep", scopesHere, table), Fix: "remove it from `keep`, or remove the step"})
		}
	}
}

// surelyReaches reports whether a DELETE deletes everything that an insert wrote.
func surelyReaches(d, insert *model.Call, s *model.Scope) bool {
	compared := comparisons(d, insert.Facts.Target, s.Purge)
	if d.Facts.Target != insert.Facts.Target || len(d.Guards) > 0 || len(compared) == 0 {
		return false
	}
	for _, name := range d.Facts.Mentions {
		i := slices.IndexFunc(compared, func(x comparison) bool { return x.Column == name })
		if i < 0 || !surelyEqual(compared[i].sense, givenSense(insert, name, s.Create)) {
			return false
		}
	}
	return true
}
