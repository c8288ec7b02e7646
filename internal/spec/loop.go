package spec

import (
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

const eachForm = "write `for: name in $list`"

// each reads the value of `for`: name in $list.
func (p *parser) each(v value) *Each {
	if v.node.Kind != yaml.ScalarNode || scalarTag(v.node) != "!!str" {
		p.wrongKind(v, "`for`", "text", eachForm)
		return nil
	}
	x := p.expression(v)
	x.spaces()
	start := x.next
	name := Text{Value: x.word(), Pos: x.pos(start)}
	x.spaces()
	inAt := x.next
	if in := x.word(); name.Value == "" || in != "in" {
		x.fail(min(inAt, len(x.text)), "SG024", eachForm, "`for` must read `name in $list`")
		return nil
	}
	if !p.isLocal(name, "the name of a loop's element") {
		return nil
	}
	x.spaces()
	listAt := x.next
	if x.peek() != '$' {
		x.fail(listAt, "SG024", eachForm, "`for` needs a reference to a list after `in`")
		return nil
	}
	x.next++
	e := x.afterDollar(listAt, false)
	if e == nil {
		return nil
	}
	if x.spaces(); x.next < len(x.text) {
		x.unexpected(endOfExpression)
		return nil
	}
	ref, ok := e.(*Ref)
	if !ok {
		x.fail(listAt, "SG024", "loop over rows of a query, data, or an input", "`for` needs a reference to a list, not %s", shown(e))
		return nil
	}
	return &Each{Var: name, In: ref}
}

// by reads the value of `by`: a column, or a list of columns.
func (p *parser) by(v value, written bool) []Text {
	switch {
	case !written:
		return nil
	case v.node.Kind == yaml.SequenceNode:
		return p.names(v, "`by`", "a column, or a list of columns", p.isColumn)
	}
	if t := p.matching(v, "`by`", p.isColumn); t.Value != "" {
		return []Text{t}
	}
	return nil
}

// word reads up to the next space.
func (x *expression) word() string {
	start := x.next
	for x.next < len(x.text) && !unicode.IsSpace(x.text[x.next]) {
		x.next++
	}
	return string(x.text[start:x.next])
}

// expect reads the `expect` of f.
func (p *parser) expect(f fields) *Expect {
	v, ok := f.get("expect")
	if !ok {
		return nil
	}
	const fix = "write a number of rows, such as 1, or at_most 1, or at_least 1"
	if v.node.Kind != yaml.ScalarNode {
		p.errorf(v.pos, "SG025", fix, "`expect` cannot be %s", v.describe())
		return nil
	}
	number, out := v.node.Value, &Expect{Pos: v.pos}
	switch scalarTag(v.node) {
	case "!!str":
		words := strings.Fields(number)
		if len(words) != 2 || words[0] != "at_most" && words[0] != "at_least" {
			p.errorf(v.pos, "SG025", fix, "`expect` cannot be %s", quoted(number))
			return nil
		}
		number, out.AtMost, out.AtLeast = words[1], words[0] == "at_most", words[0] == "at_least"
	case "!!int":
	default:
		p.errorf(v.pos, "SG025", fix, "`expect` cannot be %s", v.describe())
		return nil
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || isOctalLike(number) {
		p.errorf(v.pos, "SG025", fix, "%s is no number of rows", quoted(number))
		return nil
	}
	if out.AtLeast && n == 0 {
		p.errorf(v.pos, "SG025", "write at_least 1, or leave it out", "`expect: at_least 0` is always met")
		return nil
	}
	out.N = n
	return out
}
