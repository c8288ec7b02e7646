// Package schema holds the DDL of the reference RBAC, for projects that import
// its generated packages as they are.
package schema

import "embed"

// Files are the SQL files, to be applied in the order of their names.
//
//go:embed *.sql
var Files embed.FS
