package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// unlockedAbsences refuses a DELETE whose condition says that no row refers to the
// rows that it deletes, where the foreign key takes or changes those that do. A row
// that is added between the DELETE's snapshot and its lock is not seen, and goes. An
// earlier statement that locks the rows FOR UPDATE keeps others from referring to
// them: a foreign key's check locks FOR KEY SHARE (PostgreSQL manual, section 13.3.2).
func (c *checker) unlockedAbsences(s *model.Scope) {
	for _, body := range c.bodies(s) {
		calls := own(body)
		for i, call := range calls {
			if call.Facts.Kind != schema.Delete {
				continue
			}
			for _, absent := range call.Facts.Absences {
				k := c.takenBy(call.Facts.Target, absent)
				if k == nil || slices.ContainsFunc(calls[:i], func(lock *model.Call) bool { return locksFor(lock, call) }) {
					continue
				}
				c.report(s, diag.Problem{Pos: call.Pos,
					Message: fmt.Sprintf("%s deletes rows of %s that no row of %s refers to, and does not see one that is added while it runs: %s takes that, too (ON DELETE %s)", call.Query.Name, call.Facts.Target, absent, k.Name, k.OnDelete),
					Fix:     fmt.Sprintf("put a step in front of it that locks the rows: SELECT … FROM %s WHERE … FOR UPDATE, without the condition on %s", call.Facts.Target, absent),
					Related: []diag.Related{declared(call), {Pos: k.Pos, Message: "the foreign key " + k.Name}}})
				break
			}
		}
	}
}

func (c *checker) bodies(s *model.Scope) [][]model.Node {
	out := [][]model.Node{s.Create.Body}
	if s.Purge != nil {
		out = append(out, s.Purge.Body)
	}
	return out
}

// takenBy is the foreign key by which rows of a table go or change when those are
// deleted that they refer to, at any distance; nil for none.
func (c *checker) takenBy(target, referring string) *schema.ForeignKey {
	reached := []string{target}
	for i := 0; i < len(reached); i++ {
		for _, r := range c.catalog.Referring(reached[i]) {
			name := r.Table.QualifiedName()
			switch {
			case r.Key.OnDelete == "NO ACTION" || r.Key.OnDelete == "RESTRICT":
			case name == referring:
				return r.Key
			case !slices.Contains(reached, name):
				reached = append(reached, name)
			}
		}
	}
	return nil
}

// locksFor reports whether a SELECT locks at least the rows that a later DELETE is
// about: it has no condition that the other has not.
func locksFor(lock, del *model.Call) bool {
	if !slices.ContainsFunc(lock.Facts.Locks, func(l schema.Lock) bool {
		return l.Table == del.Facts.Target && l.Strength == "UPDATE" && !l.SkipLocked
	}) {
		return false
	}
	if len(lock.Guards) > 0 || len(lock.Loops) > len(del.Loops) || lock.Facts.Limited {
		return false
	}
	return !slices.ContainsFunc(lock.Facts.Conditions, func(x schema.Condition) bool {
		return x.Kind == schema.Unclear || !slices.ContainsFunc(del.Facts.Conditions, func(y schema.Condition) bool { return sameCondition(x, lock, y, del) })
	})
}

// sameCondition reports whether two conditions are one, of the same values.
func sameCondition(x schema.Condition, of *model.Call, y schema.Condition, other *model.Call) bool {
	if x.Kind != y.Kind || x.Table != y.Table || x.Column != y.Column || x.Null != y.Null || x.RefTable != y.RefTable || x.RefColumn != y.RefColumn || len(x.Values) != len(y.Values) {
		return false
	}
	for i, v := range x.Values {
		w := y.Values[i]
		if v.Param == 0 && w.Param == 0 && v.Text == w.Text {
			continue
		}
		a, b := argument(of, v.Param), argument(other, w.Param)
		if a == nil || b == nil || !model.Same(plain(a.Value), plain(b.Value)) || v.Array != w.Array {
			return false
		}
	}
	return true
}
