package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/specgen-dev/specgen/internal/disk"
	"github.com/specgen-dev/specgen/internal/driver"
)

// options are the flags that every command takes.
type options struct {
	files   []string
	dir     string
	quiet   bool // tell errors alone
	verbose bool // tell more than is asked for
}

// note tells something that only -v asks for.
func (o *options) note(cmd *cobra.Command, format string, args ...any) {
	if o.verbose {
		fmt.Fprintf(cmd.ErrOrStderr(), format+"\n", args...)
	}
}

func generateCommand(o *options) *cobra.Command {
	r := &reporting{}
	again := false
	cmd := &cobra.Command{
		Use: "generate", Short: "Write the generated package", Args: noArguments(namedByFile),
		Long: "Write the generated package. Nothing is written unless all of it is right; only files that change are\n" +
			"touched; files that specgen wrote before and no longer generates are removed. With --watch this is done\n" +
			"again whenever a file that was read changes, until the command is interrupted.",
		Example: "  specgen generate\n  specgen generate --watch\n  specgen generate -f teams/specgen.yaml -f billing/specgen.yaml",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if again {
				return o.watch(cmd, r)
			}
			s, changes, err := o.write(cmd, r, nil)
			if err != nil {
				return err
			}
			for _, c := range changes {
				o.note(cmd, "%s", told(c))
			}
			o.note(cmd, "%d of %d files changed", len(changes), s.Files())
			return nil
		},
	}
	r.flags(cmd)
	cmd.Flags().BoolVarP(&again, "watch", "w", false, "generate again whenever the specification, sqlc.yaml, the SQL, what sqlc generated, or the\nGo functions change; tell what was written; an interrupt ends it")
	return cmd
}

// write brings the generated packages up to date. What is looked at is noted in
// files, which may be nil, and that also when it fails.
func (o *options) write(cmd *cobra.Command, r *reporting, files *disk.Reader) (*driver.Set, []driver.Change, error) {
	s, err := o.generate(cmd, r, files)
	if err != nil {
		return nil, nil, err
	}
	changes, err := s.Write()
	if err != nil {
		return nil, nil, err
	}
	return s, changes, nil
}

// told says in words what was done to a file.
func told(c driver.Change) string {
	if c.New == nil {
		return "removed " + c.Name
	}
	return "wrote " + c.Name
}

func checkCommand(o *options) *cobra.Command {
	r := &reporting{}
	cmd := &cobra.Command{
		Use: "check", Short: "Report problems, write nothing", Args: noArguments(namedByFile),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := o.generate(cmd, r, nil)
			return err
		},
	}
	r.flags(cmd)
	cmd.Flags().BoolVar(&r.lint, "lint", false, "warn of what is suspicious, too, and may be right")
	cmd.Flags().BoolVar(&r.hints, "hints", false, "tell hints, too, such as what costs a round trip; they never fail")
	return cmd
}

func diffCommand(o *options) *cobra.Command {
	r := &reporting{}
	cmd := &cobra.Command{
		Use: "diff", Short: "Show what generate would change; exit 3 when that is anything", Args: noArguments(namedByFile),
		Long: "Show what generate would change, as a unified diff; exit 3 when that is anything. In formats for tools\nthe problems of the specification are told, and no diff.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := o.generate(cmd, r, nil)
			if err != nil {
				return err
			}
			changes, err := s.Changes()
			if err != nil {
				return err
			}
			for _, c := range changes {
				if err := r.writeIfText(cmd.OutOrStdout(), driver.Unified(c)); err != nil {
					return err
				}
			}
			if len(changes) > 0 {
				return exit(exitStale)
			}
			return nil
		},
	}
	r.flags(cmd)
	return cmd
}

// find returns the paths of the specifications, each once: those that were
// named, else specgen.yaml in the working directory or the nearest above it within
// the module.
func (o *options) find() ([]string, error) {
	var paths []string
	for _, file := range o.files {
		if path := o.path(file); !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	if len(paths) > 0 {
		return paths, nil
	}
	start, err := filepath.Abs(o.dir)
	if err != nil {
		return nil, fmt.Errorf("finding the working directory: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "specgen.yaml")
		if _, err := os.Stat(path); err == nil {
			return []string{path}, nil
		}
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		if err == nil || filepath.Dir(dir) == dir {
			return nil, fmt.Errorf("no specgen.yaml in %s or above it in the module: run specgen init, or name another file with -f", start)
		}
	}
}

// findOne returns the path of the specification of a command that takes one.
func (o *options) findOne(cmd *cobra.Command) (string, error) {
	paths, err := o.find()
	if err != nil {
		return "", err
	}
	if len(paths) > 1 {
		return "", &misuse{errors.New("this command takes one specification"), cmd}
	}
	return paths[0], nil
}
