package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// leavesMore reports whether more than rows of the tables that a cascade takes, or
// that the purge cleans anyhow, belongs to a scope whose row is taken: create
// writes it, or its own purge does something about it.
func (c *checker) leavesMore(s *model.Scope, gone func(table string) bool) bool {
	stays := func(call *model.Call) bool {
		return slices.ContainsFunc(call.Writes(), func(table string) bool {
			return !gone(table) && (s.Purge == nil || !keeps(s.Purge, table))
		})
	}
	writesMore := func(call *model.Call) bool { return call.Role != model.ScopeRow && stays(call) }
	if slices.ContainsFunc(model.Calls(s.Create.Body), writesMore) {
		return true
	}
	if s.Purge == nil {
		return false
	}
	return len(s.Purge.AfterCommit) > 0 || slices.ContainsFunc(own(s.Purge.Body), func(call *model.Call) bool {
		switch call.Role {
		case model.PurgeLock, model.PurgeRow:
			return false
		case model.Refusal:
			return true
		case model.ChildList:
			return !gone(c.rowTable(call.Child))
		default:
			return call.Opaque() || stays(call)
		}
	})
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
	if clean.unknown {
		return
	}
	for _, d := range clean.deletes {
		taken := c.taken(d.Facts.Target, handled)
		gone := func(table string) bool {
			return clean.taken[table] || clean.tables[table] || handled[table] || table == d.Facts.Target
		}
		for _, table := range taken {
			var names []string
			related := []diag.Related{{}}
			for _, other := range c.project.Scopes {
				if c.rowTable(other) == table && c.leavesMore(other, gone) {
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
