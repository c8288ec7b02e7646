package rbacfunc

import (
	"errors"
	"strings"
	"unicode"
)

const (
	openTag  = "{{"
	closeTag = "}}"
)

var (
	errUndefined = errors.New("undefined variable")
	errSyntax    = errors.New("syntax error")
)

// render replaces the tags of a template. Its grammar, in the EBNF of the Go specification:
//
//	template = { text | tag } .
//	tag      = "{{" [ space ] ( variable | literal ) [ space ] "}}" .
//	variable = "scope.type" | "scope.name" .
//	literal  = "'" { any character but "'" } "'" | `"` { any character but `"` } `"` .
//
// Text is everything up to the next "{{"; it stands for itself, a lone brace or "}}" too. Space is what Unicode calls
// white space. A literal stands for the characters between its quotes; there are no escapes, and it may hold "}}". What
// a tag stands for is not searched for tags again.
func render(template, scopeType, scopeName string) (string, error) {
	var out strings.Builder
	for {
		text, rest, found := strings.Cut(template, openTag)
		out.WriteString(text)
		if !found {
			return out.String(), nil
		}
		value, rest, err := renderTag(rest, scopeType, scopeName)
		if err != nil {
			return "", err
		}
		out.WriteString(value)
		template = rest
	}
}

// renderTag reads a tag whose "{{" is behind it. It returns what the tag stands for, and what comes after its "}}".
func renderTag(s, scopeType, scopeName string) (value, rest string, err error) {
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	if s != "" && (s[0] == '\'' || s[0] == '"') {
		value, rest, found := strings.Cut(s[1:], s[:1])
		if !found {
			return "", "", errSyntax
		}
		// Nothing but space may come between the literal and the end of the tag.
		rest, found = strings.CutPrefix(strings.TrimLeftFunc(rest, unicode.IsSpace), closeTag)
		if !found {
			return "", "", errSyntax
		}
		return value, rest, nil
	}
	name, rest, found := strings.Cut(s, closeTag)
	if !found {
		return "", "", errSyntax
	}
	switch strings.TrimSpace(name) {
	case "scope.type":
		return scopeType, rest, nil
	case "scope.name":
		return scopeName, rest, nil
	}
	return "", "", errUndefined
}
