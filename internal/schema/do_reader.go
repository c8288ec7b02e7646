package schema

import (
	"slices"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

// doStmt is a statement of a PL/pgSQL body, as far as it decides which DDL runs.
// The kinds are doSQL, doIf, doLoop, doBody, doExecute and doMaybe.
type doStmt interface{ doStmt() }

// doSQL is a statement of SQL.
type doSQL struct {
	text string
	at   int // offset in the body
}

// doIf is IF: a body for each condition, and that of ELSE.
type doIf struct {
	conds  []string
	bodies [][]doStmt
	other  []doStmt
}

// doLoop is a loop of any kind.
type doLoop struct {
	variable string
	over     string // the text in front of LOOP
	body     []doStmt
}

// doBody is BEGIN … END, with what its EXCEPTION clause does.
type doBody struct {
	declared string // the text of DECLARE
	body     []doStmt
	handled  bool
	handlers [][]doStmt
}

// doExecute is EXECUTE of a text.
type doExecute struct {
	expr string
	at   int
}

// doMaybe is a body of which nothing says whether it runs: a branch of CASE.
type doMaybe struct{ body []doStmt }

func (*doSQL) doStmt()     {}
func (*doIf) doStmt()      {}
func (*doLoop) doStmt()    {}
func (*doBody) doStmt()    {}
func (*doExecute) doStmt() {}
func (*doMaybe) doStmt()   {}

// doReader reads a PL/pgSQL body by its tokens, which are those of SQL.
type doReader struct {
	text   string
	tokens []*pg.ScanToken
	i      int
	failed bool // the text is not what the reader understands
}

// readBody reads the body of a block or a function; false where it cannot.
func readBody(text string) ([]doStmt, bool) {
	if unreadable(text) != nil {
		return nil, false
	}
	tokens := scanTokens(text)
	if len(tokens) == 0 {
		return nil, false
	}
	r := &doReader{text: text, tokens: tokens}
	r.label()
	block := r.block()
	for r.is(";") {
		r.i++
	}
	if r.failed || r.i < len(r.tokens) {
		return nil, false
	}
	return []doStmt{block}, true
}

// word is the token at an offset from the current one, in lower case.
func (r *doReader) word(offset int) string {
	if r.i+offset >= len(r.tokens) {
		return ""
	}
	t := r.tokens[r.i+offset]
	return strings.ToLower(r.text[t.Start:t.End])
}

func (r *doReader) is(words ...string) bool { return slices.Contains(words, r.word(0)) }

func (r *doReader) done() bool { return r.failed || r.i >= len(r.tokens) }

// expect passes a word.
func (r *doReader) expect(word string) {
	if r.word(0) != word {
		r.failed = true
		return
	}
	r.i++
}

// label passes <<name>>.
func (r *doReader) label() {
	if r.is("<<") {
		r.i += 3
	}
}

// upTo passes everything before one of the words, outside of parentheses and of
// CASE … END, and returns its text.
func (r *doReader) upTo(words ...string) string {
	if r.done() {
		r.failed = true
		return ""
	}
	start, depth := int(r.tokens[r.i].Start), 0
	for ; !r.done(); r.i++ {
		switch w := r.word(0); {
		case depth == 0 && slices.Contains(words, w):
			return strings.TrimSpace(r.text[start:r.tokens[r.i].Start])
		case w == "(" || w == "[" || w == "case":
			depth++
		case w == ")" || w == "]" || w == "end":
			depth--
		}
	}
	r.failed = true
	return ""
}

// block reads [DECLARE …] BEGIN … [EXCEPTION …] END.
func (r *doReader) block() *doBody {
	b := &doBody{}
	if r.is("declare") {
		r.i++
		b.declared = r.upTo("begin")
	}
	r.expect("begin")
	b.body = r.list("exception", "end")
	if r.is("exception") {
		r.i++
		b.handled = true
		for r.is("when") {
			r.upTo("then")
			r.i++
			b.handlers = append(b.handlers, r.list("when", "end"))
		}
	}
	r.expect("end")
	if !r.done() && !r.is(";") {
		r.i++ // the label
	}
	return b
}

// list reads statements up to one of the words that end a list.
func (r *doReader) list(ends ...string) []doStmt {
	var out []doStmt
	for !r.done() && !r.is(ends...) {
		if s := r.statement(); s != nil {
			out = append(out, s)
		}
	}
	if r.i >= len(r.tokens) {
		r.failed = true
	}
	return out
}

// statement reads one statement with its semicolon; nil for one that makes no DDL.
func (r *doReader) statement() doStmt {
	r.label()
	var s doStmt
	switch r.word(0) {
	case "":
		r.failed = true
	case ";":
	case "declare", "begin":
		s = r.block()
	case "if":
		s = r.conditional()
	case "case":
		s = r.caseOf()
	case "loop", "while", "for", "foreach":
		s = r.loop()
	default:
		return r.simple()
	}
	if !r.failed {
		r.expect(";")
	}
	return s
}

func (r *doReader) conditional() *doIf {
	n := &doIf{}
	for r.is("if", "elsif", "elseif") && !r.failed {
		r.i++
		n.conds = append(n.conds, r.upTo("then"))
		r.i++
		n.bodies = append(n.bodies, r.list("elsif", "elseif", "else", "end"))
	}
	if r.is("else") {
		r.i++
		n.other = r.list("end")
	}
	r.expect("end")
	r.expect("if")
	return n
}

func (r *doReader) caseOf() *doMaybe {
	n := &doMaybe{}
	r.i++
	for !r.failed {
		if r.is("else") {
			r.i++
		} else {
			r.upTo("then")
			r.i++
		}
		n.body = append(n.body, r.list("when", "else", "end")...)
		if r.is("end") {
			break
		}
	}
	r.expect("end")
	r.expect("case")
	return n
}

func (r *doReader) loop() *doLoop {
	n := &doLoop{}
	if r.is("for", "foreach") {
		n.variable = r.word(1)
	}
	if !r.is("loop") {
		r.i++
		n.over = r.upTo("loop")
	}
	r.expect("loop")
	n.body = r.list("end")
	r.expect("end")
	r.expect("loop")
	if !r.done() && !r.is(";") {
		r.i++ // the label
	}
	return n
}

// simple reads a statement that ends at its semicolon.
func (r *doReader) simple() doStmt {
	first, at := r.word(0), int(r.tokens[r.i].Start)
	assigns := r.word(1) == ":=" || r.word(1) == "=" || r.word(1) == "." || r.word(1) == "["
	end := statementEnd(r.text, r.tokens[r.i:])
	text := r.text[at:end]
	for !r.done() && int(r.tokens[r.i].Start) < end {
		r.i++
	}
	if r.i >= len(r.tokens) {
		r.failed = true // no semicolon
		return nil
	}
	r.i++
	switch first {
	case "raise", "null", "return", "exit", "continue", "get", "open", "fetch", "move", "close", "assert", "commit", "rollback":
		return nil
	case "execute":
		return &doExecute{expr: text[len(first):], at: at + len(first)}
	case "perform":
		return &doSQL{text: "SELECT " + text[len(first):], at: at}
	}
	if assigns {
		return nil
	}
	return &doSQL{text: text, at: at}
}
