package cli

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/specgen-dev/specgen/internal/code"
	"github.com/specgen-dev/specgen/internal/explain"
	"github.com/specgen-dev/specgen/internal/plan"
)

var codePattern = regexp.MustCompile(`^(?i:sg)\d+$`)

func explainCommand(o *options) *cobra.Command {
	format := formatText
	cmd := &cobra.Command{
		ValidArgsFunction: o.completeScopes,
		Use:               "explain [scope | code]", Short: "Print the plans of the coordinators, or what a problem's code means", Args: cobra.MaximumNArgs(1),
		Long:    "Print the plans of the coordinators, of one scope if it is named. With the code of a problem, such as\nSG201, print what it means, an example that has the problem, and the cure; no specification is read then.\nWith -v, or as json or markdown, plans have the SQL of each step and all that can fail.",
		Example: "  specgen explain project\n  specgen explain --format json | jq '.scopes[].create.round_trips'\n  specgen explain SG201\n  specgen explain SG201 --format markdown",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && codePattern.MatchString(args[0]) {
				return explainCode(cmd.OutOrStdout(), args[0], format)
			}
			if !slices.Contains(planFormats(), format) {
				return fmt.Errorf("unknown format %q: one of %s", format, strings.Join(planFormats(), ", "))
			}
			g, err := o.generateOne(cmd)
			if err != nil {
				return err
			}
			text, err := explainPlans(g.Plan, strings.Join(args, ""), format, o.verbose)
			if err != nil {
				return err
			}
			_, err = io.WriteString(cmd.OutOrStdout(), text)
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "text, json (see docs/plans.schema.json) or markdown; of a code, text or markdown")
	annotateFormats(cmd, planFormats()...)
	return cmd
}

// formatText is for people at a terminal, and formatMarkdown for documents.
const (
	formatText     = "text"
	formatMarkdown = "markdown"
	formatJSON     = "json"
)

func planFormats() []string { return []string{formatText, formatJSON, formatMarkdown} }

// explainPlans writes the plans of a package, or of one of its scopes. full adds
// to the text what the other formats always have: the SQL, and what can fail.
func explainPlans(p *plan.Package, scope, format string, full bool) (string, error) {
	if format == formatText {
		if full {
			return plan.ExplainFully(p, scope)
		}
		return plan.Explain(p, scope)
	}
	d, err := explain.New(p, scope)
	if err != nil {
		return "", err
	}
	if format == formatJSON {
		return d.JSON()
	}
	return d.Markdown(), nil
}

// explainCode prints the page of a problem's code.
func explainCode(w io.Writer, name, format string) error {
	p, ok := code.Find(strings.ToUpper(name))
	if !ok {
		return fmt.Errorf("no problem has the code %s: the codes are those that specgen prints in brackets, such as error[SG201]", name)
	}
	text := ""
	switch format {
	case formatText:
		text = p.Text(textWidth())
	case formatMarkdown:
		text = p.Markdown(1)
	default:
		return fmt.Errorf("unknown format %q: text or markdown", format)
	}
	_, err := io.WriteString(w, text)
	return err
}

// textWidth is how many characters a line of prose may have: those of the
// terminal where the shell says how wide it is, and a hundred at most.
func textWidth() int {
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		return min(columns, 100)
	}
	return 80
}
