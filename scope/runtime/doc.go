// Package runtime is what the coordinators that specgen generates call: the
// transaction, how its statements travel, retries, and what runs after the commit.
// Generated code holds the wiring of queries; what every generated file would repeat
// is here.
//
// It is for generated code only, and promises nothing: any version may change it
// together with what is generated. Applications use package scope and the package
// that was generated for them.
package runtime

import "github.com/specgen-dev/specgen/scope"

// Address is the scope that an operation is about: that of its one item, and only
// the type for several.
func Address[S scope.PurgerSpec](scopeType string, items []S) scope.Context {
	if len(items) == 1 {
		return items[0].PurgesScope()
	}
	return scope.Context{Type: scopeType}
}
