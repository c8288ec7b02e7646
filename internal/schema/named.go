package schema

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/specgen-dev/specgen/internal/diag"
)

// Named is one "-- name: X :cmd" of a query file.
type Named struct {
	Name string
	Cmd  string   // without the colon
	Pos  diag.Pos // of the comment that names the query
	// Doc are the other comment lines directly above and below, without "--".
	Doc string
}

// nameLine is sqlc's, in both kinds of comment. Statement locations cannot be
// used instead: the parser's skip the comment.
var nameLine = regexp.MustCompile(`^\s*(?:--|/\*)\s*name:\s+([A-Za-z_][A-Za-z0-9_]*)\s+:([A-Za-z]+)`)

// FileQueries finds the queries that a file names, in the order of the file.
func FileQueries(name string, text []byte) []Named {
	lines := strings.Split(string(text), "\n")
	var out []Named
	for i, line := range lines {
		m := nameLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		indent := len(line) - len(strings.TrimLeftFunc(line, unicode.IsSpace))
		out = append(out, Named{
			Name: m[1],
			Cmd:  m[2],
			Pos:  diag.Pos{File: name, Line: i + 1, Col: len([]rune(line[:indent])) + 1},
			Doc:  docAround(lines, i),
		})
	}
	return out
}

// docAround joins the comment lines directly above and below line i.
func docAround(lines []string, i int) string {
	var above, below []string
	for j := i - 1; j >= 0; j-- {
		doc, ok := docLine(lines[j])
		if !ok {
			break
		}
		above = append([]string{doc}, above...)
	}
	for j := i + 1; j < len(lines); j++ {
		doc, ok := docLine(lines[j])
		if !ok {
			break
		}
		below = append(below, doc)
	}
	return strings.TrimSpace(strings.Join(append(above, below...), "\n"))
}

// docLine returns the text of a comment line. Rules of dashes are empty, as are
// instructions to sqlc, which begin with @.
func docLine(line string) (string, bool) {
	text, ok := strings.CutPrefix(strings.TrimSpace(line), "--")
	if !ok || nameLine.MatchString(line) {
		return "", false
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "@") || !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return "", true
	}
	return text, true
}
