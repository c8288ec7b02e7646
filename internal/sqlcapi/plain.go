package sqlcapi

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/goname"
)

// plainTypes are the types of which it is certain what sqlc makes of them, under
// every setting that this package knows.
var plainTypes = []string{"text", "bool", "int2", "int4", "int8", "uuid", "timestamptz", "timestamp"}

// Plain returns the Go type of a plain type; the zero Type for any other, and for one
// that has an override.
func (p *Package) Plain(sqlType string, nullable bool) goname.Type {
	if !slices.Contains(plainTypes, sqlType) {
		return goname.Type{}
	}
	for _, b := range builtins {
		if !slices.Contains(b.names, sqlType) {
			continue
		}
		for _, name := range b.names {
			if _, ok := p.Overrides[name]; ok {
				return goname.Type{}
			}
		}
	}
	return p.TypeOf(sqlType, nullable)
}

// IsPlain reports whether sqlc makes a Go type of a plain type.
func (p *Package) IsPlain(t goname.Type) bool {
	return !t.IsZero() && slices.ContainsFunc(plainTypes, func(name string) bool {
		return t == p.Plain(name, false) || t == p.Plain(name, true)
	})
}
