package diag

import (
	"fmt"
	"io"
	"strings"
)

// Source returns the text of a file named in a position, or nil when there is
// none to show.
type Source func(file string) []byte

// PrintText writes problems as a person reads them: position, severity, code
// and message; the line with a caret under the column; the fix; and the related
// places.
//
//	specgen.yaml:31:16: error[SG201]: no query is named "CreateRol"
//	   31 |       - {query: CreateRol}
//	      |                 ^
//	   fix: did you mean "CreateRole"?
func PrintText(w io.Writer, problems []Problem, src Source) error {
	var b strings.Builder
	for i, p := range problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		if p.Pos.IsValid() {
			fmt.Fprintf(&b, "%s: ", p.Pos)
		}
		fmt.Fprintf(&b, "%s[%s]: %s\n", p.Severity, p.Code, p.Message)
		writeSnippet(&b, p.Pos, src)
		if p.Fix != "" {
			fmt.Fprintf(&b, "   fix: %s\n", p.Fix)
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

func writeSnippet(b *strings.Builder, pos Pos, src Source) {
	if src == nil || pos.Line == 0 {
		return
	}
	lines := strings.Split(string(src(pos.File)), "\n")
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
	fmt.Fprintf(b, "      | %s^\n", pad.String())
}
