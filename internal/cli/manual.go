package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

func manualCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "man DIR", Short: "Write the manual pages of all commands into a directory", Args: cobra.ExactArgs(1),
		Long:    "Write the manual pages of all commands into a directory, which is made if it is not there. Pages have no date:\none version of specgen always writes the same.",
		Example: "  specgen man man1 && man ./man1/specgen-generate.1",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := o.path(args[0])
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return fmt.Errorf("making the directory of the manual: %w", err)
			}
			return writeManual(dir, cmd.Root())
		},
	}
}

// writeManual writes the page of a command, and those of the commands below it.
func writeManual(dir string, cmd *cobra.Command) error {
	if !cmd.IsAvailableCommand() && cmd.HasParent() || cmd.Name() == "help" {
		return nil
	}
	path := filepath.Join(dir, manualName(cmd)+".1")
	if err := os.WriteFile(path, []byte(manualPage(cmd)), 0o666); err != nil {
		return fmt.Errorf("writing the manual: %w", err)
	}
	for _, sub := range cmd.Commands() {
		if err := writeManual(dir, sub); err != nil {
			return err
		}
	}
	return nil
}

// manualName is how a page is called: git-like, with hyphens.
func manualName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// manualPage is a page in the macros of man(7).
func manualPage(cmd *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 \"\" %s \"specgen\"\n", quoted(strings.ToUpper(manualName(cmd))), quoted("specgen "+version()))
	b.WriteString(".nh\n.ad l\n") // commands are not hyphenated, and lines not stretched
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(manualName(cmd)), roff(cmd.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(cmd.UseLine()))
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	fmt.Fprintf(&b, ".SH DESCRIPTION\n%s\n", roff(text))
	if subs := cmd.Commands(); len(subs) > 0 {
		b.WriteString(".SH COMMANDS\n")
		for _, sub := range subs {
			if sub.IsAvailableCommand() && sub.Name() != "help" {
				fmt.Fprintf(&b, ".TP\n.BR %s (1)\n%s\n", roff(manualName(sub)), roff(sub.Short))
			}
		}
	}
	writeFlags(&b, "OPTIONS", cmd.NonInheritedFlags().FlagUsages())
	writeFlags(&b, "OPTIONS OF ALL COMMANDS", cmd.InheritedFlags().FlagUsages())
	if cmd.Example != "" {
		fmt.Fprintf(&b, ".SH EXAMPLES\n.nf\n%s\n.fi\n", roff(cmd.Example))
	}
	b.WriteString(".SH EXIT STATUS\n")
	for _, s := range exitTexts() {
		fmt.Fprintf(&b, ".TP\n.B %d\n%s\n", s.code, roff(s.text))
	}
	if cmd.HasParent() {
		fmt.Fprintf(&b, ".SH SEE ALSO\n.BR %s (1)\n", roff(manualName(cmd.Parent())))
	}
	return b.String()
}

// exitText explains an exit code.
type exitText struct {
	code int
	text string
}

func exitTexts() []exitText {
	return []exitText{
		{exitOK, "All is fine."},
		{exitProblems, "There are problems in the specification, or in the files that it names."},
		{exitUsage, "The command was called wrongly, or a file cannot be read or written."},
		{exitStale, "The generated code is not what would be generated."},
		{exitBug, "A bug in specgen."},
	}
}

func writeFlags(b *strings.Builder, title, usages string) {
	if usages != "" {
		fmt.Fprintf(b, ".SH %s\n.nf\n%s\n.fi\n", title, roff(strings.TrimRight(usages, "\n")))
	}
}

// roff escapes text: a backslash, a hyphen that is a minus, and a line that
// would be a request.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

// quoted is one argument of a macro.
func quoted(s string) string { return `"` + strings.ReplaceAll(roff(s), `"`, `\(dq`) + `"` }
