package check

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
)

// finding is a problem with the scopes that have it: a step of a block is one
// mistake, however many scopes use the block.
type finding struct {
	diag.Problem
	scopes []string
}

// scopesHere stands for the names of the scopes in a message.
const scopesHere = "\x00"

// report adds a problem of a scope, found by the rule that runs.
func (c *checker) report(s *model.Scope, p diag.Problem) { c.reportAt(p.Pos, s, p) }

// reportQuery adds an error that is to be mended in a query, and is one however
// many steps call it. A warning is one for each step: it may be ignored there.
func (c *checker) reportQuery(s *model.Scope, call *model.Call, p diag.Problem) {
	f := c.reportAt(call.Query.Pos, s, p)
	also := diag.Related{Pos: call.Pos, Message: "called here, too"}
	if call.Pos != f.Pos && !slices.Contains(f.Related, also) {
		f.Related = append(f.Related, also)
	}
}

// reportAt adds a problem of a scope, with those of one place that say the same.
func (c *checker) reportAt(at diag.Pos, s *model.Scope, p diag.Problem) *finding {
	p.Code, p.Severity = c.rule.Code, c.rule.Severity
	key := at.String() + p.Code + p.Message
	i, ok := c.index[key]
	if !ok {
		i = len(c.findings)
		c.index[key] = i
		c.findings = append(c.findings, &finding{Problem: p})
	}
	f := c.findings[i]
	if !slices.Contains(f.scopes, s.Name) {
		f.scopes = append(f.scopes, s.Name)
	}
	for _, r := range p.Related {
		if !slices.Contains(f.Related, r) {
			f.Related = append(f.Related, r)
		}
	}
	return f
}

func (f *finding) problem() diag.Problem {
	p := f.Problem
	p.Message = strings.ReplaceAll(p.Message, scopesHere, list(f.scopes, "and"))
	p.Fix = strings.ReplaceAll(p.Fix, scopesHere, list(f.scopes, "and"))
	return p
}

// list is an enumeration in words.
func list(names []string, and string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + and + " " + names[last]
}

// declared is the second position of a problem that is about a query.
func declared(call *model.Call) diag.Related {
	return diag.Related{Pos: call.Query.Pos, Message: call.Query.Name + " is declared here"}
}
