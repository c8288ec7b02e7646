package sqlcapi

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind sorts SQL tokens as far as this package cares.
type tokenKind int

const (
	wordToken     tokenKind = iota // an identifier or keyword, folded to lower case, or a quoted identifier
	literalToken                   // a string or a number
	paramToken                     // $1
	operatorToken                  // a run of operator characters
	otherToken                     // one character, such as ( or ;
)

// sqlToken is one token of an SQL text.
type sqlToken struct {
	kind  tokenKind
	text  string
	start int // byte offset
}

// operatorChars are the characters of operators, by the manual's section 4.1.3.
const operatorChars = "+-*/<>=~!@#%^&|`?"

// scanSQL splits an SQL text into tokens, without comments and white space, by
// the lexical rules of PostgreSQL (manual, section 4.1). It accepts any text: what is not closed ends
// with the text.
func scanSQL(src string) []sqlToken {
	var tokens []sqlToken
	for at := 0; at < len(src); {
		rest := src[at:]
		r, size := utf8.DecodeRuneInString(rest)
		t := sqlToken{start: at}
		switch {
		case unicode.IsSpace(r):
			at += size
			continue
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "/*"):
			at += commentLen(rest)
			continue
		case r == '\'':
			t.kind, size = literalToken, quotedLen(rest, '\'', false)
		case (r == 'e' || r == 'E') && strings.HasPrefix(rest[1:], "'"):
			t.kind, size = literalToken, 1+quotedLen(rest[1:], '\'', true)
		case r == '"':
			t.kind, size = wordToken, quotedLen(rest, '"', false)
		case r == '$':
			t.kind, size = dollar(rest)
		case unicode.IsDigit(r):
			t.kind, size = literalToken, runLen(rest, func(r rune) bool { return r == '.' || isWord(r) })
		case isWord(r):
			size = runLen(rest, func(r rune) bool { return r == '$' || isWord(r) })
		case strings.ContainsRune(operatorChars, r):
			t.kind, size = operatorToken, operatorLen(rest)
		default:
			t.kind = otherToken
		}
		t.text = src[at : at+size]
		if t.kind == wordToken && r != '"' {
			t.text = strings.ToLower(t.text)
		}
		tokens = append(tokens, t)
		at += size
	}
	return tokens
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func runLen(s string, in func(rune) bool) int {
	for i, r := range s {
		if !in(r) {
			return i
		}
	}
	return len(s)
}

// commentLen measures a comment; those between /* and */ nest.
func commentLen(s string) int {
	if s[0] == '-' {
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			return i + 1
		}
		return len(s)
	}
	depth := 0
	for i := 0; i+1 < len(s); i++ {
		switch s[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// quotedLen measures what stands between quotes; a doubled quote is part of it.
func quotedLen(s string, quote byte, backslash bool) int {
	for i := 1; i < len(s); i++ {
		switch {
		case backslash && s[i] == '\\':
			i++
		case s[i] == quote && i+1 < len(s) && s[i+1] == quote:
			i++
		case s[i] == quote:
			return i + 1
		}
	}
	return len(s)
}

// dollar measures what starts with a dollar: a parameter, or a dollar-quoted string.
func dollar(s string) (tokenKind, int) {
	if n := runLen(s[1:], unicode.IsDigit); n > 0 {
		return paramToken, 1 + n
	}
	tag := 1 + runLen(s[1:], isWord)
	if tag >= len(s) || s[tag] != '$' {
		return otherToken, 1
	}
	quote := s[:tag+1]
	if end := strings.Index(s[len(quote):], quote); end >= 0 {
		return literalToken, len(quote) + end + len(quote)
	}
	return literalToken, len(s)
}

// operatorLen measures an operator, which ends before a comment.
func operatorLen(s string) int {
	for i := range len(s) {
		if strings.IndexByte(operatorChars, s[i]) < 0 || i > 0 && (strings.HasPrefix(s[i:], "--") || strings.HasPrefix(s[i:], "/*")) {
			return i
		}
	}
	return len(s)
}
