package spec

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/specgen-dev/specgen/internal/diag"
)

// source is the text of one file, indexed so that a line and a column are found
// without a search. Lines end at \n, as in [diag.PrintText].
type source struct {
	file  string
	runes []rune
	lines []int // index into runes of each line's first
}

// byteOrderMark may begin a file; editors do not count it as a column.
var byteOrderMark = []byte("\uFEFF")

// newSource indexes text, which must have passed checkCharacters.
func newSource(file string, text []byte) *source {
	s := &source{file: file, runes: []rune(string(text)), lines: []int{0}}
	for i, r := range s.runes {
		if r == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// pos makes a position from a 1-based line and column, moved into the file
// where the YAML parser points past the end of a line or of the file.
func (s *source) pos(line, col int) diag.Pos {
	line = min(max(line, 1), len(s.lines))
	return diag.Pos{File: s.file, Line: line, Col: min(max(col, 1), len(s.line(line))+1)}
}

// line returns the runes of a 1-based line without its line break.
func (s *source) line(n int) []rune {
	end := len(s.runes)
	if n < len(s.lines) {
		end = s.lines[n] - 1
	}
	line := s.runes[s.lines[n-1]:end]
	if len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	return line
}

// posAt returns the position of the i-th rune of the file.
func (s *source) posAt(i int) diag.Pos {
	line, found := slices.BinarySearch(s.lines, i)
	if !found {
		line--
	}
	return s.pos(line+1, i-s.lines[line]+1)
}

// checkCharacters reports the first character of text that YAML or the counting
// of lines cannot live with. YAML 1.1 takes U+0085, U+2028, U+2029 and a lone
// carriage return as line breaks, and editors do not: no position after one of
// them would be right.
func checkCharacters(file string, text []byte, problems *diag.List) bool {
	line, start := 1, 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		what, fix := "", ""
		switch {
		case r == utf8.RuneError && size == 1:
			what, fix = "the file is not UTF-8", "save it as UTF-8"
		case r == '\r' && (i+1 == len(text) || text[i+1] != '\n'):
			what, fix = "a carriage return stands without a line feed", "end lines with a line feed"
		case r == '\u0085', r == '\u2028', r == '\u2029':
			what = fmt.Sprintf("the line separator %U is not supported", r)
			fix = fmt.Sprintf("remove it, or write \\u%04x inside double quotes", r)
		case r == '\t', r == '\n', r == '\r':
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xfeff, r == 0xfffe, r == 0xffff:
			what = fmt.Sprintf("the character %U is not allowed in YAML", r)
			fix = fmt.Sprintf("remove it, or write \\u%04x inside double quotes", r)
		}
		if what != "" {
			pos := diag.Pos{File: file, Line: line, Col: utf8.RuneCount(text[start:i]) + 1}
			problems.ErrorFix(pos, "SG001", fix, "%s", what)
			return false
		}
		i += size
		if r == '\n' {
			line, start = line+1, i
		}
	}
	return true
}

// withoutMark cuts the byte order mark that a file may begin with.
func withoutMark(text []byte) []byte { return bytes.TrimPrefix(text, byteOrderMark) }
