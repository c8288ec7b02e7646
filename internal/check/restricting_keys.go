package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// restrictingKeys tells of tables whose rows keep the row of the scope from being
// deleted, by a foreign key, and of which the purge says nothing: it fails while
// there are any, by an error that does not say why.
func (c *checker) restrictingKeys(s *model.Scope) {
	row := s.Purge.Row
	clean := c.cleaning(s.Purge)
	if row.Facts.Kind != schema.Delete || clean.unknown {
		return
	}
	handled := map[string]bool{row.Facts.Target: true}
	for _, insert := range model.Calls(s.Create.Body) { // of which a complete purge takes care
		handled[insert.Facts.Target] = true
	}
	for _, d := range clean.deletes {
		handled[d.Facts.Target] = true
	}
	for child := range clean.children {
		handled[c.rowTable(child)] = true
	}
	for _, r := range c.catalog.Referring(row.Facts.Target) {
		k, name := r.Key, r.Table.QualifiedName()
		if handled[name] || clean.tables[name] || clean.taken[name] || keeps(s.Purge, name) || k.OnDelete != "RESTRICT" && k.OnDelete != "NO ACTION" ||
			slices.ContainsFunc(s.Purge.Constraints, func(e *model.ConstraintError) bool { return e.Constraint == k.Name }) {
			continue
		}
		p := diag.Problem{Pos: row.Pos,
			Message: fmt.Sprintf("%s fails while a row of %s refers to it: %s refuses it, and the purge of %s says nothing of them", row.Query.Name, name, k.Name, s.Name),
			Fix:     fmt.Sprintf("delete them in a step, count them under `refuse`, or name the error under `errors`: {%s: ErrX}", k.Name),
			Related: []diag.Related{{Pos: k.Pos, Message: "the foreign key " + k.Name}}}
		i := slices.IndexFunc(c.project.Scopes, func(other *model.Scope) bool { return c.rowTable(other) == name })
		if i >= 0 {
			other := c.project.Scopes[i]
			p.Fix = fmt.Sprintf("add {scope: %s, list: …, found: refuse} to `children`, or name the error under `errors`: {%s: ErrX}", other.Name, k.Name)
			p.Related = append(p.Related, diag.Related{Pos: other.Pos, Message: "the scope " + other.Name})
		}
		c.report(s, p)
	}
}
