package plan

import (
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// itemVar and itemsVar are the variables of an item, and of all items.
const (
	itemVar  = "item"
	itemsVar = "items"
)

// newOperation names what an operation consists of.
func newOperation(kind Kind, of *Scope, noun string) *Operation {
	o := &Operation{Kind: kind, GoName: of.GoName, Plural: goname.Plural(of.GoName), Given: "spec"}
	o.FuncName = string(kind) + o.Plural
	o.Spec = &Struct{Name: o.GoName + noun + "Spec"}
	o.Result = &Struct{Name: o.GoName + noun + "Result"}
	return o
}

// create plans the creation of scopes.
func create(s *model.Scope, out *Scope, shared *common) *Operation {
	o := newOperation(Create, out, "Creator")
	o.Spec.Fields = inputFields(s.Inputs)
	o.fillDefaults(s.Inputs)
	given := goname.Basic(o.Spec.Name)
	hooks := shared.hookFields(s.Before)
	c := s.Create
	var item func(lv *level) Expr
	values := callerValues{
		input:   func(in *model.Input, lv *level) Expr { return inputOf(item(lv))(in) },
		context: func(in *model.Input, _ *level) Expr { return ident(shared.contexts[in]) },
	}
	item = func(lv *level) Expr { return &Select{X: lv.turnOf(c.Items), Name: o.Given} }
	if len(s.Before) > 0 {
		o.Prepared = &Prepared{Type: &Struct{Name: "Prepared" + o.GoName}, Hooks: true}
		o.Given, given = "p", goname.Basic(o.Prepared.Type.Name).PointerTo()
		prepared := item
		item = func(lv *level) Expr { return &Select{X: prepared(lv), Name: "spec"} }
		values.context = func(in *model.Input, lv *level) Expr { return &Select{X: prepared(lv), Name: shared.contexts[in]} }
		values.hook = func(h *model.Hook, lv *level) Expr { return &Select{X: prepared(lv), Name: hooks[h]} }
	}
	b := o.build(s, c, shared, values, given)
	b.plan.Before = tellHooks(s.Before)
	o.Context = shared.contextFields(b.uses.contexts)
	if o.Prepared != nil {
		o.prepare(s, b, shared, hooks)
	}
	creatorResult(o.Result, s)
	return o
}

// purge plans the purge of scopes.
func purge(s *model.Scope, out *Scope, shared *common) *Operation {
	o := newOperation(Purge, out, "Purger")
	o.Spec.Fields = append([]*Field{{Name: "ID", Type: s.ID.Go, Doc: "ID is the id of the scope."}}, inputFields(s.PurgeInputs)...)
	o.fillDefaults(s.PurgeInputs)
	c := s.Purge
	values := callerValues{
		input: func(in *model.Input, lv *level) Expr {
			return inputOf(&Select{X: lv.turnOf(c.Items), Name: o.Given})(in)
		},
		context: func(in *model.Input, _ *level) Expr { return ident(shared.contexts[in]) },
		id: func(lv *level) Expr {
			return &Select{X: &Select{X: lv.turnOf(c.Items), Name: o.Given}, Name: "ID"}
		},
	}
	b := o.build(s, c, shared, values, goname.Basic(o.Spec.Name))
	o.Context = shared.contextFields(b.uses.contexts)
	id := &Select{X: ident("spec"), Name: "ID"}
	o.IDText, o.NoID = convert(id, s.ID, textShape), noID(id, s.ID)
	purgerResult(o.Result, s, b)
	o.Absent = absence(s, "nothing is touched", "what was left of it is removed")
	if row := s.Purge.Row; row != nil && row.Guarded != "" {
		o.Stays = "scope.ErrInUse"
		if row.Missing != nil {
			o.Stays = row.Missing.Name
		}
	}
	return o
}

// build plans the coordinator. given is the type of what the caller gives for an item.
func (o *Operation) build(s *model.Scope, c *model.Coordinator, shared *common, values callerValues, given goname.Type) *builder {
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

// prepare plans the work before the transaction: the context's values, and what
// `before` gives.
func (o *Operation) prepare(s *model.Scope, b *builder, shared *common, hooks map[*model.Hook]string) {
	prepared := ident("prepared")
	hb := &builder{uses: &uses{shared: map[model.Value]int{}}, lets: map[model.Value]place{}, letShape: map[model.Value]model.Shape{}, texts: map[model.Value]place{}, frames: map[*model.Loop]*frame{}, plan: b.plan}
	hb.names.Reserve(reservedLocals...)
	hb.names.Reserve(otherLocals...)
	hb.names.Reserve(shared.taken...)
	hb.values = callerValues{
		input:   func(in *model.Input, _ *level) Expr { return inputOf(ident("spec"))(in) },
		context: func(in *model.Input, _ *level) Expr { return &Select{X: prepared, Name: shared.contexts[in]} },
		hook:    func(h *model.Hook, _ *level) Expr { return &Select{X: prepared, Name: hooks[h]} },
	}
	contexts := b.uses.contexts
	for in := range newUses(&schedule{}, nil, s.Before).contexts {
		contexts[in] = true
	}
	o.Context = shared.contextFields(contexts)
	for _, h := range s.Before {
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
