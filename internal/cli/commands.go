package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/specgen-dev/specgen/internal/driver"
)

// options are the flags that every command takes.
type options struct {
	file    string
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
	cmd := &cobra.Command{
		Use: "generate", Short: "Write the generated package", Args: cobra.NoArgs,
		Long: "Write the generated package. Nothing is written unless all of it is right; only files that change are\ntouched; files that specgen wrote before and no longer generates are removed.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			g, err := o.generate(cmd, r)
			if err != nil {
				return err
			}
			changes, err := g.Write()
			if err != nil {
				return err
			}
			for _, c := range changes {
				if c.New == nil {
					o.note(cmd, "removed %s", c.Name)
					continue
				}
				o.note(cmd, "wrote %s", c.Name)
			}
			o.note(cmd, "%d of %d files changed", len(changes), len(g.Files))
			return nil
		},
	}
	r.flags(cmd)
	return cmd
}

func checkCommand(o *options) *cobra.Command {
	r := &reporting{}
	cmd := &cobra.Command{
		Use: "check", Short: "Report problems, write nothing", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := o.generate(cmd, r)
			return err
		},
	}
	r.flags(cmd)
	cmd.Flags().BoolVar(&r.hints, "hints", false, "tell hints, too, such as what costs a round trip; they never fail")
	return cmd
}

func diffCommand(o *options) *cobra.Command {
	r := &reporting{}
	cmd := &cobra.Command{
		Use: "diff", Short: "Show what generate would change; exit 3 when that is anything", Args: cobra.NoArgs,
		Long: "Show what generate would change, as a unified diff; exit 3 when that is anything. In formats for tools\nthe problems of the specification are told, and no diff.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			g, err := o.generate(cmd, r)
			if err != nil {
				return err
			}
			changes, err := g.Changes()
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

// find returns the path of the specification: the one that was named, else
// specgen.yaml in the working directory or the nearest above it within the module.
func (o *options) find() (string, error) {
	if o.file != "" {
		return filepath.Join(o.dir, o.file), nil
	}
	start, err := filepath.Abs(o.dir)
	if err != nil {
		return "", fmt.Errorf("finding the working directory: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "specgen.yaml")
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		if err == nil || filepath.Dir(dir) == dir {
			return "", fmt.Errorf("no specgen.yaml in %s or above it in the module: run specgen init, or name another file with -f", start)
		}
	}
}
