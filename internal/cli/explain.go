package cli

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/specgen-dev/specgen/internal/code"
	"github.com/specgen-dev/specgen/internal/plan"
)

var codePattern = regexp.MustCompile(`^(?i:sg)\d+$`)

func explainCommand(o *options) *cobra.Command {
	format := formatText
	cmd := &cobra.Command{
		Use: "explain [scope | code]", Short: "Print the plans of the coordinators, or what a problem's code means", Args: cobra.MaximumNArgs(1),
		Long:    "Print the plans of the coordinators, of one scope if it is named. With the code of a problem, such as\nSG201, print what it means, an example that has the problem, and the cure; no specification is read then.",
		Example: "  specgen explain project\n  specgen explain SG201\n  specgen explain SG201 --format markdown",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && codePattern.MatchString(args[0]) {
				return explainCode(cmd.OutOrStdout(), args[0], format)
			}
			if format != formatText {
				return fmt.Errorf("plans are printed as text only; --format markdown is for the codes of problems")
			}
			g, err := o.generate(cmd, &reporting{format: formatText})
			if err != nil {
				return err
			}
			text, err := plan.Explain(g.Plan, strings.Join(args, ""))
			if err != nil {
				return err
			}
			_, err = io.WriteString(cmd.OutOrStdout(), text)
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "of the page of a code: text or markdown")
	return cmd
}

// formatText is for people at a terminal, and formatMarkdown for documents.
const (
	formatText     = "text"
	formatMarkdown = "markdown"
)

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
