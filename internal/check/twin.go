package check

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// twins warns of a step that does again what the step in front of it does: the
// same inserts, with the same values, over the same lists.
func (c *checker) twins(s *model.Scope, body []model.Node) {
	for i, n := range body {
		inner, pos := []model.Node(nil), diag.Pos{}
		switch n := n.(type) {
		case *model.Loop:
			inner, pos = n.Body, n.Pos
		case *model.Guard:
			inner, pos = n.Body, firstPos(n.Body)
		case *model.Call:
			pos = n.Pos
		}
		c.twins(s, inner)
		if i == 0 || pos == (diag.Pos{}) {
			continue
		}
		inserts := slices.ContainsFunc(model.Calls([]model.Node{n}), func(call *model.Call) bool { return call.Facts.Kind == schema.Insert && call.Facts.OnConflict == "" })
		reported := slices.ContainsFunc(c.findings, func(f *finding) bool { return f.Pos == pos && f.Severity != diag.Hint })
		t := twinship{loops: map[*model.Loop]*model.Loop{}, calls: map[*model.Call]*model.Call{}}
		if inserts && !reported && t.same(body[i-1], n) {
			c.report(s, diag.Problem{Pos: pos, Severity: diag.Warning, Code: codeTwin,
				Message: "the step does what the one in front of it does, with the same values: what that inserted is inserted again", Fix: "remove it, or give it other values"})
		}
	}
}

// firstPos is where the first step of a body is.
func firstPos(body []model.Node) diag.Pos {
	if calls := model.Calls(body); len(calls) > 0 {
		return calls[0].Pos
	}
	return diag.Pos{}
}

// twinship compares two pieces of a coordinator, and pairs their loops and calls.
type twinship struct {
	loops map[*model.Loop]*model.Loop
	calls map[*model.Call]*model.Call
}

func (t twinship) same(a, b model.Node) bool {
	switch a := a.(type) {
	case *model.Call:
		b, ok := b.(*model.Call)
		if !ok || a.Query != b.Query || a.Pos == b.Pos || len(a.Args) != len(b.Args) {
			return false
		}
		t.calls[a] = b
		return slices.EqualFunc(a.Args, b.Args, func(x, y *model.Arg) bool { return t.value(x.Value, y.Value) })
	case *model.Loop:
		b, ok := b.(*model.Loop)
		if !ok || a.Pos == b.Pos || a.Continues != nil || b.Continues != nil || !t.value(a.Over, b.Over) {
			return false
		}
		t.loops[a] = b
		return slices.EqualFunc(a.Filters, b.Filters, t.filter) && slices.EqualFunc(a.Body, b.Body, t.same)
	default: // a condition, or another scope
		return false
	}
}

func (t twinship) filter(a, b *model.Filter) bool {
	return a.Not == b.Not && t.value(a.Field, b.Field) && t.value(a.List, b.List) && slices.EqualFunc(a.Any, b.Any, t.value)
}

// value reports whether two values are the same, or made in the same way.
func (t twinship) value(a, b model.Value) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case *model.NewUUID:
		_, ok := b.(*model.NewUUID)
		return ok
	case *model.ElemValue:
		b, ok := b.(*model.ElemValue)
		return ok && (a.Loop == b.Loop || t.loops[a.Loop] == b.Loop)
	case *model.FieldValue:
		b, ok := b.(*model.FieldValue)
		return ok && a.Name == b.Name && t.value(a.Of, b.Of)
	case *model.ColumnValue:
		b, ok := b.(*model.ColumnValue)
		return ok && a.Index == b.Index && (a.Call == b.Call || t.calls[a.Call] == b.Call)
	case *model.GoCall:
		b, ok := b.(*model.GoCall)
		return ok && a.Func == b.Func && slices.EqualFunc(a.Args, b.Args, t.value)
	case *model.Concat:
		b, ok := b.(*model.Concat)
		return ok && slices.EqualFunc(a.Parts, b.Parts, t.value)
	case *model.Conversion:
		b, ok := b.(*model.Conversion)
		return ok && a.As == b.As && t.value(a.X, b.X)
	default:
		return model.Same(a, b)
	}
}
