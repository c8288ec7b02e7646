package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/scaffold"
)

func initCommand(o *options) *cobra.Command {
	example, dryRun := false, false
	cmd := &cobra.Command{
		Use: "init [sqlc.yaml]", Short: "Write a specification for a project that has sqlc, or an example", Args: cobra.MaximumNArgs(1),
		Long: "Read the schema and the queries that sqlc.yaml names (searched upward to the module's root), and write a\n" +
			"specgen.yaml for the scopes that are recognised: tables with an INSERT that returns the row, a DELETE, and\n" +
			"rows elsewhere that refer to them. Queries that it needs and the project lacks are written to\n" +
			"specgen_scopes.sql beside the others. What is not recognised is told, table by table. Nothing is overwritten.",
		Example: "  specgen init --dry-run\n  specgen init\n  specgen init --example    # in an empty directory",
		RunE: func(cmd *cobra.Command, args []string) error {
			done := o.working(cmd, "reading the project")
			r, err := o.scaffold(cmd, example, args)
			done()
			if err != nil {
				return err
			}
			told := slices.DeleteFunc(r.Problems.Sorted(), func(p diag.Problem) bool {
				return p.Severity.OnRequest() || o.quiet && p.Severity != diag.Error
			})
			if err := writeText(cmd.ErrOrStderr(), told, r.Source); err != nil {
				return err
			}
			if r.Problems.HasErrors() {
				fmt.Fprintln(cmd.ErrOrStderr(), "specgen: nothing was written: these problems come first")
				return exit(exitProblems)
			}
			if !dryRun {
				if err := r.Write(); err != nil {
					return err
				}
			}
			if _, err := io.WriteString(cmd.OutOrStdout(), initText(r, o.elsewhere(r.Base), dryRun)); err != nil {
				return err
			}
			if len(r.Files) == 0 {
				return exit(exitProblems)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&example, "example", false, "write the reference RBAC with a program that uses it, ready to run, into an empty directory")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "write nothing; print each file that would be written")
	return cmd
}

func (o *options) scaffold(cmd *cobra.Command, example bool, args []string) (*scaffold.Result, error) {
	switch {
	case len(o.files) > 1:
		return nil, &misuse{errors.New("init writes one specification"), cmd}
	case !example:
		return scaffold.Project(scaffold.Options{Dir: o.dir, Spec: strings.Join(o.files, ""), Sqlc: strings.Join(args, "")})
	case len(args) > 0 || len(o.files) > 0:
		return nil, errors.New("--example takes neither a file nor -f: it writes all of a small module")
	}
	return scaffold.Example(o.dir)
}

// elsewhere says where a directory is, if it is not the working directory: " in
// ..", with the blank.
func (o *options) elsewhere(dir string) string {
	start, err := filepath.Abs(o.dir)
	if err != nil {
		return " in " + dir
	}
	rel, err := filepath.Rel(start, dir)
	switch {
	case err != nil:
		return " in " + dir
	case rel == ".":
		return ""
	default:
		return " in " + rel
	}
}

// initText says what was made and where, and what to do next, there.
func initText(r *scaffold.Result, where string, dryRun bool) string {
	var b strings.Builder
	b.WriteString(r.Report)
	if len(r.Files) == 0 {
		b.WriteString("\nNothing was written: no scope was recognised.\n")
	} else if dryRun {
		fmt.Fprintf(&b, "\nWould be written%s:\n", where)
		for _, f := range r.Files {
			fmt.Fprintf(&b, "\n-- %s --\n%s", f.Name, f.Text)
		}
	} else {
		fmt.Fprintf(&b, "\nWritten%s:\n", where)
		for _, f := range r.Files {
			fmt.Fprintf(&b, "  %s\n", f.Name)
		}
	}
	fmt.Fprintf(&b, "\nNext%s:\n", where)
	for i, step := range r.Next {
		fmt.Fprintf(&b, "  %d. %s\n", i+1, step)
	}
	return b.String()
}
