package plan

import (
	"fmt"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// Many is the coordinator for many scopes of one kind. What it keeps of an item
// is a struct, its first frame.
type Many struct {
	GoName string // such as Projects
	Func   string // such as createProjects
	Item   *Struct
	Elem   string // the field of Item that holds what the caller gave
	Plan   *Coordinator
}

// itemVar and itemsVar are the variables of an item, and of all items.
const (
	itemVar  = "item"
	itemsVar = "items"
)

// createMany plans the creation of many scopes.
func createMany(s *model.Scope, out *Scope, shared *common) *Many {
	hooks := shared.hookFields(s.Before)
	m := &Many{GoName: goname.Plural(out.GoName), Elem: "p"}
	m.Func = "create" + m.GoName
	given := func(lv *level) Expr { return &Select{X: lv.turnOf(s.CreateMany.Items), Name: m.Elem} }
	values := callerValues{
		input:   func(in *model.Input, lv *level) Expr { return inputOf(&Select{X: given(lv), Name: "spec"})(in) },
		context: func(in *model.Input, lv *level) Expr { return &Select{X: given(lv), Name: shared.contexts[in]} },
		hook:    func(h *model.Hook, lv *level) Expr { return &Select{X: given(lv), Name: hooks[h]} },
	}
	m.build(s, s.CreateMany, "create", shared, values, []*Field{
		{Name: m.Elem, Type: goname.Basic("Prepared" + out.GoName).PointerTo()},
		{Name: "res", Type: goname.Basic(out.GoName + "CreatorResult").PointerTo()},
	})
	return m
}

// purgeMany plans the purge of many scopes.
func purgeMany(s *model.Scope, out *Scope, shared *common) *Many {
	m := &Many{GoName: goname.Plural(out.GoName), Elem: "spec"}
	m.Func = "purge" + m.GoName
	values := callerValues{
		input: func(in *model.Input, lv *level) Expr {
			return inputOf(&Select{X: lv.turnOf(s.PurgeMany.Items), Name: m.Elem})(in)
		},
		context: func(in *model.Input, _ *level) Expr { return ident(shared.contexts[in]) },
	}
	m.build(s, s.PurgeMany, "purge", shared, values, []*Field{
		{Name: m.Elem, Type: goname.Basic(out.GoName + "PurgerSpec")},
		{Name: "res", Type: goname.Basic(out.GoName + "PurgerResult").PointerTo()},
	})
	return m
}

func (m *Many) build(s *model.Scope, c *model.Coordinator, op string, shared *common, values callerValues, fields []*Field) {
	b := newBuilder(c, s.Type, op, shared, values)
	b.plan.require(s.Create.Level)
	b.names.Reserve(otherLocals...)
	b.names.Reserve("i", "specs", itemVar, itemsVar)
	for in := range b.uses.contexts {
		b.names.Reserve(shared.contexts[in])
	}
	m.Item = &Struct{Name: b.names.Unique(goname.Unexported(s.Name) + "Item"), Fields: fields}
	fr := &frame{typ: m.Item, elem: m.Elem, turn: itemVar, slice: fixed(ident(itemsVar))}
	fr.names.Reserve(m.Elem, "res")
	b.frames[c.Items] = fr
	b.plan.Frames = []*Struct{m.Item}
	of := c.Nested[0]
	result := func(lv *level) Expr { return &Select{X: lv.turnOf(c.Items), Name: "res"} }
	b.within = []place{result}
	b.results[of] = result
	lists := of.Lists
	if of.Purge {
		lists = nil
		b.nameCounts(of.Body)
	}
	b.ownResult(result, of.Row, lists)
	top := b.build(c.Body)
	b.afterAll(c, top)
	b.constraints(c, s)
	b.plan.Rides, b.plan.Waits = b.ending()
	m.Plan = b.plan
}

// items builds a loop over the items of a call. Locks are taken in the order of
// what they look up, and one lock serves all items that look up the same.
func (b *builder) items(n *model.Loop, lv *level) []Stmt {
	l := n.Continues
	in := b.itemLevel(l, lv)
	r := &Items{Var: itemVar, Over: ident(itemsVar), Item: b.frames[l].typ.Name}
	if n.By != nil {
		r.By = b.lockKey(n.By, in)
		r.Distinct = r.By != nil && n.By.Role == model.ParentLock && !b.uses.read[n.By]
	}
	in.used = false
	b.body(n.Body, in, &in.out)
	r.Body = in.out
	if !in.used {
		r.Var = ""
	}
	return []Stmt{r}
}

// itemLevel is the body of a loop over the items. The element of a purge's item is
// its id; a creator's has none that a step could name.
func (b *builder) itemLevel(l *model.Loop, lv *level) *level {
	fr := b.frames[l]
	given := &Select{X: ident(fr.turn), Name: fr.elem}
	return &level{loop: l, outer: lv, turn: ident(fr.turn), elem: &Select{X: given, Name: "ID"}}
}

// lockKey is a text that tells apart what a lock looks up; nil where something
// would have to be computed for it.
func (b *builder) lockKey(c *model.Call, lv *level) Expr {
	var key Expr
	for _, a := range c.Args {
		switch a.Value.(type) {
		case *model.Literal:
			continue
		case *model.InputValue, *model.ElemValue, *model.ContextValue:
		default:
			return nil
		}
		if ok, _ := model.Convertible(a.Value.Shape(), textShape); !ok || a.Value.Shape().Form == model.Pointer {
			return nil
		}
		part := b.converted(nil, b.raw(a.Value, lv), a.Value.Shape(), textShape, lv)
		if key != nil {
			key = &Binary{Op: "+", Left: key, Right: &Binary{Op: "+", Left: &Lit{Source: `"\x00"`}, Right: part}}
			continue
		}
		key = part
	}
	return key
}

// afterAll queues the hooks of each item.
func (b *builder) afterAll(c *model.Coordinator, top *level) {
	if len(c.AfterCommit) == 0 {
		return
	}
	in := b.itemLevel(c.Items, top)
	b.afterCommit(c.AfterCommit, in)
	body := b.plan.AfterCommit
	if c.Nested[0].Purge {
		body = []Stmt{&If{Cond: &Select{X: b.within[0](in), Name: "Found"}, Body: body}}
	}
	b.plan.AfterCommit = []Stmt{&Items{Var: itemVar, Over: ident(itemsVar), Item: b.frames[c.Items].typ.Name, Body: body}}
}

// Summary tells in how many round trips many scopes at once are dealt with, and
// which steps are sent once for all of them.
func (m *Many) Summary(method string) string {
	text := fmt.Sprintf("%s: any number in %s", method+m.GoName, Trips(m.Plan.RoundTrips()))
	once := m.Once()
	if len(once) > 0 {
		text += "; once for all: " + strings.Join(once, ", ")
	}
	return text
}

// Once names the steps that are sent once for all scopes.
func (m *Many) Once() []string {
	var once []string
	for _, f := range m.Plan.Flushes {
		for _, c := range f.Calls {
			if c.once {
				once = append(once, c.Step)
			}
		}
	}
	return once
}
