package schema

import (
	"slices"
	"unicode/utf8"

	"github.com/specgen-dev/specgen/internal/diag"
)

// source is a text that can say where an offset in it is.
type source struct {
	file   string
	text   string
	starts []int // offsets of the lines
}

func newSource(file, text string) *source {
	starts := []int{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return &source{file: file, text: text, starts: starts}
}

// pos returns the position of a byte offset, the column in runes.
func (s *source) pos(offset int) diag.Pos {
	offset = min(max(offset, 0), len(s.text))
	line, found := slices.BinarySearch(s.starts, offset)
	if !found {
		line--
	}
	return diag.Pos{
		File: s.file,
		Line: line + 1,
		Col:  utf8.RuneCountInString(s.text[s.starts[line]:offset]) + 1,
	}
}
