package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// ownsMore reports whether the document says that more than a row belongs to a
// scope: create writes it, or purge does something about it.
func ownsMore(s *model.Scope) bool {
	more := func(call *model.Call) bool {
		return len(call.Writes()) > 0 && call.Role != model.ScopeRow && call.Role != model.PurgeRow
	}
	if slices.ContainsFunc(model.Calls(s.Create.Body), more) {
		return true
	}
	return s.Purge != nil && (len(s.Purge.AfterCommit) > 0 || slices.ContainsFunc(s.Purge.Body, func(n model.Node) bool {
		call, ok := n.(*model.Call)
		return !ok || call.Role != model.PurgeLock && call.Role != model.PurgeRow
	}))
}

// cascades makes sure that no foreign key takes the rows of another scope, and
// leaves the rights that its purge would remove.
func (c *checker) cascades(s *model.Scope) {
	clean := c.cleaning(s.Purge)
	handled := map[string]bool{} // tables whose rows are gone when the purge deletes
	for child := range clean.children {
		handled[c.rowTable(child)] = true
	}
	for _, call := range withRole(s.Purge.Body, model.Refusal) {
		for _, table := range call.Facts.Reads {
			handled[table] = true
		}
	}
	for _, d := range clean.deletes {
		handled[d.Facts.Target] = handled[d.Facts.Target] || d != s.Purge.Row
	}
	for _, d := range clean.deletes {
		taken := c.taken(d.Facts.Target, handled)
		for _, table := range taken {
			var names []string
			related := []diag.Related{{}}
			for _, other := range c.project.Scopes {
				if c.rowTable(other) == table && ownsMore(other) {
					names = append(names, other.Name)
					related = append(related, diag.Related{Pos: other.Pos, Message: "the scope " + other.Name})
				}
			}
			if len(names) == 0 {
				continue
			}
			k := c.cascade(table, append(taken, d.Facts.Target))
			related[0] = diag.Related{Pos: k.Pos, Message: "the foreign key " + k.Name + " is ON DELETE CASCADE"}
			c.report(s, diag.Problem{Pos: d.Pos,
				Message: fmt.Sprintf("%s takes the rows of %s with it, and leaves what else belongs to each %s", d.Query.Name, table, list(names, "or")),
				Fix:     fmt.Sprintf("add {scope: %s, list: …, found: cascade} to `children` of the purge, or found: refuse", names[0]), Related: related})
		}
	}
}

// cascade is the foreign key by which a table's rows go with those of another.
func (c *checker) cascade(table string, parents []string) *schema.ForeignKey {
	for _, k := range c.catalog.Table(table).ForeignKeys {
		if k.OnDelete == "CASCADE" && slices.Contains(parents, k.RefTable) {
			return k
		}
	}
	return &schema.ForeignKey{}
}
