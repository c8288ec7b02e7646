package spec

import (
	"strings"
	"time"
	"unicode"

	"github.com/specgen-dev/specgen/internal/diag"
)

// textExpr reads a text: an expression where it begins with a dollar, else
// characters with ${…} and $$ among them.
func (p *parser) textExpr(v value) Expr {
	text := v.node.Value
	if !strings.Contains(text, "$") {
		return &Scalar{Kind: String, Text: text, Pos: v.pos}
	}
	x := p.expression(v)
	if len(x.text) > 1 && x.text[0] == '$' && x.text[1] != '$' && x.text[1] != '{' {
		return x.whole()
	}
	return x.template(0, 0)
}

// maxExprDepth bounds how deep calls and interpolations nest in one expression.
const maxExprDepth = 50

// expression reads one scalar's text. The reading stops at the first mistake,
// which is reported, and nil is returned.
type expression struct {
	p     *parser
	text  []rune
	place place
	next  int
	depth int
}

func (p *parser) expression(v value) *expression {
	return &expression{p: p, text: []rune(v.node.Value), place: p.textPlace(v.node)}
}

func (x *expression) pos(i int) diag.Pos { return x.place.at(i) }

// fail reports a mistake at the i-th rune.
func (x *expression) fail(i int, code, fix, format string, args ...any) Expr {
	x.p.errorf(x.pos(i), code, fix, format, args...)
	return nil
}

// peek returns the next rune, 0 at the end.
func (x *expression) peek() rune {
	if x.next < len(x.text) {
		return x.text[x.next]
	}
	return 0
}

func (x *expression) spaces() {
	for x.next < len(x.text) && unicode.IsSpace(x.text[x.next]) {
		x.next++
	}
}

func isNamePart(r rune) bool {
	return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || isDigit(r)
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// name reads an identifier; "" for none.
func (x *expression) name() string {
	start := x.next
	for x.next < len(x.text) && isNamePart(x.text[x.next]) && (x.next > start || !isDigit(x.text[x.next])) {
		x.next++
	}
	return string(x.text[start:x.next])
}

const endOfExpression = "the end of the expression"

// unexpected reports the next character, or the end.
func (x *expression) unexpected(want string) Expr {
	if x.next >= len(x.text) {
		return x.fail(x.next, "SG031", "", "the expression ends where %s is expected", want)
	}
	r := x.text[x.next]
	fix := ""
	switch {
	case strings.ContainsRune("=!<>&|?", r):
		fix = "write a condition as {equal: […]}, {set: …}, {not: …}, {all: […]} or {any: […]}"
	case r == '[':
		fix = "pick an element by its key, such as $roles.owner, or loop with `for`"
	case strings.ContainsRune("+-*/%", r):
		fix = "only $now can be added to; compute in a Go function, and put values into text as ${…}"
	}
	if fix == "" && want == endOfExpression {
		fix = "put a value into text as ${…}, in quotes"
	}
	return x.fail(x.next, "SG031", fix, "unexpected %s where %s is expected", quoted(string(r)), want)
}

// whole reads a text that is one expression, spaces after it left out.
func (x *expression) whole() Expr {
	x.next = 1
	e := x.afterDollar(0, false)
	if e == nil {
		return nil
	}
	if x.spaces(); x.next < len(x.text) {
		return x.unexpected(endOfExpression)
	}
	return e
}

// afterDollar reads what follows a dollar, or stands inside ${…}: there bare is
// set, and arguments may leave the dollar out too. start is where the
// expression begins.
func (x *expression) afterDollar(start int, bare bool) Expr {
	pos := x.pos(start)
	nameAt := x.next
	name := x.name()
	if name == "" {
		if bare && x.peek() == '$' {
			return x.fail(x.next, "SG031", "leave it out", "inside ${…} a dollar is not written again")
		}
		if !bare && nameAt < len(x.text) && !unicode.IsLetter(x.text[nameAt]) {
			return x.fail(start, "SG032", "write $$ for a dollar sign, ${…} for a value inside text", "a dollar must be followed by a name")
		}
		return x.unexpected("a name")
	}
	switch name {
	case "now":
		if x.peek() == '.' || x.peek() == '(' {
			return x.unexpected("`+`, `-` or the end of $now")
		}
		return x.now(pos)
	case "new":
		return x.newValue(pos)
	case "go":
		return x.goCall(pos, start, bare)
	}
	if x.peek() == '(' {
		return x.conversion(name, nameAt, pos, bare)
	}
	path, ok := x.path()
	if !ok {
		return nil
	}
	return &Ref{Root: name, Path: path, Pos: pos}
}

// path reads the names after dots.
func (x *expression) path() ([]string, bool) {
	var path []string
	for x.peek() == '.' {
		x.next++
		part := x.name()
		if part == "" {
			x.unexpected("a name after the dot")
			return nil, false
		}
		path = append(path, part)
	}
	if x.peek() == '(' {
		x.fail(x.next, "SG033", "call a Go function as $go.Name(…)", "only Go functions and conversions can be called")
		return nil, false
	}
	return path, true
}

func (x *expression) newValue(pos diag.Pos) Expr {
	path, ok := x.path()
	switch {
	case !ok:
		return nil
	case len(path) != 1 || path[0] != "uuid":
		kind := strings.Join(append([]string{"$new"}, path...), ".")
		x.p.errorf(pos, "SG037", "write $new.uuid", "%s is no value that can be made", quoted(kind))
		return nil
	}
	return &New{Kind: "uuid", Pos: pos}
}

// now reads the offset of $now, if there is one.
func (x *expression) now(pos diag.Pos) Expr {
	end := x.next
	x.spaces()
	sign := x.peek()
	if sign != '+' && sign != '-' {
		x.next = end
		return &Now{Pos: pos}
	}
	x.next++
	x.spaces()
	start := x.next
	for x.next < len(x.text) && (isNamePart(x.text[x.next]) || strings.ContainsRune(".µμ", x.text[x.next])) {
		x.next++
	}
	text := string(x.text[start:x.next])
	if text == "" {
		return x.unexpected("a duration")
	}
	offset, err := time.ParseDuration(text)
	if err != nil {
		return x.fail(start, "SG036", "write hours, minutes and seconds, such as 168h or 1h30m", "%s is not a duration", quoted(text))
	}
	if sign == '-' {
		offset = -offset
	}
	return &Now{Offset: offset, Pos: pos}
}
