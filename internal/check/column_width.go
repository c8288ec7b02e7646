package check

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
)

// longConstants refuses constants that are longer than the column that they are
// written into, though blanks past the length are cut without an error
// (PostgreSQL manual, section 8.3).
func (c *checker) longConstants(s *model.Scope) {
	for _, w := range c.constants(s) {
		n := utf8.RuneCountInString(strings.TrimRight(w.Text, " "))
		if w.col.Length == 0 || n <= w.col.Length || refusedBy(w) != nil {
			continue // that it is too long, too, is the same mistake
		}
		at, related := w.place()
		c.report(s, diag.Problem{Pos: at,
			Message: fmt.Sprintf("%s has %d characters, and %s holds %d", w.Literal, n, w.column(), w.col.Length),
			Fix:     "shorten it, or make the column longer", Related: related})
	}
}

// longUUIDs refuses a uuid for a column of text that is too short for it.
func (c *checker) longUUIDs(s *model.Scope) {
	const length = len("019a5d5c-7f2e-7b3a-8c41-5e6f708192a3")
	for _, w := range c.uuidsAsText(s) {
		if w.col.Length > 0 && w.col.Length < length {
			c.report(s, diag.Problem{Pos: w.arg.Pos,
				Message: fmt.Sprintf("%s is a uuid, which has %d characters, and %s holds %d", w.arg.Source, length, w.column(), w.col.Length),
				Fix:     "give it another value, or make the column longer", Related: []diag.Related{{Pos: w.col.Pos, Message: "the column is declared here"}}})
		}
	}
}
