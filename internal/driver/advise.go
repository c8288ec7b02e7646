package driver

import (
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/plan"
)

// advise puts the hints beside the calls of the plan that they are about: one
// who reads what is sent sees there what could be sent in less time.
func (g *Generation) advise() {
	hints := map[string][]plan.Hint{} // by the place of the step
	for _, p := range g.Problems.Sorted() {
		if p.Severity == diag.Hint {
			at := p.Pos.String()
			hints[at] = append(hints[at], plan.Hint{Code: p.Code, Text: p.Message})
		}
	}
	for _, s := range g.Plan.Scopes {
		for _, o := range s.Operations {
			attach(o.Plan, hints)
		}
	}
}

func attach(c *plan.Coordinator, hints map[string][]plan.Hint) {
	for _, f := range c.Flushes {
		for _, call := range f.Calls {
			call.Hints = hints[call.At]
		}
	}
}
