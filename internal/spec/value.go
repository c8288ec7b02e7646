package spec

import (
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// expr reads a value: an expression, or a literal whose parts may be
// expressions. It returns nil for what is broken, which it has reported.
func (p *parser) expr(v value) Expr {
	switch v.node.Kind {
	case yaml.SequenceNode:
		if !p.checkCollectionTag(v) {
			return nil
		}
		list := &List{Pos: v.pos}
		for _, item := range p.items(v) {
			if e := p.expr(item); e != nil {
				list.Items = append(list.Items, e)
			}
		}
		return list
	case yaml.MappingNode:
		m, ok := p.mapping(v, "a value", "a mapping")
		if !ok {
			return nil
		}
		x := &Map{Pos: v.pos}
		for _, e := range m.entries {
			if value := p.expr(e.value); value != nil {
				x.Entries = append(x.Entries, &Binding{Name: e.key, Value: value})
			}
		}
		return x
	default:
		return p.scalar(v)
	}
}

// scalar reads a scalar by its tag.
func (p *parser) scalar(v value) Expr {
	tag, text := scalarTag(v.node), v.node.Value
	if tag == "!!str" {
		return p.textExpr(v)
	}
	s := &Scalar{Pos: v.pos}
	switch tag {
	case "!!null":
		if !isNullText(text) {
			return p.badScalar(v, "write null", "%s is not null", quoted(text))
		}
		s.Kind, s.Text = Null, "null"
	case "!!bool":
		s.Kind, s.Text = Bool, strings.ToLower(text)
		if s.Text != "true" && s.Text != "false" {
			return p.badScalar(v, "write true or false", "%s is not a boolean", quoted(text))
		}
	case "!!int", "!!float":
		kind, number, ok := canonicalNumber(text)
		switch {
		case !ok:
			return p.badScalar(v, "quote it to make it text", "%s is not a number", quoted(text))
		case isOctalLike(text):
			return p.badScalar(v, "write it without the leading zero, as 0o… if it is octal, or quoted if it is text", "the number %s begins with a zero, which some readers of YAML take for octal", quoted(text))
		}
		s.Kind, s.Text = kind, number
		if tag == "!!float" && kind == Int && v.node.Style&yaml.TaggedStyle != 0 {
			s.Kind, s.Text = Float, number+".0"
		}
		if tag == "!!int" && s.Kind != Int {
			return p.badScalar(v, "remove the tag", "%s is not an integer", quoted(text))
		}
	case "!!binary":
		data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err != nil {
			return p.badScalar(v, "encode it as base64, with padding", "this binary data is not base64")
		}
		s.Kind, s.Text = Binary, string(data)
	default:
		return p.badScalar(v, "remove the tag", "the tag %s is not known here", quoted(tag))
	}
	return s
}

func (p *parser) badScalar(v value, fix, format string, args ...any) Expr {
	p.errorf(v.pos, "SG021", fix, format, args...)
	return nil
}

func isNullText(text string) bool {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

var (
	decimalPattern   = regexp.MustCompile(`^[-+]?[0-9]+$`)
	floatPattern     = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	octalLikePattern = regexp.MustCompile(`^[-+]?0[0-9_]+$`)
	infinityPattern  = regexp.MustCompile(`^[-+]?\.(inf|Inf|INF)$`)
	notNumberPattern = regexp.MustCompile(`^\.(nan|NaN|NAN)$`)
)

// isOctalLike reports a number such as 010, which is eight in YAML 1.1 and ten
// in YAML 1.2.
func isOctalLike(text string) bool { return octalLikePattern.MatchString(text) }

// canonicalNumber writes a number of YAML's core schema in one way. Integers
// keep all their digits. So do decimal fractions of more than fifteen digits,
// which a float64 cannot hold; others take the shortest form.
func canonicalNumber(text string) (ScalarKind, string, bool) {
	plain := strings.ReplaceAll(text, "_", "")
	sign := ""
	if strings.HasPrefix(plain, "-") {
		sign = "-"
	}
	unsigned := strings.TrimLeft(plain, "+-")
	switch {
	case infinityPattern.MatchString(text):
		return Float, sign + ".inf", true
	case notNumberPattern.MatchString(text):
		return Float, ".nan", true
	case decimalPattern.MatchString(plain):
		digits := strings.TrimLeft(unsigned, "0")
		if digits == "" {
			return Int, "0", true
		}
		return Int, sign + digits, true
	case floatPattern.MatchString(plain):
		return canonicalFloat(sign, unsigned)
	case len(plain) <= len(unsigned)+1 && hasBase(unsigned):
		n, err := strconv.ParseUint(unsigned, 0, 64)
		if err != nil {
			return 0, "", false
		}
		if n == 0 {
			sign = ""
		}
		return Int, sign + strconv.FormatUint(n, 10), true
	default:
		return 0, "", false
	}
}

// hasBase reports a number written in hexadecimal, octal or binary.
func hasBase(unsigned string) bool {
	return len(unsigned) > 2 && unsigned[0] == '0' && strings.ContainsRune("xXoObB", rune(unsigned[1]))
}

func canonicalFloat(sign, unsigned string) (ScalarKind, string, bool) {
	f, err := strconv.ParseFloat(unsigned, 64)
	if err != nil {
		return 0, "", false
	}
	mantissa, _, _ := strings.Cut(strings.ToLower(unsigned), "e")
	significant := strings.TrimLeft(strings.ReplaceAll(mantissa, ".", ""), "0")
	if len(significant) > 15 {
		if strings.HasPrefix(unsigned, ".") {
			unsigned = "0" + unsigned
		}
		return Float, sign + strings.ToLower(unsigned), true
	}
	short := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(short, ".e") {
		short += ".0"
	}
	return Float, sign + short, true
}

// bindings reads `with`.
func (p *parser) bindings(f fields) []*Binding {
	v, ok := f.get("with")
	if !ok {
		return nil
	}
	m, _ := p.mapping(v, "`with`", "a mapping of parameters to values")
	var bindings []*Binding
	for _, e := range m.entries {
		if !p.isForeign(e.key, "a parameter") {
			continue
		}
		if x := p.expr(e.value); x != nil {
			bindings = append(bindings, &Binding{Name: e.key, Value: x})
		}
	}
	return bindings
}

// literal reads a value that must be known when the code is generated.
func (p *parser) literal(v value, what string) Expr {
	e := p.expr(v)
	if e == nil {
		return nil
	}
	if x := firstComputed(e); x != nil {
		p.errorf(x.Position(), "SG030", "write the value itself; a dollar sign is $$", "%s must be a literal, not %s", what, shown(x))
		return nil
	}
	return e
}

// firstComputed returns the first part of e that is no literal, nil for none.
func firstComputed(e Expr) Expr {
	switch e := e.(type) {
	case *Scalar:
		return nil
	case *List:
		for _, item := range e.Items {
			if x := firstComputed(item); x != nil {
				return x
			}
		}
		return nil
	case *Map:
		for _, entry := range e.Entries {
			if x := firstComputed(entry.Value); x != nil {
				return x
			}
		}
		return nil
	default:
		return e
	}
}
