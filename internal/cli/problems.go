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
	"github.com/specgen-dev/specgen/internal/disk"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/report"
)

// reporting are the flags that say how problems are told, and which of them
// count.
type reporting struct {
	format string
	strict bool
	lint   bool
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

// generate runs the stages in memory, and tells the problems. What is looked at
// is noted in files, which may be nil, and that also when there are problems.
func (o *options) generate(cmd *cobra.Command, r *reporting, files *disk.Reader) (*driver.Set, error) {
	if !slices.Contains(report.Formats(), r.format) {
		return nil, fmt.Errorf("unknown format %q: one of %s", r.format, strings.Join(report.Formats(), ", "))
	}
	paths, err := o.find()
	if err != nil {
		return nil, err
	}
	s, err := o.load(cmd, files, paths)
	if err != nil {
		return nil, err
	}
	problems := r.chosen(s.Problems.Sorted())
	if o.quiet && r.text() {
		problems = slices.DeleteFunc(problems, func(p diag.Problem) bool {
			return p.Severity == diag.Note || p.Severity != diag.Error && !r.strict
		})
	}
	if err := r.write(cmd, s, problems); err != nil {
		return nil, err
	}
	if s.Problems.HasErrors() {
		return nil, exit(exitProblems)
	}
	if r.strict && slices.ContainsFunc(problems, func(p diag.Problem) bool { return p.Severity == diag.Warning }) {
		return nil, exit(exitProblems)
	}
	return s, nil
}

// generateOne does what generate does, for a command that takes one
// specification and tells its problems to people.
func (o *options) generateOne(cmd *cobra.Command) (*driver.Generation, error) {
	if _, err := o.findOne(cmd); err != nil {
		return nil, err
	}
	s, err := o.generate(cmd, &reporting{format: report.Text}, nil)
	if err != nil {
		return nil, err
	}
	return s.Generations[0], nil
}

// load generates from specifications. Files are named from the directory of the
// one that there is, and from the working directory where there are several.
func (o *options) load(cmd *cobra.Command, files *disk.Reader, paths []string) (*driver.Set, error) {
	base, what := o.dir, fmt.Sprintf("%d specifications", len(paths))
	if len(paths) == 1 {
		base, what = filepath.Dir(paths[0]), filepath.Base(paths[0])
	}
	done := o.working(cmd, "reading "+what) // short: a line that a terminal breaks cannot be taken away
	s, err := driver.GenerateSet(files, base, paths)
	done()
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		o.note(cmd, "read %s", path)
	}
	return s, nil
}

// asked reports whether problems of a severity are to be told.
func (r *reporting) asked(s diag.Severity) bool {
	return !s.OnRequest() || s == diag.Lint && r.lint || s == diag.Hint && r.hints
}

// chosen leaves out what nobody asked for. What lint finds counts as a warning.
func (r *reporting) chosen(problems []diag.Problem) []diag.Problem {
	var out []diag.Problem
	for _, p := range problems {
		if !r.asked(p.Severity) {
			continue
		}
		if p.Severity == diag.Lint {
			p.Severity = diag.Warning
		}
		out = append(out, p)
	}
	return out
}

func (r *reporting) write(cmd *cobra.Command, s *driver.Set, problems []diag.Problem) error {
	if r.text() {
		return writeText(cmd.ErrOrStderr(), problems, s.Source)
	}
	out := report.Report{Tool: report.Tool{Version: version()}, Problems: problems}
	for _, silenced := range s.Silenced {
		if r.asked(silenced.Problem.Severity) {
			out.Silenced = append(out.Silenced, report.Silenced{Problem: silenced.Problem, Reason: silenced.Reason})
		}
	}
	root, err := reportRoot()
	if err != nil {
		return err
	}
	base, err := filepath.Abs(s.Base)
	if err != nil {
		return fmt.Errorf("finding the specifications' directory: %w", err)
	}
	out.Path = func(file string) string { return relative(root, base, file) }
	return report.Write(cmd.OutOrStdout(), r.format, out)
}

// writeText tells problems to people, in colour where that is shown.
func writeText(w io.Writer, problems []diag.Problem, src diag.Source) error {
	colour := isTerminal(w) && showsColour(os.Getenv)
	return diag.Text{Source: src, Colour: colour}.Print(w, problems)
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
