package runtime

import "strings"

// withoutLocks returns a query without its FOR UPDATE and FOR SHARE clauses, and
// other text as it is. It takes no part of SQL for a clause that is none: FOR within
// strings, names and comments, and that of substring and overlay.
//
// It is done here, and not by the generator: sqlc's constants are private, so that
// generated code would hold a copy of the text. Once sqlc runs again without specgen,
// the copy is another query, and each creation would fail with [scope.ErrConflict].
func withoutLocks(sql string) string {
	var out strings.Builder
	var open []string // the word in front of each parenthesis that is open
	clauseAt := -1    // depth of the locking clause that is left out
	words, kept := lexSQL(sql), 0
	for i, w := range words {
		depth := len(open)
		if depth == clauseAt && endsLocks(w.text) {
			kept, clauseAt = w.at, -1
		}
		switch {
		case w.text == "(":
			before := ""
			if i > 0 {
				before = words[i-1].text
			}
			open = append(open, before)
		case w.text == ")" && depth > 0:
			open = open[:depth-1]
		case w.text == "for" && clauseAt < 0 && locks(words[i+1:]) && (depth == 0 || open[depth-1] != "substring" && open[depth-1] != "overlay"):
			out.WriteString(sql[kept:w.at])
			clauseAt = depth
		}
	}
	if clauseAt < 0 {
		out.WriteString(sql[kept:])
	}
	return out.String()
}

// endsLocks reports whether a word stands behind a locking clause, and not in it.
func endsLocks(word string) bool {
	switch word {
	case ")", ";", "limit", "offset", "fetch":
		return true
	}
	return false
}

// locks reports whether words go on as a locking clause does behind FOR.
func locks(words []sqlWord) bool {
	starts := func(want ...string) bool {
		for i, w := range want {
			if i >= len(words) || words[i].text != w {
				return false
			}
		}
		return true
	}
	return starts("update") || starts("share") || starts("key", "share") || starts("no", "key", "update")
}

// sqlWord is a keyword or name without quotes, in lower case, or one other byte.
type sqlWord struct {
	text string
	at   int
}

// lexSQL splits a statement as PostgreSQL does (manual, section 4.1), and leaves out
// strings, quoted names and comments.
func lexSQL(sql string) (words []sqlWord) {
	for at := 0; at < len(sql); {
		rest, size := sql[at:], 1
		switch c := rest[0]; {
		case strings.HasPrefix(rest, "--"):
			size = upTo(rest, "\n", 2)
		case strings.HasPrefix(rest, "/*"):
			size = commentSize(rest)
		case c == '\'' || c == '"':
			escapes := c == '\'' && len(words) > 0 && words[len(words)-1] == (sqlWord{"e", at - 1})
			size = quotedSize(rest, escapes)
		case c == '$':
			size = dollarSize(rest)
		case wordByte(c) && (c < '0' || c > '9'):
			for size < len(rest) && (wordByte(rest[size]) || rest[size] == '$') {
				size++
			}
			words = append(words, sqlWord{strings.ToLower(rest[:size]), at})
		case c > ' ':
			words = append(words, sqlWord{rest[:1], at})
		}
		at += size
	}
	return words
}

func wordByte(c byte) bool {
	return c == '_' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// upTo measures a text up to the end of what ends it, which is not looked for in
// its first bytes.
func upTo(s, end string, first int) int {
	if i := strings.Index(s[first:], end); i >= 0 {
		return first + i + len(end)
	}
	return len(s)
}

// commentSize measures a comment. Comments nest.
func commentSize(s string) int {
	depth := 0
	for i := 0; i < len(s)-1; i++ {
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

// quotedSize measures a string or a quoted name. A quote that is doubled is taken
// for the end of one and the start of another.
func quotedSize(s string, escapes bool) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && escapes:
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return len(s)
}

// dollarSize measures a parameter, or a string between dollar signs.
func dollarSize(s string) int {
	n := 1
	for n < len(s) && wordByte(s[n]) {
		n++
	}
	if n == len(s) || s[n] != '$' || n > 1 && '0' <= s[1] && s[1] <= '9' {
		return n
	}
	return upTo(s, s[:n+1], n+1)
}
