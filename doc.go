// Package specgen is the root of a generator of multi-table transactions for
// PostgreSQL: from a YAML file and the typed queries that sqlc makes, it writes
// Go code that creates and purges scopes (see docs/language.md), all or nothing.
//
// The command is cmd/specgen. Package scope is what applications use beside the
// generated code, and scope/runtime what that calls. gen holds a reference RBAC that
// a project can import as it is, or copy: Reference has its sources. The lines below
// make gen again.
package specgen

//go:generate go tool -modfile=tools/go.mod sqlc generate
//go:generate go run ./cmd/specgen generate
