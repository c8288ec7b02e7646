package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/report"
)

// reporting are the flags that say how problems are told, and which of them
// count.
type reporting struct {
	format string
	strict bool
	hints  bool
}

func (r *reporting) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.format, "format", report.Text, "of problems: "+strings.Join(report.Formats(), ", ")+"; all but text go to standard output")
	annotateFormats(cmd, report.Formats()...)
	cmd.Flags().BoolVar(&r.strict, "strict", false, "warnings fail as errors do")
}

// text reports whether problems are for people, so that standard output is free
// for what else there is to say.
func (r *reporting) text() bool { return r.format == report.Text }

// generate runs the stages in memory and tells the problems.
func (o *options) generate(cmd *cobra.Command, r *reporting) (*driver.Generation, error) {
	if !slices.Contains(report.Formats(), r.format) {
		return nil, fmt.Errorf("unknown format %q: one of %s", r.format, strings.Join(report.Formats(), ", "))
	}
	path, err := o.find()
	if err != nil {
		return nil, err
	}
	g, err := driver.Generate(path)
	if err != nil {
		return nil, err
	}
	o.note(cmd, "read %s", filepath.Join(g.Base, g.File))
	problems := r.chosen(g.Problems.Sorted())
	if o.quiet && !r.strict && r.text() {
		problems = slices.DeleteFunc(problems, func(p diag.Problem) bool { return p.Severity != diag.Error })
	}
	if err := r.write(cmd, g, problems); err != nil {
		return nil, err
	}
	if g.Problems.HasErrors() {
		return nil, exit(exitProblems)
	}
	if r.strict && slices.ContainsFunc(problems, func(p diag.Problem) bool { return p.Severity == diag.Warning }) {
		return nil, exit(exitProblems)
	}
	return g, nil
}

// chosen leaves hints out that nobody asked for.
func (r *reporting) chosen(problems []diag.Problem) []diag.Problem {
	return slices.DeleteFunc(problems, func(p diag.Problem) bool { return p.Severity == diag.Hint && !r.hints })
}

func (r *reporting) write(cmd *cobra.Command, g *driver.Generation, problems []diag.Problem) error {
	out := report.Report{Tool: report.Tool{Version: version()}, Problems: problems, Source: g.Source}
	for _, s := range g.Silenced {
		if s.Problem.Severity != diag.Hint || r.hints {
			out.Silenced = append(out.Silenced, report.Silenced{Problem: s.Problem, Reason: s.Reason})
		}
	}
	if r.text() {
		return report.Write(cmd.ErrOrStderr(), r.format, out)
	}
	root, err := reportRoot()
	if err != nil {
		return err
	}
	base, err := filepath.Abs(g.Base)
	if err != nil {
		return fmt.Errorf("finding the specification's directory: %w", err)
	}
	out.Path = func(file string) string { return relative(root, base, file) }
	return report.Write(cmd.OutOrStdout(), r.format, out)
}

// reportRoot is the directory that files are named from in formats for tools:
// the checkout, in a workflow of GitHub, else the working directory.
func reportRoot() (string, error) {
	if dir := os.Getenv("GITHUB_WORKSPACE"); filepath.IsAbs(dir) {
		return dir, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the working directory: %w", err)
	}
	return dir, nil
}

// relative names a file, which is relative to base, from root. Outside of root
// it is absolute.
func relative(root, base, file string) string {
	path := filepath.FromSlash(file)
	if !filepath.IsAbs(path) {
		path = filepath.Join(base, path)
	}
	if rel, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(rel) {
		path = rel
	}
	return filepath.ToSlash(path)
}

// writeIfText writes what is for people, when problems are.
func (r *reporting) writeIfText(w io.Writer, text string) error {
	if !r.text() {
		return nil
	}
	_, err := io.WriteString(w, text)
	return err
}
