package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/specgen-dev/specgen/internal/breaking"
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/gittree"
	"github.com/specgen-dev/specgen/internal/report"
)

func breakingCommand(o *options) *cobra.Command {
	against, format := "", report.Text
	cmd := &cobra.Command{
		Use: "breaking --against REF", Short: "Tell what has changed in meaning since a commit; exit 1 when anything breaks", Args: noArguments("the commit is named with --against"),
		Long:    "Compare the specification, and the queries, schema and generated functions that it resolves to, with those of\na commit, and tell what has changed for callers and for data: fields and methods that are gone or must be given,\nerrors, what is written, deleted, kept, refused and locked, and round trips. What breaks callers or data makes it\nexit with 1; notes do not.",
		Example: "  specgen breaking --against main\n  specgen breaking --against HEAD~1 --format json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != report.Text && format != report.JSON {
				return fmt.Errorf("unknown format %q: one of text, json", format)
			}
			if against == "" {
				return errors.New("name the commit to compare with, such as --against main")
			}
			old, err := o.generateAt(cmd, against)
			if err != nil {
				return err
			}
			now, err := o.generateOne(cmd)
			if err != nil {
				return err
			}
			var changes []breaking.Change
			if old == nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "specgen: %s has no %s: all of it is new\n", against, now.File)
			} else {
				changes = breaking.Compare(breaking.Side{Project: old.Project, Plan: old.Plan}, breaking.Side{Project: now.Project, Plan: now.Plan})
			}
			if err := writeChanges(cmd.OutOrStdout(), format, against, now.Base, changes); err != nil {
				return err
			}
			if breaking.Has(changes) {
				return exit(exitProblems)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&against, "against", "", "the commit to compare with: a branch, a tag, a hash, HEAD~1")
	cmd.Flags().StringVar(&format, "format", format, "of the changes: text, json")
	return cmd
}

// writeChanges writes the changes; in JSON with the paths that problems have.
func writeChanges(w io.Writer, format, against, base string, changes []breaking.Change) error {
	if format == report.Text {
		return breaking.WriteText(w, against, changes)
	}
	root, err := reportRoot()
	if err != nil {
		return err
	}
	if base, err = filepath.Abs(base); err != nil {
		return fmt.Errorf("finding the specification's directory: %w", err)
	}
	for i := range changes {
		if file := &changes[i].Pos.File; *file != "" {
			*file = relative(root, base, *file)
		}
	}
	return breaking.WriteJSON(w, against, changes)
}

// generateAt generates the package of a commit, in memory; nil when the commit
// has no such specification.
func (o *options) generateAt(cmd *cobra.Command, ref string) (*driver.Generation, error) {
	defer o.working(cmd, "reading the files of "+ref)()
	ctx := cmd.Context()
	file, err := o.findOne(cmd)
	if err != nil {
		return nil, err
	}
	tree, err := gittree.Open(ctx, filepath.Dir(file), ref)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "specgen-breaking-")
	if err != nil {
		return nil, fmt.Errorf("making a directory for the files of %s: %w", ref, err)
	}
	defer os.RemoveAll(dir)
	spec := tree.Prefix + filepath.Base(file)
	if err := tree.Extract(ctx, dir, func(p string) bool { return p == spec || mayBeRead(p) }); err != nil {
		return nil, err
	}
	g, err := driver.Generate(filepath.Join(dir, filepath.FromSlash(spec)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	}
	for _, p := range g.Problems.Sorted() {
		if p.Severity == diag.Error {
			return nil, fmt.Errorf("the specification of %s has problems, so that nothing can be compared with it; the first: %s: %s [%s]", ref, p.Pos, p.Message, p.Code)
		}
	}
	return g, nil
}

// mayBeRead reports whether a file may be one that generation reads: SQL,
// configurations, and Go code, but for tests and copies of other modules.
func mayBeRead(file string) bool {
	dirs := strings.Split(path.Dir(file), "/")
	if slices.Contains(dirs, "vendor") || slices.Contains(dirs, "node_modules") {
		return false
	}
	name := path.Base(file)
	return name == "go.mod" || slices.Contains([]string{".sql", ".yaml", ".yml", ".json"}, path.Ext(name)) ||
		path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go")
}
