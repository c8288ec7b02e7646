package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// opposites warns of a WHERE that compares the type of an id by <>, or by another
// comparison that most values pass: it is about things of every other type.
func (c *checker) opposites(s *model.Scope) {
	for _, call := range allCalls(s) {
		for _, e := range call.Facts.Unequal {
			a := argument(call, e.Param)
			if a == nil || !c.kinds[column{e.Table, e.Column}] {
				continue
			}
			if l, ok := plain(a.Value).(*model.Literal); ok && c.scopeOfType(l.Text) != nil {
				c.reportQuery(s, call, diag.Problem{Pos: call.Pos, Severity: diag.Warning, Code: codeOpposite,
					Message: fmt.Sprintf("%s is about every %s.%s but %q", call.Query.Name, e.Table, e.Column, l.Text),
					Fix:     "compare it by =, and run sqlc generate", Related: []diag.Related{declared(call)}})
			}
		}
	}
}

// countsAll warns of a refusal that counts the rows of every scope: those of a
// table that refers to the scope, by a WHERE that does not say which it means. A
// count that is compared with something may be about others on purpose, as for the
// last one of a group.
func (c *checker) countsAll(s *model.Scope) {
	for _, call := range withRole(s.Purge.Body, model.Refusal) {
		f := call.Facts
		if len(f.Reads) != 1 || len(f.Returns) != 1 || f.Returns[0].Name != "count" {
			continue
		}
		t := c.catalog.Table(f.Reads[0])
		if t == nil || t.QualifiedName() == c.rowTable(s) {
			continue
		}
		for _, col := range t.Columns {
			k := foreignKey(t, col.Name)
			if k == nil || k.RefTable != c.rowTable(s) {
				continue
			}
			other := slices.ContainsFunc(f.Unequal, func(x schema.ColumnValue) bool { return x.Table == f.Reads[0] && x.Column == col.Name })
			if other || len(call.Args) == 0 && !slices.Contains(f.Mentions, col.Name) {
				c.reportQuery(s, call, diag.Problem{Pos: call.Pos, Severity: diag.Warning, Code: codeOpposite,
					Message: fmt.Sprintf("%s counts rows of %s that belong to other scopes: the purge of %s is refused because of them", call.Query.Name, t.QualifiedName(), scopesHere),
					Fix:     fmt.Sprintf("add %s = @%s to the WHERE, and run sqlc generate", col.Name, col.Name), Related: []diag.Related{declared(call)}})
			}
		}
	}
}

// neverFits refuses a uuid for a column that no uuid fits: one that is too short,
// or whose CHECK lists words.
func (c *checker) neverFits(s *model.Scope) {
	const length = 36 // of the text form of RFC 9562
	for _, call := range allCalls(s) {
		t := c.catalog.Table(call.Facts.Target)
		if t == nil {
			continue
		}
		for _, set := range call.Facts.Sets {
			a, col := given(call, set.Column), t.Column(set.Column)
			if a == nil || a.Value == nil || col == nil || col.Inexact || col.Type != "text" && col.Type != "varchar" {
				continue
			}
			if _, ok := plain(a.Value).(*model.Literal); ok || plain(a.Value).Shape().Kind != model.UUID {
				continue
			}
			p := diag.Problem{Pos: a.Pos, Related: []diag.Related{{Pos: col.Pos, Message: "the column is declared here"}}}
			if col.Length > 0 && col.Length < length {
				p.Code, p.Fix = codeLength, "give it another value, or make the column longer"
				p.Message = fmt.Sprintf("%s is a uuid, which has %d characters, and %s.%s holds %d", a.Source, length, call.Facts.Target, col.Name, col.Length)
				c.report(s, p)
			}
			for _, x := range col.Allowed {
				if slices.ContainsFunc(x.Values, func(text string) bool { return strings.ContainsAny(text, "0123456789") }) {
					continue
				}
				p.Code, p.Fix = codeNotAllowed, "give it one of these"
				p.Message = fmt.Sprintf("%s is a uuid, and none of the values that %s allows in %s.%s: %s", a.Source, x.Check, call.Facts.Target, col.Name, list(x.Values, "and"))
				c.report(s, p)
			}
		}
	}
}
