package sqlcapi

import "slices"

// sameStatement reports whether sqlc may have written the generated statement
// for the one in the SQL file. sqlc replaces @name, sqlc.arg(name) and
// sqlc.narg(name) by $n, and * and sqlc.embed(table) by the columns; it changes
// nothing else. Which columns a star stands for is not checked.
func sameStatement(file, generated []sqlToken) bool {
	want := sourcePattern(file)
	// reach[i] says that the pattern so far matches the first i tokens.
	reach := make([]bool, len(generated)+1)
	reach[0] = true
	for _, w := range want {
		next := make([]bool, len(generated)+1)
		for i, g := range generated {
			switch {
			case w.columns:
				next[i+1] = isColumnList(g) && (reach[i] || next[i]) || g.text == "*" && (reach[i] || next[i])
			case reach[i]:
				next[i+1] = w.matches(g)
			}
		}
		reach = next
	}
	return reach[len(generated)]
}

// patternToken is what stands in the generated statement for one token, or
// several, of the SQL file.
type patternToken struct {
	columns bool // any list of columns
	param   bool // any $n
	token   sqlToken
}

func (p patternToken) matches(t sqlToken) bool {
	if p.param {
		return t.kind == paramToken
	}
	return p.token.kind == t.kind && p.token.text == t.text
}

// isColumnList reports whether a token may be part of a list such as t.a, t.b.
func isColumnList(t sqlToken) bool {
	return t.kind == wordToken || t.text == "." || t.text == ","
}

// sourcePattern recognises sqlc's own syntax among the tokens of an SQL file.
func sourcePattern(tokens []sqlToken) []patternToken {
	var out []patternToken
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		rest := tokens[i:]
		switch {
		case texts(rest, "sqlc", ".", "embed", "("):
			out = append(out, patternToken{columns: true})
			i = closing(tokens, i)
		case texts(rest, "sqlc", ".", "arg", "("), texts(rest, "sqlc", ".", "narg", "("), texts(rest, "sqlc", ".", "slice", "("):
			out = append(out, patternToken{param: true})
			i = closing(tokens, i)
		case t.kind == operatorToken && t.text == "@" && len(rest) > 1 && rest[1].kind == wordToken:
			out = append(out, patternToken{param: true})
			i++
		case t.kind == operatorToken && t.text == "*":
			for len(out) >= 2 && out[len(out)-1].token.text == "." && out[len(out)-2].token.kind == wordToken { // t.* has t. in front of each column
				out = out[:len(out)-2]
			}
			out = append(out, patternToken{columns: true})
		default:
			out = append(out, patternToken{token: t})
		}
	}
	return out
}

func texts(tokens []sqlToken, want ...string) bool {
	return len(tokens) >= len(want) && slices.EqualFunc(tokens[:len(want)], want, func(t sqlToken, s string) bool { return t.text == s })
}

// closing finds the parenthesis that closes the first one after start.
func closing(tokens []sqlToken, start int) int {
	for i := start; i < len(tokens); i++ {
		if tokens[i].text == ")" {
			return i
		}
	}
	return len(tokens) - 1
}
