package spec

import (
	"regexp"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
)

var exportedPattern = regexp.MustCompile(`^[A-Z][A-Za-z0-9_]*$`)

// conversions are the functions that are built in.
func conversions() []string { return []string{"int", "text", "uuid"} }

// goCall reads what follows $go.
func (x *expression) goCall(pos diag.Pos, start int, bare bool) Expr {
	const fix = "call an exported function, such as $go.RoleName($row.name)"
	if x.peek() != '.' {
		return x.fail(start, "SG034", fix, "$go needs the name of a function")
	}
	x.next++
	nameAt := x.next
	name := x.name()
	switch {
	case name == "":
		return x.unexpected("the name of a Go function")
	case !exportedPattern.MatchString(name):
		return x.fail(nameAt, "SG034", fix, "the Go function %s is not exported", quoted(name))
	case x.peek() != '(':
		return x.fail(x.next, "SG034", "add its arguments, or ()", "the Go function %s is not called", quoted(name))
	}
	args, ok := x.arguments(bare)
	if !ok {
		return nil
	}
	return &Call{Go: true, Func: name, Args: args, Pos: pos}
}

// conversion reads the argument of a built-in conversion.
func (x *expression) conversion(name string, nameAt int, pos diag.Pos, bare bool) Expr {
	if !slices.Contains(conversions(), name) {
		fix := diag.DidYouMean(name, conversions())
		if exportedPattern.MatchString(name) {
			fix = "a Go function is called as $go." + name + "(…)"
		}
		return x.fail(nameAt, "SG033", fix, "there is no conversion %s", quoted(name))
	}
	args, ok := x.arguments(bare)
	switch {
	case !ok:
		return nil
	case len(args) != 1:
		x.p.errorf(pos, "SG035", "write $"+name+"(…) with one value", "the conversion %s takes one argument, not %d", quoted(name), len(args))
		return nil
	}
	return &Call{Func: name, Args: args, Pos: pos}
}

// arguments reads (a, b, …), the opening parenthesis being next.
func (x *expression) arguments(bare bool) ([]Expr, bool) {
	open := x.next
	x.next++
	if !x.enter(open) {
		return nil, false
	}
	defer x.leave()
	var args []Expr
	for x.spaces(); x.peek() != ')' || len(args) > 0; x.spaces() {
		if x.next >= len(x.text) {
			return nil, x.unclosed(open)
		}
		arg := x.argument(bare)
		if arg == nil {
			return nil, false
		}
		args = append(args, arg)
		x.spaces()
		if x.peek() == ')' {
			break
		}
		if x.next >= len(x.text) {
			return nil, x.unclosed(open)
		}
		if x.peek() != ',' {
			x.unexpected("`,` or `)`")
			return nil, false
		}
		x.next++
	}
	x.next++
	return args, true
}

func (x *expression) unclosed(open int) bool {
	x.fail(open, "SG031", "add `)`; quote the whole expression where it stands in brackets or braces", "this parenthesis is not closed")
	return false
}

// enter goes one level deeper, and leave back.
func (x *expression) enter(at int) bool {
	if x.depth++; x.depth <= maxExprDepth {
		return true
	}
	x.fail(at, "SG038", "compute it in a Go function", "the expression nests more than %d deep", maxExprDepth)
	return false
}

func (x *expression) leave() { x.depth-- }

// argument reads one argument of a call.
func (x *expression) argument(bare bool) Expr {
	start := x.next
	switch r := x.peek(); {
	case r == '$':
		x.next++
		return x.afterDollar(start, false)
	case r == '"' || r == '\'':
		return x.stringLiteral()
	case isDigit(r) || r == '-' || r == '.':
		return x.number()
	case !isNamePart(r):
		return x.unexpected("an argument")
	}
	name := x.name()
	if x.peek() != '.' && x.peek() != '(' {
		switch name {
		case "null":
			return &Scalar{Kind: Null, Text: name, Pos: x.pos(start)}
		case "true", "false":
			return &Scalar{Kind: Bool, Text: name, Pos: x.pos(start)}
		}
	}
	if !bare {
		return x.fail(start, "SG031", "write $"+name+" for a value, or "+quoted(name)+" for text", "%s is neither a value nor text", quoted(name))
	}
	x.next = start
	return x.afterDollar(start, true)
}

// number reads a decimal number.
func (x *expression) number() Expr {
	start := x.next
	for x.next < len(x.text) {
		r := x.text[x.next]
		signed := (r == '-' || r == '+') && (x.next == start || strings.ContainsRune("eE", x.text[x.next-1]))
		if !isNamePart(r) && r != '.' && !signed {
			break
		}
		x.next++
	}
	text := string(x.text[start:x.next])
	kind, number, ok := canonicalNumber(text)
	if !ok || strings.Contains(text, "_") || isOctalLike(text) {
		return x.fail(start, "SG031", "write it in decimal, or in quotes if it is text", "%s is not a number", quoted(text))
	}
	return &Scalar{Kind: kind, Text: number, Pos: x.pos(start)}
}
