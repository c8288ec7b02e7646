package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// needlessKeeps warns of a `keep` of rows that the purge deletes.
func (c *checker) needlessKeeps(s *model.Scope) {
	clean := c.cleaning(s.Purge)
	for _, k := range s.Purge.Keep {
		table := k.Table.QualifiedName()
		about := func(call *model.Call) bool {
			return call.Facts.Kind != schema.Delete && slices.Contains(call.Writes(), table)
		}
		if slices.ContainsFunc(model.Calls(s.Purge.Body), about) {
			continue // what the purge itself writes stays
		}
		inserts := slices.DeleteFunc(writes(s.Create.Body, clean.children), func(i *model.Call) bool { return i.Facts.Target != table })
		gone := func(i *model.Call) bool {
			return slices.ContainsFunc(clean.deletes, func(d *model.Call) bool { return surelyReaches(d, i, s) })
		}
		if len(inserts) > 0 && !slices.ContainsFunc(inserts, func(i *model.Call) bool { return !gone(i) }) {
			c.report(s, diag.Problem{Pos: k.Pos,
				Message: fmt.Sprintf("the purge of %s deletes the rows of %s that it is said to keep", scopesHere, table), Fix: "remove it from `keep`, or remove the step"})
		}
	}
}
