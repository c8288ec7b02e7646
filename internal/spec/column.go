package spec

import (
	"slices"
	"strings"
	"unicode"
)

// The functions of this file find, in the line of a syntax error, the character
// to point at. Each returns a 0-based column, or -1. The YAML library had read
// the line up to stop when it gave up, some characters past the mistake.

func firstVisible(line []rune) int {
	return slices.IndexFunc(line, func(r rune) bool { return !unicode.IsSpace(r) })
}

func firstTab(line []rune, _ int) int { return slices.Index(line, '\t') }

// badStart finds a tab in the indentation, else the last character before stop
// that cannot begin a plain scalar.
func badStart(line []rune, stop int) int {
	if i := firstVisible(line); i > 0 && slices.Contains(line[:i], '\t') {
		return slices.Index(line, '\t')
	}
	for i := stop - 1; i >= 0; i-- {
		if strings.ContainsRune("@%`\t", line[i]) && (i == 0 || strings.ContainsRune(" [{,", line[i-1])) {
			return i
		}
	}
	return -1
}

// lastColon finds the last colon before stop that ends a key.
func lastColon(line []rune, stop int) int {
	for i := stop - 1; i >= 0; i-- {
		if line[i] == ':' && (i+1 == len(line) || line[i+1] == ' ' || line[i+1] == '\t') {
			return i
		}
	}
	return -1
}

// last finds the last of some characters before stop.
func last(characters string) func(line []rune, stop int) int {
	return func(line []rune, stop int) int {
		for i := stop - 1; i >= 0; i-- {
			if strings.ContainsRune(characters, line[i]) {
				return i
			}
		}
		return -1
	}
}

// openQuote finds the quote that is still open at the end of the line.
func openQuote(line []rune, _ int) int {
	f := flow{quote: -1, before: ' '}
	for i := 0; i < len(line) && !f.done; i++ {
		f.step(line, i)
	}
	return f.quote
}

// openBracket finds the innermost bracket or brace that is open at the end of
// the line, or where one of the other kind closes.
func openBracket(line []rune, _ int) int {
	f := flow{quote: -1, before: ' '}
	for i := 0; i < len(line) && !f.done; i++ {
		f.step(line, i)
	}
	if len(f.brackets) == 0 {
		return -1
	}
	return f.brackets[len(f.brackets)-1]
}

// textAfterFlow finds a collection in brackets, or a text in quotes, that more
// text follows, as in []uuid; or a closing bracket without its opening.
func textAfterFlow(line []rune, _ int) int {
	f := flow{quote: -1, before: ' '}
	closed := -1 // where the collection or text begins that has just ended
	for i, r := range line {
		if closed >= 0 && !unicode.IsSpace(r) {
			if !strings.ContainsRune(":#]}", r) {
				return closed
			}
			closed = -1
		}
		if start := f.step(line, i); start >= 0 {
			closed = start
		}
		if f.done {
			if strings.ContainsRune("]}", r) && len(f.brackets) == 0 {
				return i
			}
			return -1
		}
	}
	return -1
}

// flow walks a line as YAML's flow style reads it.
type flow struct {
	quote    int   // the column of the open quote, -1 for none
	brackets []int // the columns of the open brackets and braces
	before   rune
	escaped  bool
	done     bool // a comment begins, or a bracket closes that is not open
}

// step takes the i-th rune. Where it ends a text or a collection that no other
// contains, step returns where that begins; else -1.
func (f *flow) step(line []rune, i int) int {
	r, before := line[i], f.before
	f.before = r
	switch {
	case f.escaped:
		f.escaped = false
	case f.quote >= 0 && r == '\\' && line[f.quote] == '"':
		f.escaped = true
	case f.quote >= 0:
		if start := f.quote; r == line[start] {
			f.quote = -1
			if len(f.brackets) == 0 {
				return start
			}
		}
	case (r == '"' || r == '\'') && strings.ContainsRune(" \t[{,'", before):
		f.quote = i
	case r == '#' && (before == ' ' || before == '\t'):
		f.done = true
	case r == '[' || r == '{':
		f.brackets = append(f.brackets, i)
	case r == ']' || r == '}':
		return f.close(line, r)
	}
	return -1
}

func (f *flow) close(line []rune, r rune) int {
	last := len(f.brackets) - 1
	if last < 0 || (line[f.brackets[last]] == '[') != (r == ']') {
		f.done = true
		return -1
	}
	start := f.brackets[last]
	f.brackets = f.brackets[:last]
	if last == 0 {
		return start
	}
	return -1
}

// bareExpression finds the first $ outside quotes that begins a call or an
// interpolation, if punctuation of YAML's follows.
func bareExpression(line []rune) int {
	quote, before := rune(0), ' '
	for i, r := range line {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case (r == '"' || r == '\'') && strings.ContainsRune(" \t[{,", before):
			quote = r
		case r == '#' && (before == ' ' || before == '\t'):
			return -1
		case r == '$' && before != '$' && isExpressionStart(line[i+1:]) && hasPunctuation(line[i+1:]):
			return i
		}
		before = r
	}
	return -1
}

func hasPunctuation(rest []rune) bool {
	text := string(rest)
	return strings.ContainsAny(text, "[]{}") || strings.Contains(text, ": ")
}

// isExpressionStart reports whether what follows a $ is an interpolation, or a
// call as far as its opening parenthesis.
func isExpressionStart(rest []rune) bool {
	if len(rest) > 0 && rest[0] == '{' {
		return true
	}
	for i, r := range rest {
		if r == '(' {
			return i > 0
		}
		if r != '.' && !isNamePart(r) {
			return false
		}
	}
	return false
}
