package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// unnamedParents warns of a child that does not name the scope as a parent, nor
// anything below it, though it has steps for each of its parents and names none,
// or nothing has a new one wait for the scope's purge.
func (c *checker) unnamedParents(s *model.Scope) {
	for _, call := range withRole(s.Purge.Body, model.ChildList) {
		child := call.Child
		t := c.catalog.Table(c.rowTable(child))
		if t == nil || !c.tells(t.QualifiedName(), s) || c.below(child, s, nil) {
			continue
		}
		p := diag.Problem{Pos: child.Pos,
			Fix: fmt.Sprintf("add {type: %s, lock: …} to its `parents`", s.Type), Related: []diag.Related{{Pos: call.Pos, Message: "the children of " + s.Name}}}
		what := fmt.Sprintf("%s lists %s under `children`, and %s names no parent of type %s", s.Name, child.Name, child.Name, s.Type)
		switch {
		case child.OverParents != diag.Pos{} && len(child.Parents()) == 0:
			p.Message = what + ": its steps for each parent write nothing for that one"
			p.Related = append(p.Related, diag.Related{Pos: child.OverParents, Message: "the steps"})
		case !c.waitsFor(child, s):
			p.Message = what + ": one that is created while the " + s.Name + " is purged is left without it"
		default:
			continue // it waits, and there is nothing to write
		}
		c.report(child, p)
	}
}

// waitsFor reports whether something else than a parent's lock may have a new row
// of a child wait for the purge of a scope: its query, which reads that row, or a
// foreign key, also by way of other tables, where the purge deletes the row.
func (c *checker) waitsFor(child, s *model.Scope) bool {
	if slices.Contains(child.Create.Row.Facts.Reads, c.rowTable(s)) {
		return true
	}
	if s.Purge.Row.Facts.Kind != schema.Delete {
		return false
	}
	reached := []string{c.rowTable(child)}
	for i := 0; i < len(reached); i++ {
		t := c.catalog.Table(reached[i])
		if t == nil {
			continue
		}
		for _, k := range t.ForeignKeys {
			if k.RefTable == c.rowTable(s) {
				return true
			}
			if !slices.Contains(reached, k.RefTable) {
				reached = append(reached, k.RefTable)
			}
		}
	}
	return false
}

// below reports whether a scope has another one among its parents, or among
// theirs.
func (c *checker) below(child, s *model.Scope, seen []*model.Scope) bool {
	if slices.Contains(seen, child) {
		return false
	}
	return slices.ContainsFunc(child.Parents(), func(p model.ParentRef) bool {
		parent := c.scopeOfType(p.Type)
		return p.Type == s.Type || parent != nil && c.below(parent, s, append(seen, child))
	})
}
