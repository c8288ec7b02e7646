package specgen

import "embed"

// Reference holds the reference RBAC: its schema and queries, what sqlc makes of
// them, and its specification. specgen init --example writes them.
//
//go:embed sqlc.yaml specgen.yaml schema/*.sql schema/schema.go queries/*.sql gen/rbacdb/*.go
var Reference embed.FS
