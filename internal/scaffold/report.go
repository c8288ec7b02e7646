package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
)

// report says what was recognised, table by table.
func (p *project) report(d *draft) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d tables, %d queries\n", p.place.sqlc, len(p.catalog.Tables), len(p.queries))
	if len(d.scopes) > 0 {
		b.WriteString("\nScopes:\n")
	}
	for _, s := range d.scopes {
		fmt.Fprintf(&b, "  %s (%s): %s, %s", s.name, s.table.QualifiedName(), s.create.Name, s.remove.Name)
		var above, below, cleaned []string
		for _, x := range s.parents {
			above = append(above, x.scope.name)
		}
		for _, x := range s.children {
			below = append(below, goname.Plural(x.scope.name))
		}
		for _, x := range s.steps {
			cleaned = append(cleaned, x.table.Name)
		}
		tell(&b, "in", above)
		tell(&b, "its purge is refused while there are", below)
		tell(&b, "its purge deletes", cleaned)
		b.WriteString("\n")
		for _, r := range s.rest {
			fmt.Fprintf(&b, "    %s\n", r)
		}
	}
	if len(d.rest) > 0 {
		b.WriteString("\nNo scopes:\n")
	}
	for _, u := range d.rest {
		fmt.Fprintf(&b, "  %s: %s\n", u.table.QualifiedName(), strings.Join(u.reasons, "; "))
	}
	return b.String()
}

// tell adds a list to a line, unless it is empty.
func tell(b *strings.Builder, what string, list []string) {
	list = slices.Compact(slices.Sorted(slices.Values(list)))
	if len(list) > 0 {
		fmt.Fprintf(b, "; %s %s", what, words(list))
	}
}

// next says what to do, step by step.
func (p *project) next(d *draft, g *directives) []string {
	var out []string
	for _, name := range d.missing.unread() {
		out = append(out, fmt.Sprintf("add %s to `queries` in %s: sqlc reads only the files named there", name, p.place.sqlc))
	}
	if g.beside != "" {
		out = append(out, fmt.Sprintf("add to %s, behind the line that runs sqlc: //go:generate %s", g.beside, g.specgen))
	}
	if len(d.missing.files()) > 0 {
		out = append(out, g.sqlc+" (for the new queries)")
	}
	return append(out, g.specgen,
		"go mod tidy (the generated code imports github.com/specgen-dev/specgen/scope)",
		strings.Replace(g.specgen, " generate", " explain "+d.scopes[0].name, 1))
}
