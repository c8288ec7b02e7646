package model

import (
	"strconv"
	"strings"

	"github.com/specgen-dev/specgen/internal/spec"
)

// Key is a canonical text of the condition.
func (c *Truth) Key() string { return c.Value.String() }

// Key is a canonical text of the condition.
func (c *Constantly) Key() string { return strconv.FormatBool(c.Holds) }

// Key is a canonical text of the condition.
func (c *Compare) Key() string { return c.Left.String() + " = " + c.Right.String() }

// Key is a canonical text of the condition.
func (c *IsSet) Key() string { return "set " + c.Value.String() }

// Key is a canonical text of the condition.
func (c *Negation) Key() string { return "not (" + c.Cond.Key() + ")" }

// Key is a canonical text of the condition.
func (c *Junction) Key() string {
	keys := make([]string, len(c.Conds))
	for i, x := range c.Conds {
		keys[i] = "(" + x.Key() + ")"
	}
	if c.Any {
		return strings.Join(keys, " or ")
	}
	return strings.Join(keys, " and ")
}

// cond resolves a condition. It returns nil for none, and after reporting a
// problem.
func (r *resolver) cond(c spec.Cond, en *env) Cond {
	switch c := c.(type) {
	case *spec.Truth:
		v := r.value(c.Value, en)
		if v == nil {
			return nil
		}
		if f, ok := v.(*FieldValue); ok && f.Data != nil {
			r.typeField(f.Data, boolShape)
		}
		if s := v.Shape(); s.unknown() {
			return nil
		} else if s.Kind != Bool || s.Form != Plain {
			r.fail(c.Position(), "SG304", "compare it: {equal: [$x, value]}, or ask whether it is there: {set: $x}", "%s is %s, not a condition", v, s.describe())
			return nil
		}
		if text := constantText(v); text != nil {
			return &Constantly{Holds: *text == "true"}
		}
		return &Truth{Value: v}
	case *spec.SetCond:
		v := r.value(c.Value, en)
		if v == nil {
			return nil
		}
		if s := v.Shape(); s.Kind == 0 && s.Go.IsZero() {
			return nil // what makes the value was reported
		} else if !s.Optional() && s.Kind != Text {
			if en.frame.outer != nil || len(en.blocks) > 0 {
				// Written for every value that the input or the parameter may have.
				return &Truth{Value: &Literal{Of: boolShape, Text: "true"}}
			}
			r.fail(c.Pos, "SG304", "leave the condition out", "%s is %s, which is always set", v, s.describe())
			return nil
		}
		return &IsSet{Value: v}
	case *spec.Is:
		return r.compare(c, en)
	case *spec.Not:
		switch x := r.cond(c.Cond, en).(type) {
		case nil:
		case *Constantly:
			return &Constantly{Holds: !x.Holds}
		default:
			return &Negation{Cond: x}
		}
	case *spec.All:
		return r.junction(false, c.Conds, en)
	case *spec.AnyOf:
		return r.junction(true, c.Conds, en)
	}
	return nil
}

func (r *resolver) junction(any bool, conds []spec.Cond, en *env) Cond {
	j := &Junction{Any: any}
	for _, c := range conds {
		x := r.cond(c, en)
		if x == nil {
			return nil
		}
		if k, ok := x.(*Constantly); ok && k.Holds == any {
			return k // one true alternative, or one false condition of all, decides
		} else if !ok {
			j.Conds = append(j.Conds, x)
		}
	}
	if len(j.Conds) == 0 {
		return &Constantly{Holds: !any}
	}
	return j
}

// compare resolves an equality; a literal may stand on either side.
func (r *resolver) compare(c *spec.Is, en *env) Cond {
	left, right := c.Left, c.Right
	if isLiteral(left) {
		left, right = right, left
	}
	l := r.value(left, en)
	if l == nil || l.Shape().unknown() {
		return nil
	}
	if !comparable(l.Shape()) {
		r.fail(c.Pos, "SG304", "compare texts, uuids, integers, booleans or enums; for everything else use a Go function that returns bool", "%s is %s, which cannot be compared", l, l.Shape().describe())
		return nil
	}
	x := r.valueFor(right, en, l.Shape(), l.String())
	if x == nil {
		return nil
	}
	if a, b := constantText(l), constantText(x); a != nil && b != nil {
		return &Constantly{Holds: *a == *b}
	}
	return &Compare{Left: l, Right: x}
}

// constantText is the text of a constant, nil for everything else.
func constantText(v Value) *string {
	if l, ok := v.(*Literal); ok && !l.Null {
		return &l.Text
	}
	return nil
}

// comparable reports whether Go's == is the equality that SQL means.
func comparable(s Shape) bool {
	switch s.Kind {
	case UUID, Text, Bool, Int, Enum:
		return true
	default:
		return false
	}
}
