package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// Literal is a constant that was checked against the shape that takes it.
type Literal struct {
	Of    Shape
	Null  bool
	Text  string     // canonical: "true", "-12", the characters of a text or uuid, JSON, RFC 3339, raw bytes
	Items []*Literal // of a List
	Pos   diag.Pos   // where it is written; zero for what a rule made
}

// Shape is the shape that the literal was checked against.
func (l *Literal) Shape() Shape { return l.Of }

// String is the literal as the user would write it.
func (l *Literal) String() string {
	switch {
	case l.Null:
		return "null"
	case l.Of.Kind == List:
		items := make([]string, len(l.Items))
		for i, item := range l.Items {
			items[i] = item.String()
		}
		return "[" + strings.Join(items, ", ") + "]"
	case l.Of.Kind == Bytes:
		return fmt.Sprintf(`\x%x`, l.Text)
	case l.Of.Kind == Text || l.Of.Kind == Enum || l.Of.Kind == UUID || l.Of.Kind == Time:
		return strconv.Quote(l.Text)
	default:
		return l.Text
	}
}

// isLiteral reports whether an expression is a constant of the document.
func isLiteral(e spec.Expr) bool {
	switch e := e.(type) {
	case *spec.Scalar:
		return true
	case *spec.List:
		return !slices.ContainsFunc(e.Items, func(x spec.Expr) bool { return !isLiteral(x) })
	case *spec.Map:
		return !slices.ContainsFunc(e.Entries, func(b *spec.Binding) bool { return !isLiteral(b.Value) })
	default:
		return false
	}
}

// literal checks a constant against a shape. The string says what is wrong, as
// a clause to follow the expression, with what would be right.
func literal(e spec.Expr, to Shape) (*Literal, string) {
	l := &Literal{Of: to, Pos: e.Position()}
	// null is JSON's own null only where the column cannot be NULL.
	if s, ok := e.(*spec.Scalar); ok && s.Kind == spec.Null && (to.Kind != JSON || to.Nullable) {
		if l.Null = true; to.Form == Plain && to.Kind != Bytes && to.Kind != List && to.Kind != JSON {
			return nil, "is NULL, and " + to.describe() + " here is not nullable"
		}
		return l, ""
	}
	switch to.Kind {
	case JSON:
		text, err := jsonText(e)
		if err != nil {
			return nil, err.Error()
		}
		l.Text = text
		return l, ""
	case List:
		list, ok := e.(*spec.List)
		if !ok {
			return nil, "is not a list, which " + to.describe() + " needs"
		}
		for _, item := range list.Items {
			x, wrong := literal(item, *to.Elem)
			if wrong != "" {
				return nil, "has an element that " + wrong
			}
			l.Items = append(l.Items, x)
		}
		return l, ""
	}
	s, ok := e.(*spec.Scalar)
	if !holdsLiteral(e) {
		return nil, "is a reference, and a list that is written out holds constants alone; pass the whole list, such as $input.tags, or build it in a Go function: $go.Name(…)"
	}
	if !ok {
		return nil, "is a mapping or a list, and the value here is " + to.describe()
	}
	text, wrong := scalarText(s, to)
	l.Text = text
	return l, wrong
}

// wrongAt is the deepest place of what is wrong with a constant.
func wrongAt(e spec.Expr, to Shape) diag.Pos {
	if list, ok := e.(*spec.List); ok && to.Kind == List {
		for _, item := range list.Items {
			if _, wrong := literal(item, *to.Elem); wrong != "" {
				return wrongAt(item, *to.Elem)
			}
		}
	}
	return e.Position()
}

// scalarText checks a scalar against a shape that is not JSON and not a list.
func scalarText(s *spec.Scalar, to Shape) (text, wrong string) {
	to.Nullable = false // NULL is not what is wrong with it
	mismatch := "is not " + to.describe()
	switch to.Kind {
	case Text:
		if s.Kind != spec.String {
			return "", mismatch + "; quote it"
		}
		return s.Text, ""
	case Enum:
		if s.Kind != spec.String || !slices.ContainsFunc(to.Enum.Consts, hasValue(s.Text)) {
			return "", "is not one of the values of " + to.describe() + ": " + enumValues(to)
		}
		return s.Text, ""
	case Bool:
		if s.Kind != spec.Bool {
			return "", mismatch + "; write true or false"
		}
		return s.Text, ""
	case Int:
		if s.Kind != spec.Int {
			return "", mismatch
		}
		n, err := strconv.ParseInt(s.Text, 10, to.Bits)
		if err != nil {
			return "", fmt.Sprintf("does not fit an integer of %d bits", to.Bits)
		}
		return strconv.FormatInt(n, 10), ""
	case Float:
		if s.Kind != spec.Float && s.Kind != spec.Int {
			return "", mismatch
		}
		if _, err := strconv.ParseFloat(s.Text, to.Bits); err != nil || strings.ContainsAny(strings.ToLower(s.Text), "nx_") {
			return "", mismatch
		}
		return s.Text, ""
	case UUID:
		u, ok := canonicalUUID(s.Text)
		if s.Kind != spec.String || !ok {
			return "", "is not a uuid such as \"2de2b969-1d04-48a6-af16-0bc8adb3c831\""
		}
		return u, ""
	case Time:
		return timeText(s, to.timeOf())
	case Bytes:
		if s.Kind != spec.Binary {
			return "", "is not binary; write !!binary and base64"
		}
		return s.Text, ""
	default:
		return "", "cannot be written as a literal of " + to.describe() + "; take it from the caller or from a Go function"
	}
}

// canonicalUUID returns the lower-case form with hyphens.
func canonicalUUID(s string) (string, bool) {
	hex := strings.ToLower(strings.ReplaceAll(s, "-", ""))
	if len(hex) != 32 || strings.Trim(hex, "0123456789abcdef") != "" {
		return "", false
	}
	u := hex[:8] + "-" + hex[8:12] + "-" + hex[12:16] + "-" + hex[16:20] + "-" + hex[20:]
	return u, len(s) == 32 || strings.EqualFold(s, u)
}

// jsonText renders a constant as JSON with sorted keys.
func jsonText(e spec.Expr) (string, error) {
	v, err := jsonValue(e)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("cannot be written as JSON")
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

func jsonValue(e spec.Expr) (any, error) {
	switch e := e.(type) {
	case *spec.Scalar:
		switch e.Kind {
		case spec.Null:
			return nil, nil
		case spec.Bool:
			return e.Text == "true", nil
		case spec.Int, spec.Float:
			n := json.Number(e.Text)
			if !json.Valid([]byte(e.Text)) {
				return nil, fmt.Errorf("holds %s, which JSON has no number for", e.Text)
			}
			return n, nil
		case spec.Binary:
			return nil, fmt.Errorf("holds binary, which JSON cannot")
		default:
			return e.Text, nil
		}
	case *spec.List:
		out := []any{}
		for _, item := range e.Items {
			v, err := jsonValue(item)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	case *spec.Map:
		out := map[string]any{}
		for _, b := range e.Entries {
			v, err := jsonValue(b.Value)
			if err != nil {
				return nil, err
			}
			out[b.Name.Value] = v
		}
		return out, nil
	default:
		return nil, fmt.Errorf("holds %s: a JSON literal is constant; build the value in a Go function", e)
	}
}

func enumValues(s Shape) string {
	values := make([]string, len(s.Enum.Consts))
	for i, c := range s.Enum.Consts {
		values[i] = c.Value
	}
	return strings.Join(values, ", ")
}

func hasValue(text string) func(sqlcapi.EnumConst) bool {
	return func(c sqlcapi.EnumConst) bool { return c.Value == text }
}
