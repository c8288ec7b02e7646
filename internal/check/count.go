package check

import (
	"fmt"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// expectations warns of a step of a purge that must delete a number of rows: of
// a scope that is not there any more there are none, and its purge is to succeed.
func (c *checker) expectations(s *model.Scope) {
	for _, d := range own(s.Purge.Body) {
		if d.Role != model.PurgeStep || d.Expect == nil || d.Expect.AtMost || d.Expect.N == 0 || d.Facts.Kind != schema.Delete || len(d.Loops)+len(d.Guards) > 0 {
			continue
		}
		c.report(s, diag.Problem{Pos: d.Expect.Pos, Severity: diag.Warning, Code: codeCount,
			Message: fmt.Sprintf("%s must delete exactly %d of the rows of %s: the purge of %s fails when it is done a second time, and when there are more or fewer", d.Query.Name, d.Expect.N, d.Facts.Target, scopesHere),
			Fix:     fmt.Sprintf("leave `expect` out, or write expect: at_most %d", d.Expect.N), Related: []diag.Related{declared(d)}})
	}
}
