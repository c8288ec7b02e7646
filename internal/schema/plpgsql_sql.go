package schema

import "strings"

// What a statement of PL/pgSQL sets beside an assignment: by INTO, or as an argument
// of CALL.

// opaque reads a statement whose effects its text does not tell, but for what its
// INTO sets.
func (r *plReader) opaque() plStatement {
	s := &plOpaque{what: strings.ToUpper(r.word())}
	r.pos++
	from := r.pos
	s.at = r.offset()
	s.text = r.rest()
	parens := 0
	for i := from; i < r.pos-1; i++ {
		switch r.wordAt(i) {
		case "(", "[":
			parens++
		case ")", "]":
			parens--
		case "into":
			if parens == 0 {
				_, s.into = r.intoTargets(i + 1)
			}
		}
	}
	return s
}

// sql reads a static SQL statement, and takes its INTO out.
func (r *plReader) sql() plStatement {
	from, at := r.pos, r.offset()
	insert := r.word() == "insert" || r.word() == "merge"
	if r.word() == "create" { // a function may have a body of several statements
		return &plRun{sql: r.create(), at: at}
	}
	text := r.rest()
	end := r.pos - 1
	parens := 0
	for i := from; i < end; i++ {
		switch r.wordAt(i) {
		case "(", "[":
			parens++
		case ")", "]":
			parens--
		case "insert", "merge":
			insert = true
		case "into":
			if insert { // INSERT INTO, also behind WITH
				insert = false
				continue
			}
			if parens > 0 {
				continue
			}
			after, targets := r.intoTargets(i + 1)
			return &plRun{sql: r.between(from, i) + " " + r.between(after, end), at: at, into: targets}
		}
	}
	return &plRun{sql: text, at: at}
}

// call reads CALL, which sets the variables among its arguments that the procedure
// takes as INOUT: any may be.
func (r *plReader) call() plStatement {
	from := r.pos
	s := &plRun{at: r.offset(), sql: r.rest()}
	for i := from; i < r.pos-1; i++ {
		if w := r.wordAt(i); w == "new" || w == `"new"` {
			_, targets := r.intoTargets(i)
			s.into = append(s.into, targets[0])
		}
	}
	return s
}

// create reads a CREATE with its semicolon.
func (r *plReader) create() string {
	from, end := r.pos, statementEnd(r.text, r.tokens[r.pos:])
	for r.pos < len(r.tokens) && int(r.tokens[r.pos].Start) < end {
		r.pos++
	}
	text := r.between(from, r.pos)
	r.expect(";")
	return text
}

// intoTargets reads [STRICT] target, … from a position, and returns the one behind.
func (r *plReader) intoTargets(at int) (after int, targets []string) {
	if r.wordAt(at) == "strict" {
		at++
	}
	for {
		start := at
		at++
		for r.wordAt(at) == "." {
			at += 2
		}
		targets = append(targets, r.path(start, min(at, len(r.tokens))))
		if r.wordAt(at) != "," {
			return at, targets
		}
		at++
	}
}

// targets reads a list of variables, up to one of the words.
func (r *plReader) targets(ends ...string) []string {
	var out []string
	from := r.pos
	r.until(ends...)
	for i := from; i <= r.pos; i++ {
		if i == r.pos || r.wordAt(i) == "," {
			out = append(out, r.path(from, i))
			from = i + 1
		}
	}
	return out
}

// path is a variable, such as new.name, as PostgreSQL folds it.
func (r *plReader) path(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		if raw := r.between(i, i+1); strings.HasPrefix(raw, `"`) {
			b.WriteString(strings.ReplaceAll(strings.Trim(raw, `"`), `""`, `"`))
			continue
		}
		b.WriteString(r.wordAt(i))
	}
	return b.String()
}
