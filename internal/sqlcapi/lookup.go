package sqlcapi

import (
	"path"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
)

// Lookup finds queries by name: "CreateRole" in every package, "audit.CreateRole"
// in those named audit. More than one match is for the caller to call ambiguous.
func (a *API) Lookup(name string) []*Query {
	pkg, query, qualified := splitName(name)
	var matches []*Query
	for _, p := range a.Packages {
		if qualified && p.Name != pkg {
			continue
		}
		if i, ok := slices.BinarySearchFunc(p.Queries, query, func(q *Query, name string) int { return strings.Compare(q.Name, name) }); ok {
			matches = append(matches, p.Queries[i])
		}
	}
	return matches
}

// splitName parts a query's name from that of the package in front of it.
func splitName(name string) (pkg, query string, qualified bool) {
	pkg, query, qualified = strings.Cut(name, ".")
	if !qualified {
		return "", name, false
	}
	return pkg, query, true
}

// QueryNames returns every name by which Lookup finds exactly one query, sorted;
// those with a package's name in front only where there are several packages.
func (a *API) QueryNames() []string {
	count := map[string]int{}
	for _, p := range a.Packages {
		for _, q := range p.Queries {
			count[q.Name]++
			if len(a.Packages) > 1 {
				count[p.Name+"."+q.Name]++
			}
		}
	}
	var names []string
	for name, n := range count {
		if n == 1 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// OverridesColumn reports whether sqlc.yaml gives a column a Go type of its own. The
// table is named as in "table" or "schema.table"; sqlc takes * for any part.
func (p *Package) OverridesColumn(table, column string) bool {
	name := strings.Split(table+"."+column, ".")
	if len(name) == 2 {
		name = append([]string{"public"}, name...)
	}
	return slices.ContainsFunc(p.options.columns, func(override string) bool {
		parts := strings.Split(override, ".")
		if len(parts) == 4 {
			parts = parts[1:] // the catalog
		}
		if len(parts) == 2 {
			parts = append([]string{"public"}, parts...)
		}
		return len(parts) == 3 && !slices.ContainsFunc([]int{0, 1, 2}, func(i int) bool {
			ok, err := path.Match(parts[i], name[i])
			return err != nil || !ok
		})
	})
}

// Struct returns a struct type of the package by name: a model, a query's
// parameters or its row. It returns nil for none.
func (p *Package) Struct(name string) *Struct { return p.structs[name] }

// Enum returns the enum that t is, whether as its type or as its NullType, and
// nil for any other type. A pointer to an enum is not one: ask for its Elem.
func (p *Package) Enum(t goname.Type) *Enum {
	for _, e := range p.Enums {
		if t == e.Type || t == e.NullType && !t.IsZero() {
			return e
		}
	}
	return nil
}
