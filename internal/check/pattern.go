package check

import (
	"regexp"
	"strings"
)

// pattern compiles a regular expression of PostgreSQL's, and reports false for
// one that may mean something else to package regexp: most have one meaning to
// both (PostgreSQL manual, section 9.7.3).
func pattern(text string) (*regexp.Regexp, bool) {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		if i == len(text) || !strings.ContainsRune(`dws.\+*?()|[]{}^$-/`, rune(text[i])) {
			return nil, false // \m, \y, a back reference, …
		}
	}
	if strings.Contains(text, "(?") || strings.HasPrefix(text, "***") {
		return nil, false // options, and what looks around
	}
	re, err := regexp.Compile("(?s)" + text) // a dot takes line breaks, too
	return re, err == nil
}
