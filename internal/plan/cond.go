package plan

import (
	"strconv"

	"github.com/specgen-dev/specgen/internal/model"
)

// cond builds a condition.
func (b *builder) cond(c model.Cond, lv *level) Expr {
	switch c := c.(type) {
	case *model.Truth:
		return b.value(c.Value, c.Value.Shape(), lv, "condition")
	case *model.IsSet:
		return b.isSet(c.Value, lv)
	case *model.Compare:
		return b.equal(c.Left, c.Right, lv)
	case *model.Negation:
		return not(b.cond(c.Cond, lv))
	case *model.Junction:
		op := "&&"
		if c.Any {
			op = "||"
		}
		var out Expr
		for _, x := range c.Conds {
			out = join(op, out, b.cond(x, lv))
		}
		if out == nil {
			return boolean(!c.Any)
		}
		return out
	default:
		return &Lit{Source: "true"}
	}
}

func join(op string, left, right Expr) Expr {
	if left == nil {
		return right
	}
	return &Binary{Op: op, Left: left, Right: right}
}

// not negates a condition in the way that reads best.
func not(e Expr) Expr {
	switch e := e.(type) {
	case *Binary:
		switch e.Op {
		case "==":
			return &Binary{Op: "!=", Left: e.Left, Right: e.Right}
		case "!=":
			return &Binary{Op: "==", Left: e.Left, Right: e.Right}
		}
	case *Not:
		return e.X
	case *Lit:
		return boolean(e.Source != "true")
	default: // nothing reads better than !
	}
	return &Not{X: e}
}

func boolean(b bool) Expr { return &Lit{Source: strconv.FormatBool(b)} }

func (b *builder) isSet(v model.Value, lv *level) Expr {
	if l, ok := v.(*model.Literal); ok { // of a block's parameter, or a nested scope's input
		return boolean(!l.Null && (l.Text != "" || len(l.Items) > 0))
	}
	s := b.shape(v)
	x := b.value(v, s, lv, "value")
	nothing := func(op, zero string) Expr { return &Binary{Op: op, Left: x, Right: &Lit{Source: zero}} }
	switch {
	case s.Form == model.Pointer:
		return nothing("!=", "nil")
	case s.Form == model.Valid:
		return &Select{X: x, Name: "Valid"}
	case s.Kind == model.Text:
		return nothing("!=", `""`)
	default:
		return &Binary{Op: ">", Left: call(ident("len"), x), Right: &Lit{Source: "0"}}
	}
}

// equal compares two values as SQL does, but for NULL, which equals nothing.
func (b *builder) equal(left, right model.Value, lv *level) Expr {
	if l, ok := left.(*model.Literal); ok { // of a block's parameter, or a nested scope's input
		s := b.shape(right)
		switch r, isLiteral := right.(*model.Literal); {
		case isLiteral:
			return boolean(l.Null == r.Null && l.Text == r.Text)
		case l.Null && s.Form == model.Plain:
			return boolean(false)
		case l.Null || s.Kind == l.Of.Kind:
			return b.equal(right, &model.Literal{Of: s, Null: l.Null, Text: l.Text}, lv)
		}
	}
	s := b.shape(left)
	x := b.value(left, s, lv, "value")
	if l, ok := right.(*model.Literal); ok && s.Kind == model.Bool && s.Form == model.Plain {
		if l.Text == "true" {
			return x
		}
		return not(x)
	}
	if s.Form == model.Valid && isNull(right) {
		return not(&Select{X: x, Name: "Valid"})
	}
	if s.Form != model.Pointer {
		same := &Binary{Op: "==", Left: x, Right: b.value(right, s, lv, "value")}
		if r := b.shape(right); s.Form == model.Valid && s.Nullable && r.Form == model.Valid && r.Nullable && !isNull(right) {
			return &Binary{Op: "&&", Left: &Select{X: x, Name: "Valid"}, Right: same}
		}
		return same
	}
	if l, ok := right.(*model.Literal); ok && l.Null {
		return &Binary{Op: "==", Left: x, Right: &Lit{Source: "nil"}}
	}
	target := s
	target.Form, target.Go = model.Plain, s.Base
	var y Expr
	if l, ok := right.(*model.Literal); ok {
		y = bareLiteral(l).x
	} else if b.shape(right).Form == model.Pointer {
		return &Binary{Op: "&&", Left: &Binary{Op: "&&", Left: &Binary{Op: "!=", Left: x, Right: &Lit{Source: "nil"}},
			Right: &Binary{Op: "!=", Left: b.raw(right, lv), Right: &Lit{Source: "nil"}}},
			Right: &Binary{Op: "==", Left: &Deref{X: x}, Right: &Deref{X: b.raw(right, lv)}}}
	} else {
		y = b.value(right, target, lv, "value")
	}
	return &Binary{Op: "&&", Left: &Binary{Op: "!=", Left: x, Right: &Lit{Source: "nil"}}, Right: &Binary{Op: "==", Left: &Deref{X: x}, Right: y}}
}

func isNull(v model.Value) bool {
	l, ok := v.(*model.Literal)
	return ok && l.Null
}

// skip builds the condition under which a loop passes over an element.
func (b *builder) skip(f *model.Filter, lv *level) Expr {
	var match Expr
	if f.List != nil {
		match = call(&Qualified{Pkg: "slices", PkgName: "slices", Name: "Contains"}, b.raw(f.List, lv), b.raw(f.Field, lv))
	}
	for _, v := range f.Any {
		match = join("||", match, b.equal(f.Field, v, lv))
	}
	if match == nil {
		match = boolean(false) // in: []
	}
	if f.Not {
		return match
	}
	if bin, ok := match.(*Binary); ok && bin.Op == "||" {
		return deMorgan(bin)
	}
	return not(match)
}

// deMorgan negates a chain of alternatives into a chain of inequalities.
func deMorgan(e Expr) Expr {
	if bin, ok := e.(*Binary); ok && bin.Op == "||" {
		return &Binary{Op: "&&", Left: deMorgan(bin.Left), Right: not(bin.Right)}
	}
	return not(e)
}
