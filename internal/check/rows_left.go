package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// leftover is an insert of create whose rows stay when the scope is purged.
type leftover struct {
	insert  *model.Call
	deletes []*model.Call // those of its table, none of which reaches the rows
}

// leftovers lists what create writes for a scope and its purge does not remove:
// in every table, and every direction of an association.
func (c *checker) leftovers(s *model.Scope) []leftover {
	clean := c.cleaning(s.Purge)
	if clean.unknown {
		return nil
	}
	var out []leftover
	left := map[*model.Call]bool{} // the inserts whose rows stay, also those that nothing is said of
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
		stays := len(deletes) == 0 && !clean.taken[table]
		if stays || !slices.ContainsFunc(deletes, func(d *model.Call) bool { return c.reaches(d, insert, table, s) }) {
			left[insert] = true
			out = append(out, leftover{insert, deletes})
		}
	}
	return out
}

// uncleanedTables refuses a purge that leaves rows of create behind, in a table
// that it does not clean. A purge that marks the scope's row leaves nothing behind
// that has lost it.
func (c *checker) uncleanedTables(s *model.Scope) {
	if s.Purge.Row.Facts.Kind == schema.Update {
		return
	}
	clean := c.cleaning(s.Purge)
	for _, x := range c.leftovers(s) {
		table := x.insert.Facts.Target
		if len(x.deletes) > 0 || clean.taken[table] {
			continue
		}
		c.report(s, diag.Problem{Pos: x.insert.Pos,
			Message: fmt.Sprintf("%s writes %s, and the purge of %s leaves the rows behind", x.insert.Query.Name, table, scopesHere),
			Fix:     fmt.Sprintf("delete them in a step of the purge, or say that they stay: keep: [%s]%s", table, nestedHint(s, x.insert)),
			Related: []diag.Related{{Pos: s.Purge.Pos, Message: "the purge of " + s.Name}}})
	}
}

// unreachedRows refuses a purge that leaves rows of create behind, in a table
// that it deletes other rows of.
func (c *checker) unreachedRows(s *model.Scope) {
	clean := c.cleaning(s.Purge)
	for _, x := range c.leftovers(s) {
		table := x.insert.Facts.Target
		if len(x.deletes) == 0 && !clean.taken[table] {
			continue
		}
		p := diag.Problem{Pos: x.insert.Pos,
			Message: fmt.Sprintf("no step of the purge of %s deletes the rows of %s%s, which %s writes", scopesHere, table, where(x.insert, s), x.insert.Query.Name),
			Fix:     fmt.Sprintf("delete them in a step of the purge, too, or say that they stay: keep: [%s]", table)}
		for _, d := range x.deletes {
			p.Related = append(p.Related, diag.Related{Pos: d.Pos, Message: d.Query.Name + " deletes others"})
		}
		c.report(s, p)
	}
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

// nestedHint says what else to do about what a nested scope writes.
func nestedHint(s *model.Scope, insert *model.Call) string {
	if slices.Contains(own(s.Create.Body), insert) {
		return ""
	}
	return "; or name the nested scope under `children`"
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
