// Package cli is the command line of specgen. It is apart from package main so
// that tests run it in their own process.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/specgen-dev/specgen/internal/driver"
)

// The exit codes of specgen.
const (
	exitOK       = 0
	exitProblems = 1 // in the user's files
	exitUsage    = 2 // or environment
	exitStale    = 3 // the generated code is not what would be generated
	exitBug      = 70
)

// exit is an error that only says how to end: what there is to say was said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Run runs specgen with arguments and returns its exit code.
func Run(args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			code = tellBug(stderr, fmt.Errorf("a bug in specgen: %v", r))
		}
	}()
	root := command()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return exitCode(root.Execute(), stderr)
}

func exitCode(err error, stderr io.Writer) int {
	var code exit
	var bug *driver.Bug
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &bug):
		return tellBug(stderr, err)
	default:
		fmt.Fprintf(stderr, "specgen: %v\n", err)
		return exitUsage
	}
}

func tellBug(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "specgen: %v\nPlease report it with the specification and the SQL that caused it.\n", err)
	return exitBug
}

func command() *cobra.Command {
	o := &options{}
	root := &cobra.Command{
		Use:           "specgen",
		Short:         "Generate coordinators that create and purge scopes",
		Long:          "specgen reads a description of how scopes are composed from presets, proves that it fits the\nschema and the queries, and generates Go that creates and purges them, each in one transaction.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noSuchCommand, // an argument that is no command is an error
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().StringArrayVarP(&o.files, "file", "f", nil, "`path` of the specification; default: specgen.yaml, searched upward to the module's root; check, diff and\ngenerate take several, of which nothing is written unless all are right")
	root.PersistentFlags().StringVarP(&o.dir, "chdir", "C", "", "run as if started in this `directory`")
	root.PersistentFlags().BoolVarP(&o.quiet, "quiet", "q", false, "tell errors alone, no warnings; with --strict, warnings are errors")
	root.PersistentFlags().BoolVarP(&o.verbose, "verbose", "v", false, "tell more: what is read and written, and in plans the SQL")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if o.quiet && o.verbose {
			return &misuse{errors.New("--quiet and --verbose exclude each other"), cmd}
		}
		if info, err := os.Stat(o.dir); o.dir != "" && (err != nil || !info.IsDir()) {
			return &misuse{fmt.Errorf("--chdir: %s is no directory", o.dir), cmd}
		}
		return nil
	}
	root.AddCommand(initCommand(o), generateCommand(o), checkCommand(o), diffCommand(o), explainCommand(o), graphCommand(o),
		breakingCommand(o), schemaCommand(), manualCommand(o), versionCommand())
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if !cmd.Runnable() { // completion: cobra takes an unknown shell for a wish for help
			cmd.Args = noSuchCommand
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
	o.completion(root)
	tellMisuse(root)
	return root
}
