package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/specgen-dev/specgen/internal/graph"
)

type drawingFormat struct{ name, endings string }

// graphFormats are what a graph is written as, and the endings of files' names
// that mean it.
func graphFormats() []drawingFormat {
	return []drawingFormat{
		{"mermaid", ".mmd .mermaid"},
		{"dot", ".dot .gv"},
		{"svg", ".svg"},
		{"html", ".html .htm"},
	}
}

func graphCommand(o *options) *cobra.Command {
	format, output := "", ""
	cmd := &cobra.Command{
		ValidArgsFunction: o.completeScopes,
		Use:               "graph [scope]", Short: "Draw scopes, parents, presets, tables, and the order of writes", Args: cobra.MaximumNArgs(1),
		Long:    "Draw the scopes, what they lie in, the presets and tables that they use, and the order of writes; of one scope\nif it is named. As html and svg it is one file without anything from elsewhere: choose a scope to see how it is\ncreated and purged, and a step to see its SQL.",
		Example: "  specgen graph -o scopes.html\n  specgen graph project --format dot | dot -Tpng -o project.png",
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := graphFormat(format, output)
			if err != nil {
				return err
			}
			g, err := o.generateOne(cmd)
			if err != nil {
				return err
			}
			drawn, err := graph.New(g.Plan, strings.Join(args, ""))
			if err != nil {
				return err
			}
			text, err := drawGraph(drawn, format)
			if err != nil {
				return err
			}
			if output == "" || output == "-" {
				_, err = io.WriteString(cmd.OutOrStdout(), text)
				return err
			}
			if err := os.WriteFile(o.path(output), []byte(text), 0o666); err != nil {
				return fmt.Errorf("writing the graph: %w", err)
			}
			o.note(cmd, "wrote %s", output)
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "", "mermaid, dot, svg or html; default: what the output's name ends in, else mermaid")
	annotateFormats(cmd, "mermaid", "dot", "svg", "html")
	cmd.Flags().StringVarP(&output, "output", "o", "", "file to write; default: standard output")
	return cmd
}

// path is a path that the user gave, from the directory of -C.
func (o *options) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(o.dir, name)
}

// graphFormat is the format that was asked for, or that a file's name means.
func graphFormat(format, output string) (string, error) {
	var known []string
	ending := strings.ToLower(filepath.Ext(output))
	for _, f := range graphFormats() {
		known = append(known, f.name)
		if format == f.name || format == "" && ending != "" && strings.Contains(f.endings+" ", ending+" ") {
			return f.name, nil
		}
	}
	if format == "" {
		return known[0], nil
	}
	return "", fmt.Errorf("unknown format %q: one of %s", format, strings.Join(known, ", "))
}

func drawGraph(g *graph.Graph, format string) (string, error) {
	switch format {
	case "dot":
		return g.DOT(), nil
	case "svg":
		return g.SVG()
	case "html":
		return g.HTML()
	default:
		return g.Mermaid(), nil
	}
}
