package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// restrictingKeys warns of scopes whose rows keep the row of the purged one from being
// deleted, by a foreign key, and of which the purge says nothing: it fails while
// there are any, by an error that does not tell.
func (c *checker) restrictingKeys(s *model.Scope) {
	row := s.Purge.Row
	clean := c.cleaning(s.Purge)
	if row.Facts.Kind != schema.Delete || clean.unknown {
		return
	}
	made := map[*model.Scope]bool{} // within it, of which a complete purge takes care
	for _, n := range nestedOf(s.Create.Body) {
		made[n.Scope] = true
	}
	for _, other := range c.project.Scopes {
		t := c.catalog.Table(c.rowTable(other))
		if t == nil || other == s || made[other] || clean.children[other] || clean.tables[t.QualifiedName()] || clean.taken[t.QualifiedName()] {
			continue
		}
		if slices.ContainsFunc(clean.deletes, func(d *model.Call) bool { return d.Facts.Target == t.QualifiedName() }) {
			continue
		}
		i := slices.IndexFunc(t.ForeignKeys, func(k *schema.ForeignKey) bool {
			return k.RefTable == row.Facts.Target && (k.OnDelete == "RESTRICT" || k.OnDelete == "NO ACTION")
		})
		if i < 0 || slices.ContainsFunc(s.Purge.Constraints, func(e *model.ConstraintError) bool { return e.Constraint == t.ForeignKeys[i].Name }) {
			continue
		}
		k := t.ForeignKeys[i]
		c.report(s, diag.Problem{Pos: row.Pos,
			Message: fmt.Sprintf("%s fails while there is a row of %s: %s refuses it, and the purge of %s says nothing of them", row.Query.Name, t.QualifiedName(), k.Name, s.Name),
			Fix:     fmt.Sprintf("add {scope: %s, list: …, found: refuse} to `children`, or name the error under `errors`: {%s: ErrX}", other.Name, k.Name),
			Related: []diag.Related{{Pos: k.Pos, Message: "the foreign key " + k.Name}, {Pos: other.Pos, Message: "the scope " + other.Name}}})
	}
}
