package plan

import (
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

func purger(s *model.Scope, out *Scope, shared *common) *Purger {
	p := &Purger{Func: "purge" + out.GoName}
	p.Spec = &Struct{Name: out.GoName + "PurgerSpec", Fields: []*Field{{Name: "ID", Type: s.ID.Go, Doc: "ID is the id of the scope."}}}
	p.Spec.Fields = append(p.Spec.Fields, inputFields(s.PurgeInputs)...)
	id := &Select{X: ident("spec"), Name: "ID"}
	values := callerValues{
		input:   fromAnywhere(inputOf(ident("spec"))),
		context: func(in *model.Input, _ *level) Expr { return ident(shared.contexts[in]) },
		id:      id,
	}
	b := newBuilder(s.Purge, s.Type, "purge", shared, values)
	b.plan.require(model.Level{})
	for in := range b.uses.contexts {
		b.names.Reserve(shared.contexts[in])
	}
	b.within = []place{fixed(ident("res"))}
	b.ownResult(b.within[0], s.Purge.Row, nil)
	b.nameCounts(s.Purge.Body)
	top := b.build(s.Purge.Body)
	if b.afterCommit(s.Purge.AfterCommit, top); len(b.plan.AfterCommit) > 0 {
		b.plan.AfterCommit = []Stmt{&If{Cond: &Select{X: ident("res"), Name: "Found"}, Body: b.plan.AfterCommit}}
	}
	b.constraints(s.Purge, s)
	b.plan.Rides, b.plan.Waits = b.ending()
	p.Plan = b.plan
	p.Plan.After = tellHooks(s.Purge.AfterCommit)
	p.Many = purgeMany(s, out, shared)
	p.Context = shared.contextFields(b.uses.contexts)
	p.IDText = convert(id, s.ID, textShape)
	p.Plan.NoID = noID(id, s.ID)
	p.Many.Plan.NoID = p.Plan.NoID
	p.Result = purgerResult(s, out, b)
	p.Absent = absence(s, "nothing is touched", "what was left of it is removed")
	if row := s.Purge.Row; row != nil && row.Guarded != "" {
		p.Stays = "scope.ErrInUse"
		if row.Missing != nil {
			p.Stays = row.Missing.Name
		}
	}
	return p
}

// noID tells that an id is not set; nil where it cannot be told.
func noID(id Expr, of model.Shape) Expr {
	switch of.Form {
	case model.Valid:
		return &Not{X: &Select{X: id, Name: "Valid"}}
	case model.Pointer:
		return &Binary{Op: "==", Left: id, Right: &Lit{Source: "nil"}}
	default:
		return nil
	}
}

var textShape = model.Shape{Go: goname.Basic("string"), Kind: model.Text, Base: goname.Basic("string")}

// purgerResult is what a purger gives back: whether the scope was there, its
// row, and how many rows each step deleted.
func purgerResult(s *model.Scope, out *Scope, b *builder) *Struct {
	r := &Struct{Name: out.GoName + "PurgerResult"}
	r.Fields = append(r.Fields, &Field{Name: "Found", Type: goname.Basic("bool"), Doc: "Found reports whether the scope's row was there. " + absence(s, "When it was not, nothing was touched.", "When it was not, what else was left of the scope is gone all the same.")})
	if c := s.Purge.Row; c != nil && c.Query.Cmd == "one" {
		r.Fields = append(r.Fields, &Field{Name: "Row", Type: c.Query.Row, Doc: "Row is the row as it was; the zero value when Found is false."})
	}
	for _, c := range ownSteps(s.Purge.Body) {
		if name := b.counts[c]; name != "" {
			r.Fields = append(r.Fields, &Field{Name: name, Type: goname.Basic("int64"), Doc: name + " is the number of rows that " + c.Query.Name + " took."})
		}
	}
	return addNested(r, s.Purge.Nested)
}

// absence chooses what is said of a scope whose row is not there.
func absence(s *model.Scope, nothing, cleaned string) string {
	if row := s.Purge.Row; row != nil && row.Lock != nil && row.Lock.Decisive != "" {
		return nothing
	}
	return cleaned
}

// nameCounts names the field of the result that counts each step of a purge:
// after the step, else after its table.
func (b *builder) nameCounts(body []model.Node) {
	var names goname.Namer
	names.Reserve("Found", "Row")
	for _, n := range ownNested(body) {
		names.Reserve(nestedField(n))
	}
	for _, c := range ownSteps(body) {
		if c.Bulk() || c.Query.Cmd == "exec" || c.Query.Cmd == "one" || c.Query.Cmd == "many" && (!c.Deletes() || b.uses.read[c] || c.Into != nil) {
			continue
		}
		name := c.Name
		if !c.Named && c.Table() != "" {
			name = c.Table()
		}
		b.counts[c] = names.Unique(goname.Exported(name))
	}
	for _, n := range ownNested(body) {
		b.nameCounts(n.Body)
	}
}

// ownNested are the scopes nested right in a scope's steps.
func ownNested(body []model.Node) []*model.Nested {
	var out []*model.Nested
	for _, n := range body {
		switch n := n.(type) {
		case *model.Nested:
			out = append(out, n)
		case *model.Loop:
			out = append(out, ownNested(n.Body)...)
		case *model.Guard:
			out = append(out, ownNested(n.Body)...)
		}
	}
	return out
}

// ownSteps are the purge steps of a scope, without those of nested ones.
func ownSteps(body []model.Node) []*model.Call {
	var out []*model.Call
	for _, n := range body {
		switch n := n.(type) {
		case *model.Call:
			if n.Role == model.PurgeStep {
				out = append(out, n)
			}
		case *model.Loop:
			out = append(out, ownSteps(n.Body)...)
		case *model.Guard:
			out = append(out, ownSteps(n.Body)...)
		}
	}
	return out
}
