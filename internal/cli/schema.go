package cli

import (
	"github.com/spf13/cobra"

	"github.com/specgen-dev/specgen/internal/spec"
)

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of specgen.yaml, for editors", Args: cobra.NoArgs,
		Long: "Print the JSON Schema (draft 2020-12) of specgen.yaml. Editors that know YAML's language server complete and\nexplain the keys when the file begins with this line, or with one that names a copy of the schema:\n\n  # yaml-language-server: $schema=" + spec.SchemaURL,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(spec.JSONSchema())
			return err
		},
	}
}
