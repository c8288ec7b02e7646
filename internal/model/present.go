package model

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
)

// asPresent marks the Conversion of a value that is known to be there: the
// generated code takes it out of the Go type that could hold NULL.
const asPresent = "present"

// present wraps a value that may be NULL where it is not: a condition around the
// place, or a filter of a loop around it, says so, or the INSERT that made its row.
func (r *resolver) present(v Value, en *env) Value {
	if v == nil || !v.Shape().MayBeNull() || !en.isSet(v) && !r.isGiven(v) {
		return v
	}
	to := v.Shape()
	to.Nullable, to.There = false, true
	return &Conversion{To: to, X: v, As: asPresent}
}

// isGiven reports whether a value is a column of the row that an INSERT made, which
// gave it a value that is there, or left it to its default.
func (r *resolver) isGiven(v Value) bool {
	v0, ok := v.(*ColumnValue)
	if !ok || v0.Call.Facts.Kind != schema.Insert {
		return false
	}
	ret := returned(v0.Call, v0.Index)
	if ret == nil || ret.Table != v0.Call.Facts.Target || ret.MayBeNull {
		return false
	}
	col := r.tableColumn(ret.Table, ret.Column)
	i := slices.IndexFunc(v0.Call.Facts.Sets, func(s schema.ColumnValue) bool { return s.Column == ret.Column })
	if i < 0 {
		return col != nil && col.Default
	}
	for _, a := range v0.Call.Args {
		if a.written && a.column == col && a.Value != nil && !a.Gathered {
			return !a.Value.Shape().MayBeNull() && !isNullLiteral(a.Value)
		}
	}
	return false
}

// isSet reports whether the conditions and filters around a place say that a value
// is not NULL.
func (en *env) isSet(v Value) bool {
	same := func(x Value) bool { return isSame(x, v) }
	for _, c := range en.guards {
		if slices.ContainsFunc(setWhen(c, true), same) {
			return true
		}
	}
	for _, l := range en.loops {
		for _, f := range l.Filters {
			if isSame(f.Field, v) && f.excludesNull() {
				return true
			}
		}
	}
	return false
}

// setWhen lists the values that are not NULL when a condition holds, or when it
// does not.
func setWhen(c Cond, holds bool) []Value {
	switch c := c.(type) {
	case *IsSet:
		if holds {
			return []Value{c.Value}
		}
	case *Compare:
		if holds { // nothing equals NULL, but for a literal null that asks for it
			return slices.DeleteFunc([]Value{c.Left, c.Right}, func(Value) bool { return isNullLiteral(c.Left) || isNullLiteral(c.Right) })
		}
		if isNullLiteral(c.Right) {
			return []Value{c.Left}
		}
	case *Negation:
		return setWhen(c.Cond, !holds)
	case *Junction:
		if c.Any == holds {
			return nil // one of them, and it is not known which
		}
		var all []Value
		for _, x := range c.Conds {
			all = append(all, setWhen(x, holds)...)
		}
		return all
	default: // it says nothing of NULL
	}
	return nil
}

// excludesNull reports whether a filter leaves out the elements whose field is
// NULL.
func (f *Filter) excludesNull() bool {
	if f.List != nil {
		return !f.Not
	}
	return slices.ContainsFunc(f.Any, isNullLiteral) == f.Not
}

func isNullLiteral(v Value) bool {
	l, ok := v.(*Literal)
	return ok && l.Null
}

// refuseNull reports a value that may be NULL for a column that is NOT NULL, where
// the Go types would let it pass.
func (r *resolver) refuseNull(c *Call, a *Arg, v Value, at spec.Expr) {
	if !a.written || !a.column.NotNull || c.Facts.Kind != schema.Insert && c.Facts.Kind != schema.Update {
		return
	}
	if t := r.catalog.Table(c.Facts.Target); t == nil || t.Rewrites(c.Facts.Events()) {
		return // a trigger may give it a value
	}
	if from := v.Shape(); from.Kind == List || !from.MayBeNull() || from.SQL == "" {
		return
	}
	r.problems.Add(diag.Problem{Pos: at.Position(), Code: "SG305", Message: fmt.Sprintf("%s may be NULL, and %s.%s is NOT NULL", v, c.Facts.Target, a.column.Name),
		Fix: notNullFix(v), Related: []diag.Related{{Pos: a.column.Pos, Message: "the column is declared here"}}})
}

// notNullFix says what to do about a value that may be NULL.
func notNullFix(v Value) string {
	step := "put the step under when: {set: " + v.String() + "}"
	if in, ok := v.(*InputValue); ok {
		if in.Input.Shape.SQL == "" {
			return step
		}
		return fmt.Sprintf("declare the input as one that is never NULL: inputs: {%s: %s}; or %s", in.Input.Name, in.Input.Shape.SQL, step)
	}
	return step + ", or make the column that it comes from NOT NULL"
}
