package model

import (
	"github.com/specgen-dev/specgen/internal/spec"
)

// valueFor resolves an expression for a place of the given shape, and checks
// that it fits. what names the place. It returns nil after reporting a problem.
func (r *resolver) valueFor(e spec.Expr, en *env, to Shape, what string) Value {
	if ref, ok := e.(*spec.Ref); ok && len(ref.Path) == 0 {
		// A literal takes the type of each place; all else is one value.
		if s := en.lookup(ref.Root); s != nil && s.expr != nil && (holdsLiteral(s.expr) || isName(s.expr)) {
			return r.valueFor(s.expr, s.in, to, what)
		}
	}
	if holdsLiteral(e) {
		l, wrong := literal(e, to)
		if wrong != "" {
			fix := ""
			if ref := r.meantReference(e, en); ref != "" {
				fix = "did you mean " + ref + "?"
			}
			r.fail(wrongAt(e, to), "SG302", fix, "%s for %s %s", e, what, wrong)
			return nil
		}
		r.warnOfText(e, en, to, what)
		return l
	}
	v := r.present(r.value(e, en), en)
	if v == nil {
		return nil
	}
	r.fit(v, to, e, what)
	return v
}

// isName reports whether an expression is a name alone, such as the parameter of
// a block that is passed on to another.
func isName(e spec.Expr) bool {
	ref, ok := e.(*spec.Ref)
	return ok && len(ref.Path) == 0
}

// holdsLiteral reports whether an expression is to be read as a constant: a
// scalar, or any list or mapping (a reference inside one is then reported).
func holdsLiteral(e spec.Expr) bool {
	switch e.(type) {
	case *spec.Scalar, *spec.List, *spec.Map:
		return true
	default:
		return false
	}
}

// fit checks that a value can stand where a shape is wanted. Data takes the
// shape of its first use.
func (r *resolver) fit(v Value, to Shape, at spec.Expr, what string) {
	if to.Go.IsZero() {
		return
	}
	if f, ok := v.(*FieldValue); ok && f.Data != nil && f.Data.Nested == nil && !f.Data.typed {
		r.typeField(f.Data, to)
		return
	}
	from := v.Shape()
	if from.unknown() {
		return // what made it was reported
	}
	if ok, why := Convertible(from, to); !ok {
		if r.untypedBefore(from) || r.untypedBefore(to) {
			return
		}
		is, wanted := from.describe(), to.describe()
		if is == wanted {
			is, wanted = is+" (in Go "+from.Go.String()+")", wanted+" (in Go "+to.Go.String()+")"
		}
		message := v.String() + " is " + is + ", and " + what + " is " + wanted
		fix := misfit(v, from, to)
		if why != "" {
			message, fix = message+": "+why, notNullFix(v)+"; or handle NULL in a Go function: $go.Name(…)"
		}
		r.fail(at.Position(), "SG301", fix, "%s", message)
	} else if f, isField := v.(*FieldValue); isField && f.Data != nil && f.Data.Nested == nil {
		r.checkTimes(f, to, at, what)
	}
}

// untypedBefore reports whether a shape is of a type that sqlc has no Go type for,
// and that was told already: all that it does not fit is one mistake.
func (r *resolver) untypedBefore(s Shape) bool {
	if !s.interfaceOnly() {
		return false
	}
	before := r.untyped[s.SQL]
	r.untyped[s.SQL] = true
	return before
}

// giveType says what to do about a type that sqlc has no Go type for.
func giveType(s Shape) string {
	return "sqlc has no Go type for " + s.SQL + ": give it one in sqlc.yaml, overrides: [{db_type: " + s.SQL + ", go_type: …}]"
}

// misfit says what to do about a value that does not fit.
func misfit(v Value, from, to Shape) string {
	switch {
	case to.interfaceOnly():
		return giveType(to)
	case from.interfaceOnly():
		return giveType(from)
	case to.Kind == List && from.Kind != List:
		return "the query takes a list; pass a whole list, or write a query that takes one element"
	case from.Kind == List:
		return "loop over it: for: x in " + v.String()
	case from.Kind == Row:
		return "name one of its columns, such as " + v.String() + ".id"
	case from.Kind == Text && to.Kind == UUID:
		return "convert it: $uuid(" + v.String() + ")"
	case from.Kind == Text && to.Kind == Int:
		return "convert it: $int(" + v.String() + ")"
	default:
		return "convert it in a Go function: $go.Name(…)"
	}
}
