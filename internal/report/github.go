package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
)

// writeGitHub writes a workflow command for each problem, which GitHub shows as
// an annotation of the line:
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
func writeGitHub(w io.Writer, r Report) error {
	var b strings.Builder
	for _, p := range r.Problems {
		text := p.Message
		if p.Fix != "" {
			text += "\nfix: " + p.Fix
		}
		for _, rel := range p.Related {
			text += "\nsee: "
			if at := rel.Pos; at.IsValid() {
				at.File = r.path(at.File)
				text += at.String() + ": "
			}
			text += rel.Message
		}
		fmt.Fprintf(&b, "::%s ", githubCommand(p.Severity))
		if p.Pos.IsValid() {
			fmt.Fprintf(&b, "file=%s,", githubProperty(r.path(p.Pos.File)))
		}
		if p.Pos.Line > 0 {
			fmt.Fprintf(&b, "line=%d,", p.Pos.Line)
			if p.Pos.Col > 0 {
				fmt.Fprintf(&b, "col=%d,", p.Pos.Col)
			}
		}
		fmt.Fprintf(&b, "title=%s::%s\n", githubProperty(p.Code), githubData(text))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func githubCommand(s diag.Severity) string {
	switch s {
	case diag.Error:
		return "error"
	case diag.Warning, diag.Lint:
		return "warning"
	default:
		return "notice"
	}
}

// githubData escapes the message of a command, as GitHub's own toolkit does.
func githubData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// githubProperty escapes a property of a command.
func githubProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}
