package spec

import (
	"strconv"

	"github.com/specgen-dev/specgen/internal/diag"
)

// template reads characters with ${…} and $$ among them, up to the closing
// quote or, where that is 0, to the end. It returns a *Scalar where there is
// nothing but characters. begin is where the text begins, for its position.
func (x *expression) template(quote rune, begin int) Expr {
	t := templateParts{x: x, begin: x.next}
	for x.next < len(x.text) {
		r := x.text[x.next]
		switch {
		case quote != 0 && r == quote && !(quote == '\'' && x.follows('\'')):
			x.next++
			return t.finish(begin)
		case quote == '\'' && r == quote:
			t.add(r)
			x.next += 2
		case quote == '"' && r == '\\':
			c, ok := x.escape()
			if !ok {
				return nil
			}
			t.add(c)
		case r == '$' && x.follows('$'):
			t.add(r)
			x.next += 2
		case r == '$' && x.follows('{'):
			e := x.interpolation()
			if e == nil {
				return nil
			}
			t.addExpr(e)
		case r == '$':
			return x.fail(x.next, "SG032", "write $$ for a dollar sign, ${…} for a value inside text", "this dollar inside text has no meaning")
		default:
			t.add(r)
			x.next++
		}
	}
	if quote != 0 {
		return x.fail(begin, "SG039", "add the closing quote", "this text is not closed")
	}
	return t.finish(begin)
}

// follows reports whether r comes after the next rune.
func (x *expression) follows(r rune) bool {
	return x.next+1 < len(x.text) && x.text[x.next+1] == r
}

// templateParts gathers the parts of a template.
type templateParts struct {
	x     *expression
	runes []rune
	begin int // where runes begin
	parts []Expr
}

func (t *templateParts) add(r rune) {
	if len(t.runes) == 0 {
		t.begin = t.x.next
	}
	t.runes = append(t.runes, r)
}

func (t *templateParts) addExpr(e Expr) {
	t.flush()
	t.parts = append(t.parts, e)
}

func (t *templateParts) flush() {
	if len(t.runes) > 0 {
		t.parts = append(t.parts, &Scalar{Kind: String, Text: string(t.runes), Pos: t.x.pos(t.begin)})
		t.runes = t.runes[:0]
	}
}

func (t *templateParts) finish(begin int) Expr {
	if len(t.parts) == 0 {
		return &Scalar{Kind: String, Text: string(t.runes), Pos: t.x.start(begin)}
	}
	t.flush()
	return &Concat{Parts: t.parts, Pos: t.x.start(begin)}
}

// start is the position of a text that begins at the i-th rune: that of its
// quote, where the whole scalar is the text.
func (x *expression) start(i int) diag.Pos {
	if i == 0 {
		return x.place.start
	}
	return x.pos(i)
}

// interpolation reads ${…}.
func (x *expression) interpolation() Expr {
	open := x.next
	x.next += 2
	if !x.enter(open) {
		return nil
	}
	defer x.leave()
	x.spaces()
	if x.peek() == '}' {
		return x.unexpected("a name")
	}
	e := x.afterDollar(x.next, true)
	if e == nil {
		return nil
	}
	x.spaces()
	switch {
	case x.next >= len(x.text):
		return x.fail(open, "SG031", "add `}`", "this ${ is not closed")
	case x.peek() != '}':
		return x.unexpected("`}`")
	}
	x.next++
	return e
}

// stringLiteral reads a text in quotes, which are YAML's: "…" has escapes, and
// in '…' a quote is written twice.
func (x *expression) stringLiteral() Expr {
	begin := x.next
	x.next++
	return x.template(x.text[begin], begin)
}

// escape reads a backslash and what it stands for.
func (x *expression) escape() (rune, bool) {
	at := x.next
	digits := 0
	var r rune
	switch c := x.text[min(at+1, len(x.text)-1)]; {
	case at+1 == len(x.text):
		x.fail(at, "SG039", "add the closing quote", "this text is not closed")
		return 0, false
	case c == '"' || c == '\\':
		r = c
	case c == 'n':
		r = '\n'
	case c == 'r':
		r = '\r'
	case c == 't':
		r = '\t'
	case c == 'u':
		digits = 4
	case c == 'U':
		digits = 8
	default:
		x.fail(at, "SG039", `write \\ for a backslash, or use single quotes`, "the escape %s is not known", quoted(string(x.text[at:at+2])))
		return 0, false
	}
	x.next += 2
	if digits == 0 {
		return r, true
	}
	end := x.next + digits
	if end <= len(x.text) {
		n, err := strconv.ParseUint(string(x.text[x.next:end]), 16, 32)
		if err == nil && isCharacter(n) {
			x.next = end
			return rune(n), true
		}
	}
	x.fail(at, "SG039", `write \uNNNN or \UNNNNNNNN with hexadecimal digits`, "this escape is no Unicode character")
	return 0, false
}

func isCharacter(n uint64) bool { return n <= 0x10ffff && (n < 0xd800 || n > 0xdfff) }
