// Specgen reads a YAML description of how scopes are composed from presets, and
// generates Go that creates and purges them through queries that sqlc made.
//
//	specgen generate    write the generated package
//	specgen check       report problems, write nothing
//	specgen diff        show what generate would change
//	specgen explain     print the plans of the coordinators
//	specgen breaking    tell what has changed in meaning since a commit
//	specgen schema      print the JSON Schema of specgen.yaml
//	specgen version     print the version
//
// Exit codes: 0 fine; 1 problems in the specification or what it names; 2 wrong
// usage or environment; 3 the generated code is stale; 70 a bug in specgen.
package main

import (
	"os"

	"github.com/specgen-dev/specgen/internal/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr)) }
