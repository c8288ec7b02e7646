package graph

import (
	"strings"
	"unicode"
)

// clean replaces what XML cannot hold, and what would change the direction of
// the text around it: control characters, surrogates and the like.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r == 0xFFFE, r == 0xFFFF, unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		default:
			return r
		}
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
}

// oneLine is text without line breaks.
func oneLine(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// Widths of characters, as parts of the size of the font. Fonts differ: these
// are those of a wide one.
const (
	nameWidth = 0.64 // bold
	noteWidth = 0.54
	fullWidth = 1.05 // of the scripts of East Asia, and of symbols
)

func runeWidth(r rune, narrow float64) float64 {
	if r >= 0x1100 {
		return fullWidth
	}
	return narrow
}

// textWidth estimates how wide a line is, in the unit of size.
func textWidth(s string, size, narrow float64) float64 {
	width := 0.0
	for _, r := range s {
		width += runeWidth(r, narrow) * size
	}
	return width
}

// shorten cuts a line that is wider than it may be.
func shorten(s string, size, narrow, limit float64) string {
	s = oneLine(s)
	if textWidth(s, size, narrow) <= limit {
		return s
	}
	width := size // of the ellipsis
	for i, r := range s {
		if width += runeWidth(r, narrow) * size; width > limit {
			return s[:i] + "…"
		}
	}
	return s
}
