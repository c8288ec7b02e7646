package schema

import (
	"regexp"
	"strings"
)

// Markers of the tools that keep the way up and the way down in one file. Those
// of goose and sql-migrate differ in one word, and both are read in any case.
var (
	upMarker   = regexp.MustCompile(`(?i)^--\s*(\+(goose|migrate)\s+up\b|migrate:up\b)`)
	downMarker = regexp.MustCompile(`(?i)^(--\s*(\+(goose|migrate)\s+down\b|migrate:down\b)|---- create above / drop below ----)`)
	// psqlCommand is a line for psql: pg_dump writes \restrict and \connect.
	psqlCommand = regexp.MustCompile(`^\\[a-zA-Z]`)
)

// isRollback reports whether a whole file is the way down, as golang-migrate
// keeps it.
func isRollback(file string) bool { return strings.HasSuffix(file, ".down.sql") }

// forwardPart blanks what does not build the schema: the way down of a
// migration, psql's commands and a byte order mark. Every other character keeps
// its place.
func forwardPart(text string) string {
	text = strings.TrimPrefix(text, "\ufeff")
	if !strings.Contains(text, "--") && !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	down := false
	for line := range strings.Lines(text) {
		switch {
		case downMarker.MatchString(line):
			down = true
		case upMarker.MatchString(line):
			down = false
		}
		if !down && !psqlCommand.MatchString(line) {
			b.WriteString(line)
			continue
		}
		if strings.HasSuffix(line, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
