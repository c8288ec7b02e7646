package cli

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/specgen-dev/specgen/internal/driver"
)

// completion completes the arguments and flags that have a closed set of values.
// The scripts for the shells are cobra's.
func (o *options) completion(root *cobra.Command) {
	_ = root.MarkPersistentFlagDirname("chdir")
	_ = root.MarkPersistentFlagFilename("file", "yaml", "yml")
	for _, cmd := range root.Commands() {
		if f := cmd.Flags().Lookup("format"); f != nil {
			var values []string
			if choice, ok := f.Annotations[formatsKey]; ok {
				values = choice
			}
			_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
		}
		if cmd.ValidArgsFunction == nil {
			cmd.ValidArgsFunction = cobra.NoFileCompletions
		}
	}
}

// formatsKey is the annotation of a flag that lists its values.
const formatsKey = "specgen_formats"

func annotateFormats(cmd *cobra.Command, formats ...string) {
	cmd.Flags().Lookup("format").Annotations = map[string][]string{formatsKey: formats}
}

// completeScopes completes the name of a scope, as far as the specification is
// right.
func (o *options) completeScopes(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	const directive = cobra.ShellCompDirectiveNoFileComp
	if len(args) > 0 {
		return nil, directive
	}
	path, err := o.findOne(cmd)
	if err != nil {
		return nil, directive
	}
	if _, err := os.Stat(path); err != nil {
		return nil, directive
	}
	g, err := driver.Generate(path)
	if err != nil || g.Plan == nil {
		return nil, directive
	}
	var names []string
	for _, s := range g.Plan.Scopes {
		if !strings.HasPrefix(s.Name, prefix) {
			continue
		}
		doc, _, _ := strings.Cut(s.Doc, "\n")
		names = append(names, cobra.CompletionWithDesc(s.Name, doc))
	}
	return names, directive
}
