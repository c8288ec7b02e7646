package schema

import (
	"strconv"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

// positional replaces sqlc's ways to name a parameter by $1, $2, …, in the
// numbers that sqlc gives them: each name the next number that the text does
// not use itself. Lines stay where they are.
func positional(sql string) string {
	if !strings.Contains(sql, "@") && !strings.Contains(sql, "sqlc.") {
		return sql
	}
	tokens := scanTokens(sql)
	r := rewriter{sql: sql, tokens: tokens, used: map[int]bool{}, numbers: map[string]int{}}
	for _, t := range tokens {
		if t.Token == pg.Token_PARAM {
			if n, err := strconv.Atoi(sql[t.Start+1 : t.End]); err == nil {
				r.used[n] = true
			}
		}
	}
	return r.rewrite()
}

type rewriter struct {
	sql     string
	tokens  []*pg.ScanToken
	used    map[int]bool
	numbers map[string]int
}

func (r *rewriter) rewrite() string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(r.tokens); i++ {
		start, end, replacement, ok := r.match(i)
		if !ok {
			continue
		}
		b.WriteString(r.sql[done:start])
		b.WriteString(replacement)
		// A macro may go over several lines.
		b.WriteString(strings.Repeat("\n", strings.Count(r.sql[start:end], "\n")))
		done = end
		for i+1 < len(r.tokens) && int(r.tokens[i+1].Start) < end {
			i++
		}
	}
	b.WriteString(r.sql[done:])
	return b.String()
}

// match looks for @name and sqlc.macro(name) at a token.
func (r *rewriter) match(i int) (start, end int, replacement string, ok bool) {
	t := r.tokens[i]
	switch text := r.text(i); text {
	case "@", "=@", "<@", ">@", "<=@", ">=@", "<>@", "!=@":
		// The scanner makes one operator of "=@". "<@" is one of PostgreSQL's own.
		if text == "<@" || i+1 >= len(r.tokens) || r.tokens[i+1].Start != t.End || !isName(r.text(i+1)) {
			return 0, 0, "", false
		}
		name := r.text(i + 1)
		return int(t.End) - 1, int(r.tokens[i+1].End), r.number(name), true
	case "sqlc":
		return r.macro(i)
	default:
		return 0, 0, "", false
	}
}

func (r *rewriter) macro(i int) (start, end int, replacement string, ok bool) {
	if i+5 >= len(r.tokens) || r.text(i+1) != "." || r.text(i+3) != "(" || r.text(i+5) != ")" {
		return 0, 0, "", false
	}
	start, end = int(r.tokens[i].Start), int(r.tokens[i+5].End)
	argument := r.text(i + 4)
	switch r.text(i + 2) {
	case "arg", "narg", "slice":
		return start, end, r.number(strings.Trim(argument, `'"`)), true
	case "embed":
		return start, end, argument + ".*", true
	default:
		return 0, 0, "", false
	}
}

func (r *rewriter) text(i int) string { return r.sql[r.tokens[i].Start:r.tokens[i].End] }

func isName(s string) bool {
	for i, c := range s {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func (r *rewriter) number(name string) string {
	n, ok := r.numbers[name]
	if !ok {
		for n = 1; r.used[n]; {
			n++
		}
		r.used[n] = true
		r.numbers[name] = n
	}
	return "$" + strconv.Itoa(n)
}
