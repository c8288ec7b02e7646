package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// takenNames tells of a purge by UPDATE under a unique key that holds for the rows
// of purged scopes, too: no other scope can ever have the name of one.
func (c *checker) takenNames(s *model.Scope) {
	row := s.Purge.Row
	t := c.catalog.Table(row.Facts.Target)
	if t == nil || t.Rewrites(schema.OnUpdate) || row.Facts.Kind != schema.Update {
		return
	}
	freed := func(name string) bool { // the purge changes it, or it is new for each scope
		sets := slices.ContainsFunc(row.Facts.Sets, func(set schema.ColumnValue) bool { return set.Column == name })
		drawn := slices.ContainsFunc(c.drawnKeys(s, t), func(k *schema.Key) bool { return k.Columns[0] == name })
		return name == "" || sets || drawn
	}
	for _, k := range t.Uniques {
		if k.Partial || len(k.Columns) == 0 || slices.ContainsFunc(k.Columns, freed) {
			continue
		}
		c.report(s, diag.Problem{Pos: row.Pos,
			Message: fmt.Sprintf("%s keeps the row of a purged %s, and %s holds for it, too: its %s can never be used again", row.Query.Name, s.Name, k.Name, list(k.Columns, "and")),
			Fix:     fmt.Sprintf("if it is to be free again, make %s a unique index with a WHERE on what the purge sets, or have the purge change the value", k.Name),
			Related: []diag.Related{{Pos: k.Pos, Message: "the key " + k.Name}, declared(row)}})
	}
}
