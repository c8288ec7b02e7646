package plan

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// value builds a value for a place of a shape. name is what a variable that
// holds it is called.
func (b *builder) value(v model.Value, to model.Shape, lv *level, name string) Expr {
	switch v := v.(type) {
	case *model.NewUUID:
		b.drawUUID(v, to, lv, name)
	case *model.GoCall:
		b.computeGo(v, lv, name)
	case *model.ColumnValue:
		if v.Known != nil {
			return b.known(v, to, lv)
		}
	case *model.Conversion:
		if x, ok := v.X.(*model.ColumnValue); ok && v.To.There && x.Known != nil {
			return b.known(x, to, lv)
		}
	default: // nothing has to be computed first
	}
	return b.converted(v, b.raw(v, lv), b.shape(v), to, lv)
}

// converted builds x, which is v in the shape from, as another shape. The text
// of the scope's own id is made once: each permission of the scope needs it.
func (b *builder) converted(v model.Value, x Expr, from, to model.Shape, lv *level) Expr {
	loop, once := b.onceFor(v)
	if from.Kind != model.UUID || to.Kind != model.Text || !once {
		return convert(x, from, to)
	}
	if b.texts[v] == nil {
		name := "id"
		switch x := x.(type) {
		case *Ident:
			name = x.Name
		case *Select:
			name = x.Name
		default: // it has no name
		}
		home := lv.root(loop)
		if loop != nil {
			b.texts[v] = b.keep(loop, lv, name+"Text", textShape.Go)
			home.out = append(home.out, &Assign{Target: b.texts[v](home), Value: convert(x, from, textShape)})
		} else {
			text := ident(b.names.Unique(name + "Text"))
			b.texts[v] = fixed(text)
			home.out = append(home.out, &Let{Name: text, Value: convert(x, from, textShape)})
		}
	}
	return convert(b.texts[v](lv), textShape, to)
}

// onceFor reports whether the text of a value is made once, and in which loop:
// that of the scope's own id.
func (b *builder) onceFor(v model.Value) (loop *model.Loop, once bool) {
	switch v := v.(type) {
	case *model.ScopeID:
		return b.items, true
	case *model.NewUUID:
		loop = innermost(v.Loops)
		return loop, b.uses.shared[v] > 1 && (loop == nil || loop.Items)
	default:
		return nil, false
	}
}

// known builds a column that the statement fixes to one of its arguments.
func (b *builder) known(v *model.ColumnValue, to model.Shape, lv *level) Expr {
	arg := v.Known
	from := arg.Value.Shape()
	if _, drawn := arg.Value.(*model.NewUUID); !drawn {
		if ok, _ := model.Convertible(from, to); ok && from.Kind == to.Kind {
			return b.value(arg.Value, to, lv, arg.Name)
		}
	}
	return b.converted(arg.Value, b.value(arg.Value, arg.Of(), lv, arg.Name), arg.Of(), to, lv)
}

// drawUUID draws an id once, in the shape of its first use.
func (b *builder) drawUUID(v *model.NewUUID, to model.Shape, lv *level, name string) {
	if b.lets[v] != nil {
		return
	}
	own := v.Shape()
	shape := own
	if to.Kind == model.UUID && to.Form != model.Pointer {
		shape = to
		shape.Nullable = false
	}
	if v.Name != "" {
		name = v.Name + "_id"
	}
	drawn := call(&Select{X: ident("op"), Name: "NewUUID"})
	b.let(v, v.Loops, nil, lv, goname.Unexported(name), shape, func(*level) *Let {
		return &Let{Value: convert(drawn, own, shape)}
	})
}

// computeGo calls a Go function once, in front of the calls that need it: a
// call may be made again, and a failure must end the coordinator.
func (b *builder) computeGo(v *model.GoCall, lv *level, name string) {
	if b.lets[v] != nil {
		return
	}
	b.let(v, v.Loops, v.Guards, lv, goname.Unexported(name), v.Shape(), func(at *level) *Let {
		return &Let{Value: b.goCall(v, at), Fails: v.Func.Fails, Step: "$go." + v.Func.Name}
	})
}

func (b *builder) goCall(v *model.GoCall, lv *level) Expr {
	c := call(&Qualified{Pkg: v.Func.Pkg, PkgName: v.Func.PkgName, Name: v.Func.Name})
	if v.Func.Context {
		c.Args = append(c.Args, ident("ctx"))
	}
	for i, a := range v.Args {
		c.Args = append(c.Args, b.value(a, v.Func.Params[i], lv, "arg"))
	}
	return c
}

// shape is the shape of what raw builds.
func (b *builder) shape(v model.Value) model.Shape {
	if s, ok := b.letShape[v]; ok {
		return s
	}
	return v.Shape()
}

// raw builds a value in its own shape.
func (b *builder) raw(v model.Value, lv *level) Expr {
	if p := b.lets[v]; p != nil {
		return p(lv)
	}
	switch v := v.(type) {
	case *model.Literal:
		return literal(v)
	case *model.InputValue:
		return b.values.input(v.Input, lv)
	case *model.ContextValue:
		return b.values.context(v.Input, lv)
	case *model.HookResult:
		return b.values.hook(v.Hook, lv)
	case *model.ScopeID:
		return b.values.id(lv)
	case *model.ItemsValue:
		return ident(itemsVar)
	case *model.LockedValue:
		return b.locked[v.Call](lv)
	case *model.RowValue:
		return b.rows[v.Call](lv)
	case *model.RowsValue:
		return b.rows[v.Call](lv)
	case *model.GroupsValue:
		return b.groups(v, lv)
	case *model.ColumnValue:
		if v.Known != nil {
			return b.known(v, v.Of, lv)
		}
		return selectField(b.rows[v.Call](lv), v.Call.Query.Columns[v.Index].Field)
	case *model.ListValue:
		return b.list(v.List, lv)
	case *model.PickValue:
		return &Index{X: b.list(v.List, lv), I: v.Index, Comment: plainWords(v.Key)}
	case *model.ElemValue:
		lv.root(v.Loop).used = true
		return lv.at(v.Loop).elem
	case *model.FieldValue:
		of := b.raw(v.Of, lv)
		if v.Of.Shape().Kind == model.List { // a group: its rows have one value
			of = &First{X: of}
		}
		return selectField(of, v.Field)
	case *model.DataValue:
		return ident(dataVar(v.Set))
	case *model.NowValue:
		return now(v)
	case *model.Concat:
		return b.concat(v, lv)
	case *model.Conversion:
		return b.conversion(v, lv)
	case *model.NewUUID, *model.GoCall:
		return b.value(v, v.Shape(), lv, "value")
	default:
		panic(fmt.Sprintf("plan: no Go for a %T", v))
	}
}

// plainWords returns a text that can stand in a comment within a line, and ""
// for any other.
func plainWords(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' && r != ' '
	}) {
		return ""
	}
	return s
}

// selectField is x.a.b for the field "a.b", and x for none.
func selectField(x Expr, field string) Expr {
	if field == "" {
		return x
	}
	for name := range strings.SplitSeq(field, ".") {
		x = &Select{X: x, Name: name}
	}
	return x
}

func now(v *model.NowValue) Expr {
	t := Expr(call(&Select{X: ident("op"), Name: "Now"}))
	if v.Offset == 0 {
		return t
	}
	return call(&Select{X: t, Name: "Add"}, duration(v.Offset.Nanoseconds()))
}

// duration spells a number of nanoseconds in the largest unit that divides it.
func duration(ns int64) Expr {
	for _, u := range []struct {
		name string
		ns   int64
	}{{"Hour", 3600e9}, {"Minute", 60e9}, {"Second", 1e9}, {"Millisecond", 1e6}, {"Microsecond", 1e3}} {
		if ns%u.ns == 0 {
			return &Binary{Op: "*", Left: &Lit{Source: strconv.FormatInt(ns/u.ns, 10)}, Right: &Qualified{Pkg: "time", PkgName: "time", Name: u.name}}
		}
	}
	return &Lit{Source: strconv.FormatInt(ns, 10)}
}

func (b *builder) concat(v *model.Concat, lv *level) Expr {
	var out Expr
	for _, p := range v.Parts {
		x := b.value(p, v.Shape(), lv, "part")
		if out == nil {
			out = x
		} else {
			out = &Binary{Op: "+", Left: out, Right: x}
		}
	}
	if out == nil {
		return &Lit{Source: `""`}
	}
	return out
}

// conversion builds $uuid(x), $int(x) or $text(x). Parsing a text may fail, so
// it is done in front of the call.
func (b *builder) conversion(v *model.Conversion, lv *level) Expr {
	from := v.X.Shape()
	if v.To.There { // unwrapped where its place wants the bare value
		return b.value(v.X, b.shape(v.X), lv, "value")
	}
	if ok, _ := model.Convertible(from, v.To); ok {
		return b.value(v.X, v.To, lv, v.As)
	}
	x := b.value(v.X, from, lv, v.As)
	parse := call(inScope("ParseUUID"), x)
	if v.As == "int" {
		parse = call(inRuntime("ParseInt"), x)
	}
	home := lv
	local := ident(b.names.Unique(v.As + "Value"))
	home.out = append(home.out, &Let{Name: local, Value: parse, Fails: true, Step: v.String()})
	return local
}

// list is where the rows of `into` are kept; it is declared at its first use.
func (b *builder) list(l *model.Collected, lv *level) Expr {
	if b.lists[l] == nil {
		b.lists[l] = b.keep(innermost(l.Loops), lv, goname.Unexported(l.Name), l.Row.Go.SliceOf())
	}
	return b.lists[l](lv)
}
