package model

import (
	"fmt"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/goname"
)

// goNames finds names of a document that are different, and become one in Go:
// team_1 and team1 are both Team1.
type goNames map[string]named

type named struct {
	name string
	pos  diag.Pos
}

// clash reports whether what a name becomes in Go is taken by another name.
func (g goNames) clash(r *resolver, what, name, goName string, pos diag.Pos) bool {
	old, taken := g[goName]
	if !taken {
		g[goName] = named{name, pos}
		return false
	}
	r.problems.Add(diag.Problem{Pos: pos, Code: "SG210", Message: fmt.Sprintf("%s %s and %s are both %s in Go", what, old.name, name, goName),
		Fix: "rename one of them", Related: []diag.Related{{Pos: old.pos, Message: "the other one"}}})
	return true
}

// declarations are the names that a scope declares in the generated package.
// Those of methods are told apart from those of types.
func declarations(scope string) []string {
	x, local := goname.Exported(scope), goname.Unexported(scope)
	return []string{
		x, x + "CreatorSpec", x + "CreatorResult", "Prepared" + x, x + "PurgerSpec", x + "PurgerResult",
		"Create" + x, "CreatePrepared" + x, local + "Constraints", local + "PurgeConstraints",
		goname.Plural(x), "Prepared" + goname.Plural(x), "Create" + goname.Plural(x), "CreatePrepared" + goname.Plural(x), "Purge" + goname.Plural(x),
	}
}

// checkResult makes sure that the fields of a creator's result are different.
// Scopes that loops nest share a list, as `into` does.
func (r *resolver) checkResult(s *Scope, c *Operation) {
	fields := goNames{}
	for _, l := range c.Lists {
		fields.clash(r, "results", l.Name, goname.Exported(l.Name), s.Pos)
	}
	shared := map[string]*Nested{}
	for _, n := range c.Nested {
		if old := shared[n.Name]; old != nil && old.Many && n.Many && old.Scope == n.Scope {
			continue
		}
		shared[n.Name] = n
		fields.clash(r, "results", n.Name, goname.Exported(n.Name), s.Pos)
	}
}

// scopeID takes the shape of what addresses a scope.
func (r *resolver) scopeID(s *Scope, id Value) {
	s.ID = id.Shape()
	if s.doc.Purge != nil && s.ID.interfaceOnly() {
		if !r.untypedBefore(s.ID) {
			r.fail(s.Pos, "SG301", giveType(s.ID), "scope %q is addressed by %s, which is %s", s.Name, id, s.ID.describe())
		}
		s.ID = Shape{} // which was reported
		return
	}
	if ok, _ := Convertible(s.ID, textShape); !ok && s.doc.Purge != nil && !s.ID.Go.IsZero() {
		r.fail(s.Pos, "SG301", "address it by a uuid, a text, an integer or an enum that cannot be NULL: id: $row.name", "scope %q is addressed by %s, which is %s", s.Name, id, s.ID.describe())
	}
	s.ID.Nullable = false
}
