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
			if insert.Facts.Target != d.Facts.Target || !surelyReaches(d, insert, s) {
				continue
			}
			i := slices.IndexFunc(insert.Loops, func(l *model.Loop) bool { return l.Continues == nil && !isData(l.Over) })
			if i < 0 {
				continue
			}
			c.report(s, diag.Problem{Pos: d.Expect.Pos, Severity: diag.Warning, Code: codeCount,
				Message: fmt.Sprintf("%s must delete %d of %s, and %s inserts one for each $%s: the purge of %s fails when there are more or fewer", d.Query.Name, d.Expect.N, d.Facts.Target, insert.Query.Name, insert.Loops[i].Var, scopesHere),
				Fix:     "leave `expect` out", Related: []diag.Related{{Pos: insert.Loops[i].Pos, Message: "the loop"}}})
			break
		}
	}
}

// isData reports a list of the document's own, whose length it tells.
func isData(v model.Value) bool {
	switch x := v.(type) {
	case *model.DataValue:
		return true
	case *model.FieldValue:
		return x.Data != nil
	default:
		return false
	}
}
