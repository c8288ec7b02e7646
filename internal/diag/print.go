package diag

import (
	"fmt"
	"io"
	"strings"
)

// Source returns the text of a file named in a position, or nil when there is
// none to show.
type Source func(file string) []byte

// PrintText writes problems as a person reads them, without colours:
//
//	specgen.yaml:31:16: error[SG201]: no query is named "CreateRol"
//	   31 |       - {query: CreateRol}
//	      |                 ^
//	   fix: did you mean "CreateRole"?
func PrintText(w io.Writer, problems []Problem, src Source) error {
	return Text{Source: src}.Print(w, problems)
}

// Text prints problems for people. The zero value is ready to use.
type Text struct {
	Source Source // of the lines to show; may be nil
	Colour bool   // for a terminal that knows ECMA-48's colours
}

// Print writes problems: position, severity, code and message; the line with a
// caret under the column; the fix; and the related places.
func (t Text) Print(w io.Writer, problems []Problem) error {
	var b strings.Builder
	for i, p := range problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		if p.Pos.IsValid() {
			fmt.Fprintf(&b, "%s: ", p.Pos)
		}
		colour := severityColour(p.Severity)
		fmt.Fprintf(&b, "%s: %s\n", t.painted(colour, fmt.Sprintf("%s[%s]", p.Severity, p.Code)), p.Message)
		t.writeSnippet(&b, p.Pos, colour)
		if p.Fix != "" {
			fmt.Fprintf(&b, "   %s %s\n", t.painted(green, "fix:"), p.Fix)
		}
		for _, r := range p.Related {
			b.WriteString("   see: ")
			if r.Pos.IsValid() {
				fmt.Fprintf(&b, "%s: ", r.Pos)
			}
			b.WriteString(r.Message + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// The colours that every terminal has, so that they fit its background: the
// parameters of ECMA-48's SGR, each with bold.
const (
	red    = "1;31"
	green  = "1;32"
	yellow = "1;33"
	cyan   = "1;36"
)

func severityColour(s Severity) string {
	switch s {
	case Warning:
		return yellow
	case Note, Hint:
		return cyan
	default:
		return red
	}
}

func (t Text) painted(colour, text string) string {
	if !t.Colour {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

func (t Text) writeSnippet(b *strings.Builder, pos Pos, colour string) {
	if t.Source == nil || pos.Line == 0 {
		return
	}
	lines := strings.Split(string(t.Source(pos.File)), "\n")
	if pos.Line > len(lines) {
		return
	}
	line := strings.TrimRight(lines[pos.Line-1], "\r")
	fmt.Fprintf(b, "%5d | %s\n", pos.Line, line)
	if pos.Col == 0 {
		return
	}
	var pad strings.Builder
	for i, r := range []rune(line) {
		if i >= pos.Col-1 {
			break
		}
		if r == '\t' {
			pad.WriteByte('\t')
		} else {
			pad.WriteByte(' ')
		}
	}
	fmt.Fprintf(b, "      | %s%s\n", pad.String(), t.painted(colour, "^"))
}
