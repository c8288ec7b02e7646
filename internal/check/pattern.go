package check

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/specgen-dev/specgen/internal/schema"
)

// allows reports whether a CHECK takes a text, and whether that is known: a
// regular expression of PostgreSQL's may mean something else to package regexp
// (PostgreSQL manual, section 9.7.3), and a trigger may write another text.
func allows(x schema.Allowed, text string, w stored) (takes, known bool) {
	if w.table.Rewrites(w.call.Facts.Events()) {
		return false, false
	}
	if x.Pattern == "" {
		for _, value := range x.Values {
			takes = takes || value == text
		}
		return takes, true
	}
	re := compiled(x.Pattern)
	if re == nil || classes.MatchString(x.Pattern) && strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII || r == '\v' }) {
		return false, false
	}
	return re.MatchString(text), true
}

// classes are the names of sets of characters: beyond ASCII they depend on the
// database's locale.
var classes = regexp.MustCompile(`\\[dws]|\[:`)

// compiled is a regular expression that has one meaning to PostgreSQL and to
// package regexp, nil for any other.
func compiled(pattern string) *regexp.Regexp {
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '\\' {
			continue
		}
		i++
		if i == len(pattern) {
			return nil
		}
		if c := rune(pattern[i]); c > unicode.MaxASCII || !strings.ContainsRune("dws", c) && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
			return nil // \m, \y, a back reference, …
		}
	}
	for _, sign := range []string{"[.", "[=", "***"} {
		if strings.Contains(pattern, sign) {
			return nil
		}
	}
	if strings.Count(pattern, "(?") != strings.Count(pattern, "(?:") {
		return nil // options, and what looks around
	}
	re, err := regexp.Compile("(?s)" + pattern) // a dot takes line breaks, too
	if err != nil {
		return nil
	}
	return re
}

// shown is a value or a pattern in a message: as it is, where that can be read.
func shown(text string) string {
	if text == "" || text != strings.TrimSpace(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return strconv.Quote(text)
	}
	return text
}

// listed is an enumeration of values.
func listed(values []string) string {
	var out []string
	for _, v := range values {
		out = append(out, shown(v))
	}
	return list(out, "and")
}
