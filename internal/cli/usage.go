package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// misuse is an error in how a command was called: it is told with the place to
// look it up.
type misuse struct {
	err error
	cmd *cobra.Command
}

func (m *misuse) Error() string {
	// Cobra spreads some of its messages over lines.
	text := strings.Join(strings.Fields(m.err.Error()), " ")
	if strings.HasSuffix(text, "?") {
		return fmt.Sprintf("%s See %s --help", text, m.cmd.CommandPath())
	}
	return fmt.Sprintf("%s; see %s --help", text, m.cmd.CommandPath())
}

func (m *misuse) Unwrap() error { return m.err }

// tellMisuse makes errors in flags and arguments misuse, for a command and all
// below it.
func tellMisuse(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return &misuse{err, cmd} })
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return &misuse{err, cmd}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		tellMisuse(sub)
	}
}

// noSuchCommand is the check of the arguments of a command that has only
// subcommands.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("unknown command %q for %q", args[0], cmd.CommandPath())
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		text += fmt.Sprintf(", did you mean %q?", near[0])
	}
	return fmt.Errorf("%s", text)
}

// namedByFile says where a specification goes that was given as an argument.
const namedByFile = "a specification is named with -f"

// noArguments is the check of a command that takes all it needs by flags.
func noArguments(instead string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return fmt.Errorf("%q is one word too many: %s", args[0], instead)
	}
}
