// Package specgen is the root of a generator of multi-table transactions for
// PostgreSQL: from a YAML file and the typed queries that sqlc makes, it writes
// Go code that creates and purges scopes (see docs/language.md), all or nothing.
//
// There is no code here. The command is cmd/specgen, the runtime that generated
// code imports is scope, and gen holds a reference RBAC that a project can
// import as it is. The lines below make gen again.
package specgen

//go:generate go tool -modfile=tools/go.mod sqlc generate
//go:generate go run ./cmd/specgen generate
