package schema

import (
	"slices"
	"strings"
)

// statement reads one statement with its semicolon; nil for one that does nothing.
func (r *plReader) statement() plStatement {
	r.label()
	if a := r.assignment(); a != nil {
		return a
	}
	switch r.word() {
	case ";":
		r.pos++
		return nil
	case "declare", "begin":
		b := r.block()
		r.expect(";")
		return b
	case "if":
		return r.ifStatement()
	case "case":
		return r.caseStatement()
	case "loop", "while", "for", "foreach":
		return r.loop()
	case "exit", "continue", "assert":
		return r.flow()
	case "null":
		r.pos++
		r.expect(";")
		return nil
	case "return":
		return r.returning()
	case "raise":
		return r.raise()
	case "perform":
		at := r.offset()
		r.pos++
		return &plRun{sql: "SELECT " + r.rest(), at: at}
	case "get":
		return r.diagnostics()
	case "call":
		return r.call()
	case "execute", "open", "fetch", "move", "close", "commit", "rollback":
		return r.opaque()
	default:
		return r.sql()
	}
}

// offset is where the next token begins.
func (r *plReader) offset() int {
	if r.pos < len(r.tokens) {
		return int(r.tokens[r.pos].Start)
	}
	return len(r.text)
}

// rest is the text up to the semicolon, which is passed.
func (r *plReader) rest() string {
	text := r.until(";")
	r.pos++
	return text
}

// assignment reads target := value, or target = value; nil when it is none.
func (r *plReader) assignment() plStatement {
	at := r.pos
	if w := r.word(); w == "" || !isVariable(w) && w[0] != '$' {
		return nil
	}
	for at++; ; {
		switch r.wordAt(at) {
		case ".":
			at += 2
		case "[":
			for depth := 0; at < len(r.tokens); at++ {
				if w := r.wordAt(at); w == "[" {
					depth++
				} else if w == "]" {
					if depth--; depth == 0 {
						break
					}
				}
			}
			at++
		case ":=", "=":
			target := r.path(r.pos, at)
			r.pos = at + 1
			return &plAssign{target: target, value: r.rest()}
		default:
			return nil
		}
	}
}

// isVariable reports a word that can name a variable.
func isVariable(word string) bool {
	c := word[0]
	return c == '_' || c == '"' || c >= 'a' && c <= 'z' || c >= 0x80
}

func (r *plReader) ifStatement() plStatement {
	s := &plIf{}
	for r.accept("if") || r.accept("elsif") || r.accept("elseif") {
		cond := r.until("then")
		r.expect("then")
		s.branches = append(s.branches, plBranch{cond: cond, body: r.statements("elsif", "elseif", "else", "end")})
	}
	if r.accept("else") {
		s.branches = append(s.branches, plBranch{body: r.statements("end")})
	}
	r.expect("end", "if", ";")
	return s
}

func (r *plReader) caseStatement() plStatement {
	r.pos++
	s := &plIf{}
	operand := r.until("when")
	for r.accept("when") {
		when := r.until("then")
		r.expect("then")
		b := plBranch{cond: when, body: r.statements("when", "else", "end")}
		if operand != "" {
			b.cond = operand + " IN (" + when + ")"
		}
		s.branches = append(s.branches, b)
	}
	if r.accept("else") {
		s.branches = append(s.branches, plBranch{body: r.statements("end")})
	} else {
		s.branches = append(s.branches, plBranch{body: []plStatement{&plRaise{ends: true}}}) // case_not_found
	}
	r.expect("end", "case", ";")
	return s
}

// loop reads LOOP, WHILE, FOR and FOREACH.
func (r *plReader) loop() plStatement {
	s := &plLoop{}
	switch {
	case r.accept("while"):
		s.exprs = append(s.exprs, r.until("loop"))
	case r.accept("foreach"):
		s.targets = r.targets("in", "slice")
		r.until("in")
		r.expect("in", "array")
		s.over = r.until("loop")
		s.exprs = append(s.exprs, s.over)
	case r.accept("for"):
		s.targets = r.targets("in")
		r.expect("in")
		r.forRange(s)
	}
	r.expect("loop")
	s.body = r.statements("end")
	r.expect("end", "loop")
	r.rest() // the label once more
	return s
}

// forRange reads what a FOR goes over: numbers, or the rows of a query. Cursors
// and EXECUTE are opaque.
func (r *plReader) forRange(s *plLoop) {
	r.accept("reverse")
	from, dots := r.pos, false
	over := r.until("loop")
	s.over = over
	for i := from; i < r.pos; i++ {
		dots = dots || r.wordAt(i) == ".."
	}
	first := r.wordAt(from)
	switch {
	case dots:
		s.exprs = append(s.exprs, strings.FieldsFunc(strings.ReplaceAll(over, "..", "\x00"), func(c rune) bool { return c == 0 })...)
	case slices.Contains([]string{"select", "with", "values", "(", "insert", "update", "delete", "merge"}, first):
		s.query = over
	default:
		s.opaque = "a loop over " + first
	}
}

// flow reads EXIT, CONTINUE and ASSERT, of which only the condition matters.
func (r *plReader) flow() plStatement {
	word := r.word()
	r.pos++
	from := r.pos
	text := r.rest()
	if word == "assert" {
		return &plRun{sql: "SELECT " + text}
	}
	for i := from; i < r.pos-1; i++ {
		if r.wordAt(i) == "when" {
			return &plRun{sql: "SELECT " + r.between(i+1, r.pos-1)}
		}
	}
	return nil
}

// returning reads RETURN, RETURN NEXT and RETURN QUERY.
func (r *plReader) returning() plStatement {
	r.pos++
	switch {
	case r.accept("next"):
		if text := r.rest(); text != "" {
			return &plRun{sql: "SELECT " + text}
		}
		return nil
	case r.accept("query"):
		if r.word() == "execute" {
			r.rest()
			return &plOpaque{what: "EXECUTE"}
		}
		return &plRun{sql: r.rest()}
	default:
		return &plReturn{value: r.rest()}
	}
}

// raise reads RAISE [level] 'format', values… USING option = value, ….
func (r *plReader) raise() plStatement {
	r.pos++
	s := &plRaise{ends: true}
	if w := r.word(); slices.Contains([]string{"debug", "log", "info", "notice", "warning", "exception"}, w) {
		s.ends = w == "exception"
		r.pos++
	}
	parens, from, first := 0, r.pos, true
	end := func() {
		text := r.between(from, r.pos)
		if !first && text != "" {
			s.exprs = append(s.exprs, text) // the first is the format, or the name of a condition
		}
		from, first = r.pos+1, false
	}
	for ; r.pos < len(r.tokens); r.pos++ {
		switch w := r.word(); {
		case w == "(" || w == "[":
			parens++
		case w == ")" || w == "]":
			parens--
		case parens > 0:
		case w == ",":
			end()
		case w == "using":
			end()
			first = false
		case (w == "=" || w == ":=") && r.pos == from+1:
			from = r.pos + 1 // USING option = value
		case w == ";":
			end()
			r.pos++
			return s
		}
	}
	r.failed = true
	return s
}

// diagnostics reads GET DIAGNOSTICS target = item, ….
func (r *plReader) diagnostics() plStatement {
	from := r.pos
	r.rest()
	s := &plRun{}
	for i := from; i < r.pos; i++ {
		if w := r.wordAt(i); w == "=" || w == ":=" {
			start := i - 1
			for r.wordAt(start-1) == "." {
				start -= 2
			}
			s.into = append(s.into, r.path(start, i))
		}
	}
	return s
}
