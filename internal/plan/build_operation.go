package plan

import (
	"maps"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// itemVar and itemsVar are the variables of an item, and of all items.
const (
	itemVar  = "item"
	itemsVar = "items"
)

// nouns name who does an operation, in the names of its types.
var nouns = map[Kind]string{Create: "Creator", Purge: "Purger"}

// operation plans what can be done to scopes of one kind.
func operation(s *model.Scope, c *model.Operation, out *Scope, shared *common) *Operation {
	o := &Operation{Kind: c.Kind, GoName: out.GoName, Plural: goname.Plural(out.GoName), Given: "spec"}
	o.FuncName = string(c.Kind) + o.Plural
	o.Spec = &Struct{Name: o.GoName + nouns[c.Kind] + "Spec", Fields: inputFields(c.Inputs)}
	o.Result = &Struct{Name: o.GoName + nouns[c.Kind] + "Result"}
	o.fillDefaults(c.Inputs)
	if c.Addresses() {
		id := &Select{X: ident("spec"), Name: "ID"}
		o.Spec.Fields = append([]*Field{{Name: "ID", Type: s.ID.Go, Doc: "ID is the id of the scope."}}, o.Spec.Fields...)
		o.IDText, o.NoID = convert(id, s.ID, textShape), noID(id, s.ID)
	}
	hooks := shared.hookFields(c.Before)
	given := goname.Basic(o.Spec.Name)
	if len(c.Before) > 0 {
		o.Prepared = &Prepared{Type: &Struct{Name: "Prepared" + o.GoName}}
		o.Given, given = "p", goname.Basic(o.Prepared.Type.Name).PointerTo()
	}
	b := o.build(s, c, shared, o.values(c, shared, hooks), given)
	b.plan.Before = tellHooks(c.Before)
	if o.Prepared != nil {
		o.prepare(c, b, shared, hooks)
	}
	o.Context = shared.contextFields(b.uses.contexts)
	if c.Kind == Purge {
		o.purges(s, b)
	} else {
		o.gives(c)
	}
	return o
}

// values says how the steps reach what the caller gave for an item.
func (o *Operation) values(c *model.Operation, shared *common, hooks map[*model.Hook]string) callerValues {
	given := func(lv *level) Expr { return &Select{X: lv.turnOf(c.Items), Name: o.Given} }
	spec, context := given, func(in *model.Input, _ *level) Expr { return ident(shared.contexts[in]) }
	if o.Prepared != nil {
		spec = func(lv *level) Expr { return &Select{X: given(lv), Name: "spec"} }
		context = func(in *model.Input, lv *level) Expr { return &Select{X: given(lv), Name: shared.contexts[in]} }
	}
	return callerValues{
		input:   func(in *model.Input, lv *level) Expr { return inputOf(spec(lv), in) },
		context: context,
		hook:    func(h *model.Hook, lv *level) Expr { return &Select{X: given(lv), Name: hooks[h]} },
		id:      func(lv *level) Expr { return &Select{X: spec(lv), Name: "ID"} },
	}
}

// build plans the coordinator. given is the type of what the caller gives for an item.
func (o *Operation) build(s *model.Scope, c *model.Operation, shared *common, values callerValues, given goname.Type) *builder {
	body, of := c.StepByStep(s, shared.tables)
	b := newBuilder(c, body, s.Type, o.Kind, shared, values)
	b.plan.require(s.Create.Level)
	b.names.Reserve(otherLocals...)
	b.names.Reserve("i", "specs", itemVar, itemsVar)
	for in := range b.uses.contexts {
		b.names.Reserve(shared.contexts[in])
	}
	o.Item = &Struct{Name: b.names.Unique(goname.Unexported(s.Name) + "Item"), Fields: []*Field{
		{Name: o.Given, Type: given},
		{Name: "res", Type: goname.Basic(o.Result.Name).PointerTo()},
	}}
	fr := &frame{typ: o.Item, elem: o.Given, turn: itemVar, slice: fixed(ident(itemsVar))}
	fr.names.Reserve(o.Given, "res")
	b.frames[c.Items] = fr
	b.plan.Frames = []*Struct{o.Item}
	result := func(lv *level) Expr { return &Select{X: lv.turnOf(c.Items), Name: "res"} }
	b.within = []place{result}
	b.results[of] = result
	lists := of.Lists
	if of.Purge {
		lists = nil
		b.nameCounts(of.Body)
	}
	b.ownResult(result, of.Row, lists)
	top := b.build(body)
	b.afterAll(c, of.Purge, top)
	b.constraints(c, s)
	b.plan.Rides, b.plan.Waits = b.ending()
	b.plan.After = tellHooks(c.AfterCommit)
	o.Plan = b.plan
	return b
}

// fillDefaults fills the fields that the caller left out.
func (o *Operation) fillDefaults(inputs []*model.Input) {
	for _, in := range inputs {
		if in.Default == nil {
			continue
		}
		field := &Select{X: ident("spec"), Name: goname.Exported(in.Name)}
		o.Defaults = append(o.Defaults, &If{Cond: leftOut(in, field), Body: []Stmt{&Assign{Target: field, Value: defaultValue(in)}}})
	}
}

// prepare plans the work before the transaction: what `before` gives, and the context's
// values that it takes.
func (o *Operation) prepare(c *model.Operation, b *builder, shared *common, hooks map[*model.Hook]string) {
	prepared := ident("prepared")
	hb := &builder{uses: &uses{shared: map[model.Value]int{}}, lets: map[model.Value]place{}, letShape: map[model.Value]model.Shape{}, texts: map[model.Value]place{}, frames: map[*model.Loop]*frame{}, plan: b.plan}
	hb.names.Reserve(reservedLocals...)
	hb.names.Reserve(otherLocals...)
	hb.names.Reserve(shared.taken...)
	hb.values = callerValues{
		input:   func(in *model.Input, _ *level) Expr { return inputOf(ident("spec"), in) },
		context: func(in *model.Input, _ *level) Expr { return &Select{X: prepared, Name: shared.contexts[in]} },
		hook:    func(h *model.Hook, _ *level) Expr { return &Select{X: prepared, Name: hooks[h]} },
	}
	maps.Copy(b.uses.contexts, newUses(&schedule{}, nil, c.Before).contexts)
	for _, h := range c.Before {
		lv := &level{}
		stmt := &Let{Assign: true, Fails: h.Call.Func.Fails, NoValue: h.Call.Func.Result.Go.IsZero(), Step: "before." + h.Call.Func.Name}
		switch {
		case h.As != "":
			stmt.Name = &Select{X: prepared, Name: hooks[h]}
			o.Prepared.Type.Fields = append(o.Prepared.Type.Fields, &Field{Name: hooks[h], Type: h.Call.Func.Result.Go})
		case !stmt.NoValue:
			stmt.Name = ident("_")
		}
		hb.guarded(h.Conds, lv, func(at *level) Stmt {
			stmt.Value = hb.goCall(h.Call, at)
			return stmt
		})
		o.Prepared.Work = append(o.Prepared.Work, lv.out...)
	}
}
