package sqlcapi

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
)

// tie reads the methods of Queries, and gives each the comment and the position
// of its query. It reports what shows that the Go code is older than the SQL
// files, or otherwise not what sqlc would make of them.
func (l *loader) tie(p *Package, code *goCode, queries []*sqlQuery) {
	fromSQL := map[string]*sqlQuery{}
	for _, q := range queries {
		fromSQL[q.name] = q
	}
	schema := l.schemaTokens(p)
	declared := map[string]*goMethod{}
	for _, m := range code.methods["Queries"] {
		name := m.decl.Name.Name
		if !isQuery(m) {
			continue
		}
		if first := declared[name]; first != nil {
			l.problems.Add(diag.Problem{
				Pos: code.pos(m.decl.Name.Pos()), Code: codeDeclaredTwo, Fix: "delete the older of the two files, and " + regenerate,
				Message: "two generated files declare the method " + name,
				Related: []diag.Related{{Pos: code.pos(first.decl.Name.Pos()), Message: "the other " + name}},
			})
			continue
		}
		declared[name] = m
		q, ok := code.query(m)
		if !ok {
			l.problems.ErrorFix(code.pos(m.decl.Name.Pos()), codeMethodForm, regenerate+" with sqlc 1.31; if that does not help, report it to specgen",
				"the generated method %s is not written as sqlc writes it for pgx/v5", name)
			p.Unusable = append(p.Unusable, name)
			continue
		}
		q.Package, q.Pos = p, q.goPos
		if s := fromSQL[name]; s != nil {
			q.Doc, q.Pos = s.doc, s.pos
			if !l.checkStale(q, s) {
				p.Unusable = append(p.Unusable, name)
				continue
			}
			if p.findUnseen(q, s, schema) {
				continue
			}
		} else {
			l.problems.Add(diag.Problem{
				Pos: q.goPos, Severity: diag.Warning, Code: codeLeftover, Fix: regenerate + "; delete this file if it is still there then",
				Message: "no SQL file has the query of the generated method " + name + " any more",
			})
		}
		p.Queries = append(p.Queries, q)
	}
	slices.SortFunc(p.Queries, func(a, b *Query) int { return strings.Compare(a.Name, b.Name) })
	for _, s := range queries {
		if declared[s.name] == nil {
			l.problems.ErrorFix(s.pos, codeNoMethod, regenerate, "the query %s has no Go method in %s", s.name, p.Dir)
			p.Unusable = append(p.Unusable, s.name)
		}
	}
}

// checkStale reports a method that was made from another text of its query. It
// is false when nothing can be said of the query before sqlc was run.
func (l *loader) checkStale(q *Query, s *sqlQuery) bool {
	related := []diag.Related{{Pos: q.goPos, Message: "the generated method"}}
	switch {
	case s.cmd != q.Cmd:
		l.problems.Add(diag.Problem{
			Pos: s.pos, Code: codeStaleCommand, Fix: regenerate, Related: related,
			Message: "the query " + s.name + " is :" + s.cmd + " here, but was :" + q.Cmd + " when its Go method was generated",
		})
		return false
	case q.SQL != "" && !sameStatement(s.tokens, scanSQL(q.SQL)):
		l.problems.Add(diag.Problem{
			Pos: s.pos, Code: codeStaleSQL, Fix: regenerate, Related: related, Missing: s.name,
			Message: "the query " + s.name + " differs from the statement that its Go method was generated from",
		})
		return false
	case q.SQL != "":
		q.Source = s.text
	}
	return true
}
