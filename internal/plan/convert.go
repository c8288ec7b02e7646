package plan

import (
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// convert builds x, of one shape, as another. That it can was checked by
// [model.Convertible].
func convert(x Expr, from, to model.Shape) Expr {
	if from.Go == to.Go || to.Go.IsZero() || to.Kind == model.List {
		return x
	}
	switch { // NULL stays NULL
	case from.Form != to.Form || !from.MayBeNull():
	case from.Form == model.Valid:
		return wrapWith(asKind(unwrap(x, from), from, to), to, &Select{X: x, Name: "Valid"})
	case from.Form == model.Pointer && to.Bits == 64:
		return call(inRuntime("Int64Ptr"), x)
	case from.Form == model.Pointer:
		return call(inRuntime("Int32Ptr"), x)
	}
	return wrap(asKind(unwrap(x, from), from, to), to)
}

// unwrap takes the bare value out of a shape that may be NULL.
func unwrap(x Expr, s model.Shape) Expr {
	switch s.Form {
	case model.Valid:
		return &Select{X: x, Name: s.Field}
	case model.Pointer:
		return &Deref{X: x}
	default:
		return x
	}
}

// bare is a Go value without a form, and its type.
type bare struct {
	x   Expr
	typ goname.Type
}

// asKind turns a bare value into the kind that is wanted: uuid, integers and
// enums have a canonical text.
func asKind(x Expr, from, to model.Shape) bare {
	if from.Kind == to.Kind {
		return bare{x, from.Base}
	}
	text := goname.Basic("string")
	switch from.Kind {
	case model.UUID:
		if from.Base.Pkg != scopePath {
			x = &Convert{Type: goname.Named(scopePath, "scope", "UUID"), X: x}
		}
		return bare{call(&Select{X: x, Name: "String"}), text}
	case model.Int:
		if from.Base.Name != "int64" {
			x = &Convert{Type: goname.Basic("int64"), X: x}
		}
		return bare{call(&Qualified{Pkg: "strconv", PkgName: "strconv", Name: "FormatInt"}, x, &Lit{Source: "10"}), text}
	case model.Enum:
		return bare{&Convert{Type: text, X: x}, text}
	default:
		return bare{x, from.Base}
	}
}

// wrap gives a bare value the form of a shape.
func wrap(v bare, to model.Shape) Expr {
	switch to.Form {
	case model.Valid:
		return wrapWith(v, to, &Lit{Source: "true"})
	case model.Pointer:
		return call(inScope("Ptr"), assignable(v, to.Base))
	default:
		return assignable(v, to.Go)
	}
}

// wrapWith gives a bare value the form of a struct with a Valid field.
func wrapWith(v bare, to model.Shape, valid Expr) Expr {
	return &Composite{Type: to.Go, Fields: []FieldValue{{Name: to.Field, Value: assignable(v, to.Base)}, {Name: "Valid", Value: valid}}}
}

// assignable converts a bare value to a Go type where assignment alone would
// not do: [16]byte takes every array type of its kind.
func assignable(v bare, typ goname.Type) Expr {
	if v.typ == typ || typ.Name == "[16]byte" {
		return v.x
	}
	return &Convert{Type: typ, X: v.x}
}

// literal builds a constant in the shape that it was checked against.
func literal(l *model.Literal) Expr {
	s := l.Of
	if l.Null {
		if s.Form == model.Valid {
			return &Composite{Type: s.Go}
		}
		return &Lit{Source: "nil"}
	}
	if s.Kind == model.List {
		c := &Composite{Type: s.Go}
		for _, item := range l.Items {
			x := literal(item)
			if inner, ok := x.(*Composite); ok && inner.Type == s.Elem.Go {
				inner.Elide = true
			}
			c.Fields = append(c.Fields, FieldValue{Value: x})
		}
		return c
	}
	v := bareLiteral(l)
	if s.Form == model.Pointer && (s.Kind == model.Int || s.Kind == model.Float) {
		v.x = &Convert{Type: s.Base, X: v.x} // the type that Ptr takes
	}
	return wrap(v, s)
}

// bareLiteral builds a constant without a form.
func bareLiteral(l *model.Literal) bare {
	s := l.Of
	switch s.Kind {
	case model.Text:
		return bare{&Lit{Source: quote(l.Text)}, s.Base}
	case model.Enum:
		name := ""
		for _, c := range s.Enum.Consts {
			if c.Value == l.Text {
				name = c.Name
			}
		}
		return bare{&Qualified{Pkg: s.Enum.Type.Pkg, PkgName: s.Enum.Type.PkgName, Name: name}, s.Base}
	case model.UUID:
		return bare{call(inScope("MustParseUUID"), &Lit{Source: quote(l.Text)}), goname.Named(scopePath, "scope", "UUID")}
	case model.Time:
		return bare{timeLiteral(l.Text), s.Base}
	case model.JSON, model.Bytes:
		return bare{&Convert{Type: s.Base, X: &Lit{Source: quote(l.Text)}}, s.Base}
	default:
		return bare{&Lit{Source: l.Text}, s.Base}
	}
}

// quote spells a text as a Go literal: raw where that reads better.
func quote(s string) string {
	if utf8.ValidString(s) && strconv.CanBackquote(s) && (len(s) > 2 && s[0] == '{' || s == "{}") {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

func timeLiteral(text string) Expr {
	t, _ := time.Parse(time.RFC3339Nano, text) // model checked it
	t = t.UTC()
	args := []Expr{}
	for _, n := range []int{t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond()} {
		args = append(args, &Lit{Source: fmt.Sprint(n)})
	}
	return call(&Qualified{Pkg: "time", PkgName: "time", Name: "Date"}, append(args, &Qualified{Pkg: "time", PkgName: "time", Name: "UTC"})...)
}
