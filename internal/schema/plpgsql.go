package schema

import (
	"slices"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

// A plStatement is one statement of PL/pgSQL: a *plAssign, *plIf, *plLoop,
// *plBlock, *plReturn, *plRun, *plRaise or *plOpaque (PostgreSQL manual, chapter 43).
type plStatement interface{ plpgsql() }

type (
	// plAssign is target := value.
	plAssign struct{ target, value string }

	// plIf is IF or CASE: the first branch whose condition holds is taken.
	plIf struct{ branches []plBranch }

	// plLoop runs its body any number of times.
	plLoop struct {
		targets []string // that get a value in each turn
		exprs   []string
		query   string // whose rows it goes over, "" for none
		over    string // what FOR and FOREACH go over
		opaque  string // why that is not known, such as for a cursor; "" where it is
		body    []plStatement
	}

	// plBlock is BEGIN … EXCEPTION … END.
	plBlock struct {
		declared []plDeclared
		body     []plStatement
		handlers [][]plStatement
	}

	// plReturn ends the function, but for RETURN NEXT and RETURN QUERY, which
	// are plRun.
	plReturn struct{ value string }

	// plRun is a static SQL statement, PERFORM or anything else that computes.
	plRun struct {
		sql  string
		at   int      // offset in the body
		into []string // the targets of INTO
	}

	// plRaise is RAISE; with ends, of the level EXCEPTION.
	plRaise struct {
		exprs []string
		ends  bool
	}

	// plOpaque is a statement whose effects its text does not tell: EXECUTE,
	// cursors, transactions.
	plOpaque struct {
		what string
		text string // behind the word
		at   int    // offset of that in the body
		into []string
	}
)

// plDeclared is a variable that is declared with a value.
type plDeclared struct{ name, value string }

// plBranch is a condition, "" for ELSE, and what is done when it holds.
type plBranch struct {
	cond string
	body []plStatement
}

func (*plAssign) plpgsql() {}
func (*plIf) plpgsql()     {}
func (*plLoop) plpgsql()   {}
func (*plBlock) plpgsql()  {}
func (*plReturn) plpgsql() {}
func (*plRun) plpgsql()    {}
func (*plRaise) plpgsql()  {}
func (*plOpaque) plpgsql() {}

// plReader reads the body of a function. What it does not understand makes it
// fail as a whole.
type plReader struct {
	text   string
	tokens []*pg.ScanToken
	pos    int
	failed bool
}

// readPlpgsql reads the body of a PL/pgSQL function or DO block; ok is false where
// it is not understood.
func readPlpgsql(text string) (block *plBlock, ok bool) {
	if unreadable(text) != nil {
		return nil, false
	}
	text = withoutOptions(text)
	r := &plReader{text: text, tokens: scanTokens(text)}
	block = r.block()
	r.accept(";")
	if r.failed || r.pos != len(r.tokens) {
		return nil, false
	}
	return block, true
}

// word is the token at the position, in lower case; "" at the end.
func (r *plReader) word() string { return r.wordAt(r.pos) }

func (r *plReader) wordAt(i int) string {
	if i < 0 || i >= len(r.tokens) {
		return ""
	}
	return strings.ToLower(r.text[r.tokens[i].Start:r.tokens[i].End])
}

func (r *plReader) accept(word string) bool {
	if r.word() != word {
		return false
	}
	r.pos++
	return true
}

func (r *plReader) expect(words ...string) {
	for _, w := range words {
		if !r.accept(w) {
			r.failed = true
			return
		}
	}
}

// between is the text of the tokens in [from, to).
func (r *plReader) between(from, to int) string {
	if from >= to {
		return ""
	}
	return r.text[r.tokens[from].Start:r.tokens[to-1].End]
}

// until returns the text up to one of the words, outside of parentheses and of
// CASE … END, and stands on that word. Without one the reading fails.
func (r *plReader) until(words ...string) string {
	from := r.pos
	if !r.seek(words...) {
		r.failed = true
	}
	return r.between(from, r.pos)
}

func (r *plReader) seek(words ...string) bool {
	parens, cases := 0, 0
	for ; r.pos < len(r.tokens); r.pos++ {
		w := r.word()
		if parens == 0 && cases == 0 && slices.Contains(words, w) {
			return true
		}
		switch w {
		case "(", "[":
			parens++
		case ")", "]":
			parens--
		case "case":
			cases++
		case "end":
			cases--
		case ";":
			if parens <= 0 {
				return false
			}
		}
	}
	return false
}

// label skips <<name>>, which the scanner gives as an operator, a name and an operator.
func (r *plReader) label() {
	if r.word() == "<<" && r.wordAt(r.pos+2) == ">>" {
		r.pos += 3
	}
}

// block reads [DECLARE …] BEGIN … [EXCEPTION …] END.
func (r *plReader) block() *plBlock {
	r.label()
	b := &plBlock{}
	if r.accept("declare") {
		for !r.failed && r.word() != "begin" {
			r.declaration(b)
		}
	}
	r.expect("begin")
	b.body = append(b.body, r.statements("end", "exception")...)
	if r.accept("exception") {
		for !r.failed && r.accept("when") {
			r.until("then")
			r.expect("then")
			b.handlers = append(b.handlers, r.statements("when", "end"))
		}
	}
	r.expect("end")
	if r.pos < len(r.tokens) && r.word() != ";" {
		r.pos++ // the label once more
	}
	return b
}

// declaration reads name type := value; of which only the value matters.
func (r *plReader) declaration(b *plBlock) {
	if r.accept("declare") {
		return
	}
	from := r.pos
	if !r.seek(";") {
		r.failed = true
		return
	}
	end := r.pos
	for i := from; i < end; i++ {
		switch r.wordAt(i) {
		case ":=", "=", "default":
			b.declared = append(b.declared, plDeclared{r.path(from, from+1), r.between(i+1, end)})
			i = end
		case "alias": // another name, such as of NEW
			r.failed = true
		case "cursor", "refcursor":
			b.body = append(b.body, &plOpaque{what: "a cursor"})
			i = end
		}
	}
	r.pos = end + 1
}

// statements reads up to one of the words, and stands on it.
func (r *plReader) statements(ends ...string) []plStatement {
	var out []plStatement
	for !r.failed && r.pos < len(r.tokens) && !slices.Contains(ends, r.word()) {
		if s := r.statement(); s != nil {
			out = append(out, s)
		}
	}
	return out
}

// withoutOptions blanks the lines in front that begin with #, such as
// #variable_conflict: they are no SQL to the scanner.
func withoutOptions(text string) string {
	rest := text
	for {
		rest = strings.TrimLeft(rest, " \t\r\n")
		if !strings.HasPrefix(rest, "#") {
			return strings.Repeat(" ", len(text)-len(rest)) + rest
		}
		_, rest, _ = strings.Cut(rest, "\n")
	}
}
