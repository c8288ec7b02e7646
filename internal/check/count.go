package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// expectations warns of a step of a purge that must delete a number of rows of
// which create makes one for each element of a list: how many that are, the data
// or the caller says.
func (c *checker) expectations(s *model.Scope) {
	for _, d := range own(s.Purge.Body) {
		if d.Role != model.PurgeStep || d.Expect == nil || d.Expect.AtMost || d.Facts.Kind != schema.Delete {
			continue
		}
		for _, insert := range writes(s.Create.Body, nil) {
			if insert.Facts.Target != d.Facts.Target || insert.Facts.OnConflict != "" || !surelyReaches(d, insert, s) {
				continue
			}
			i := slices.IndexFunc(insert.Loops, ofAnyLength)
			if i < 0 {
				continue
			}
			l := insert.Loops[i]
			c.report(s, diag.Problem{Pos: d.Expect.Pos, Severity: diag.Warning, Code: codeCount,
				Message: fmt.Sprintf("%s must delete exactly %d of the rows of %s, and %s inserts one for each element of %s: the purge of %s fails when there are more or fewer", d.Query.Name, d.Expect.N, d.Facts.Target, insert.Query.Name, l.Over, scopesHere),
				Fix:     "leave `expect` out", Related: []diag.Related{{Pos: l.Pos, Message: "the loop"}}})
			break
		}
	}
}

// ofAnyLength reports a loop over all rows of an answer, or over what the caller
// gives.
func ofAnyLength(l *model.Loop) bool {
	switch l.Over.(type) {
	case *model.RowsValue, *model.InputValue:
		return len(l.Filters) == 0
	default:
		return false
	}
}
