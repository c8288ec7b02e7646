package scaffold

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
)

// draft is a specification that generates.
type draft struct {
	scopes  []*scope
	rest    []unrecognised
	text    []byte
	missing *missing
}

// settle makes the specification. It generates from each draft in memory; scopes
// that have problems are left out of the next, which is made anew, since others
// may have referred to them.
func (p *project) settle() (*draft, error) {
	for {
		d := &draft{missing: newMissing(p)}
		d.scopes, d.rest = p.recognise(d.missing)
		if len(d.scopes) == 0 {
			return d, nil
		}
		p.relate(d.scopes, d.missing)
		var at map[*scope]lines
		d.text, at = p.render(d.scopes)
		g, err := driver.Draft(filepath.Join(p.place.base, p.place.spec), d.text, d.missing.inputs())
		if err != nil {
			return nil, err
		}
		if !g.Problems.HasErrors() {
			return d, nil
		}
		p.ban(d, g.Problems.Sorted(), at)
	}
}

// ban leaves out the scopes that have the problems; all of them where a problem
// is of none in particular.
func (p *project) ban(d *draft, problems []diag.Problem, at map[*scope]lines) {
	before := len(p.banned)
	text := strings.Split(string(d.text), "\n")
	out := func(s *scope, problem diag.Problem) {
		if p.banned[s.table] != nil {
			return
		}
		reason := fmt.Sprintf("it does not generate: %s [%s]", problem.Message, problem.Code)
		p.banned[s.table] = &banned{reason: reason, text: text[at[s].first-1 : at[s].last]}
	}
	for _, problem := range problems {
		if problem.Severity != diag.Error {
			continue
		}
		for _, s := range d.scopes {
			if concerns(problem, p.place.spec, s, at[s]) {
				out(s, problem)
			}
		}
	}
	if len(p.banned) > before {
		return
	}
	for _, s := range d.scopes {
		i := slices.IndexFunc(problems, func(x diag.Problem) bool { return x.Severity == diag.Error })
		out(s, problems[i])
	}
}

// concerns reports whether a problem is in the lines of a scope, or in a query
// that it uses.
func concerns(problem diag.Problem, spec string, s *scope, at lines) bool {
	if problem.Pos.File == spec {
		return at.first <= problem.Pos.Line && problem.Pos.Line <= at.last
	}
	used := []*query{s.create, s.remove, s.lock}
	for _, x := range s.parents {
		used = append(used, x.lock)
	}
	for _, x := range s.children {
		used = append(used, x.list)
	}
	for _, x := range s.steps {
		used = append(used, x.query)
	}
	return slices.ContainsFunc(used, func(q *query) bool { return q.Pos == problem.Pos })
}
