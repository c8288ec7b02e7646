// Package saas is a small service with its own tables, built on specgen as a
// repository of its own would be: sqlc makes internal/saasdb from queries/,
// specgen makes scopes from specgen.yaml, and internal/server calls it.
package saas

// In a repository of its own, the second line is
// `go tool -modfile=tools/go.mod specgen generate`; here the command is the one
// of this checkout.

//go:generate go tool -modfile=../../tools/go.mod sqlc generate
//go:generate go run -C ../.. ./cmd/specgen generate -C examples/saas
