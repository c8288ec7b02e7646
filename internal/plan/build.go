package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// Build plans every coordinator of a project that has no errors.
func Build(p *model.Project) *Package {
	pkg := &Package{Name: p.Package, ImportPath: p.ImportPath}
	shared := newCommon(p)
	pkg.Aliases = shared.aliases
	for _, in := range p.Context {
		pkg.Context = append(pkg.Context, &Field{Name: goname.Exported(in.Name), Type: in.Shape.Go, Doc: in.Doc})
	}
	for _, set := range p.Data {
		pkg.Data = append(pkg.Data, table(set))
	}
	for _, e := range p.Errors {
		pkg.Errors = append(pkg.Errors, &ErrorVar{Name: e.Name, Is: e.Is, Text: errorText(e.Name), Doc: e.Doc})
	}
	for _, s := range p.Scopes {
		out := &Scope{Name: s.Name, GoName: goname.Exported(s.Name), Type: s.Type, FileName: goname.Snake(s.Name) + "_scope.go", Doc: s.Doc}
		relatives(s, out, p.Scopes)
		out.Creator = creator(s, out, shared)
		if s.Purge != nil {
			out.Purger = purger(s, out, shared)
			tellApart(out.Creator.Plan, out.Purger.Plan)
			many := out.Purger.Many.Plan
			many.ConstraintsVar, many.ConstraintsShared = out.Purger.Plan.ConstraintsVar, true
		}
		pkg.Scopes = append(pkg.Scopes, out)
	}
	return pkg
}

// tellApart lets a purge share the creator's map of constraints when they are
// the same; scopes that are nested in the creator make them differ.
func tellApart(create, purge *Coordinator) {
	if purge.ConstraintsVar == "" {
		return
	}
	if purge.ConstraintsShared = slices.Equal(create.Constraints, purge.Constraints); !purge.ConstraintsShared {
		purge.ConstraintsVar = strings.Replace(purge.ConstraintsVar, "Constraints", "PurgeConstraints", 1)
	}
}

// errorText is the text of a sentinel: ErrProjectNameTaken is "project name taken".
func errorText(name string) string {
	return strings.Join(goname.Words(strings.TrimPrefix(name, "Err")), " ")
}

func creator(s *model.Scope, out *Scope, shared *common) *Creator {
	c := &Creator{Func: "create" + out.GoName, HasHooks: len(s.Before) > 0}
	c.Spec = &Struct{Name: out.GoName + "CreatorSpec", Fields: inputFields(s.Inputs)}
	c.Prepared = &Struct{Name: "Prepared" + out.GoName}
	p := ident("p")
	hooks := shared.hookFields(s.Before)
	values := callerValues{
		input:   fromAnywhere(inputOf(&Select{X: p, Name: "spec"})),
		context: func(in *model.Input, _ *level) Expr { return &Select{X: p, Name: shared.contexts[in]} },
		hook:    func(h *model.Hook, _ *level) Expr { return &Select{X: p, Name: hooks[h]} },
	}
	b := newBuilder(s.Create, s.Type, "create", shared, values)
	b.names.Reserve("p")
	b.plan.require(s.Create.Level)
	b.within = []place{fixed(ident("res"))}
	b.ownResult(b.within[0], s.Create.Row, s.Create.Lists)
	top := b.build(s.Create.Body)
	b.afterCommit(s.Create.AfterCommit, top)
	b.constraints(s.Create, s)
	b.plan.Rides, b.plan.Waits = b.ending()
	c.Plan = b.plan
	c.Plan.Before, c.Plan.After = tellHooks(s.Before), tellHooks(s.Create.AfterCommit)
	c.Many = createMany(s, out, shared)
	c.Many.Plan.ConstraintsShared = true
	c.Result = creatorResult(s, out)
	c.prepare(s, b, shared, hooks)
	return c
}

// inputFields are the fields that the caller fills.
func inputFields(inputs []*model.Input) []*Field {
	var out []*Field
	for _, in := range inputs {
		f := &Field{Name: goname.Exported(in.Name), Type: in.Shape.Go, Doc: in.Doc}
		if in.Default != nil {
			if needsPointer(in) {
				f.Type = f.Type.PointerTo()
			}
			f.Doc = strings.TrimSpace(f.Doc + " When left out it is " + in.Default.String() + ".")
		}
		out = append(out, f)
	}
	return out
}

// inputOf reads an input; one with a default was filled in by Prepare.
func inputOf(spec Expr) func(*model.Input) Expr {
	return func(in *model.Input) Expr {
		x := &Select{X: spec, Name: goname.Exported(in.Name)}
		if in.Default != nil && needsPointer(in) {
			return &Deref{X: x}
		}
		return x
	}
}

// fromAnywhere reads an input in the same way at every level.
func fromAnywhere(read func(*model.Input) Expr) func(*model.Input, *level) Expr {
	return func(in *model.Input, _ *level) Expr { return read(in) }
}

// needsPointer reports whether a field with a default must be a pointer to
// tell that it was left out.
func needsPointer(in *model.Input) bool { return !in.Shape.Optional() }

// creatorResult is what a creator gives back: the row, lists, nested scopes.
func creatorResult(s *model.Scope, out *Scope) *Struct {
	r := &Struct{Name: out.GoName + "CreatorResult"}
	if s.Create.Row != nil {
		r.Fields = append(r.Fields, &Field{Name: "Row", Type: s.Create.Row.Query.Row, Doc: "Row is the row of the scope itself."})
	}
	r.Fields = append(r.Fields, listFields(s.Create.Lists)...)
	return addNested(r, s.Create.Nested)
}

func listFields(lists []*model.Collected) []*Field {
	var out []*Field
	for _, l := range lists {
		name := goname.Exported(l.Name)
		out = append(out, &Field{Name: name, Type: l.Row.Go.SliceOf(), Doc: name + " are the rows that were made, in order."})
	}
	return out
}

func addNested(r *Struct, nested []*model.Nested) *Struct {
	for _, n := range nested {
		typ := goname.Basic(nestedType(n)).PointerTo()
		name := nestedField(n)
		if slices.ContainsFunc(r.Fields, func(f *Field) bool { return f.Name == name }) {
			continue // loops that nest the same scope share a list
		}
		doc := fmt.Sprintf("%s is what making the %s gave; nil when none was made.", name, n.Scope.Name)
		switch {
		case n.Purge:
			doc = fmt.Sprintf("%s is what purging each %s gave.", name, n.Scope.Name)
			typ = typ.SliceOf()
		case n.Many:
			doc = fmt.Sprintf("%s is what making each %s gave.", name, n.Scope.Name)
			typ = typ.SliceOf()
		}
		r.Fields = append(r.Fields, &Field{Name: name, Type: typ, Doc: doc})
	}
	return r
}

// nestedType is the type of a nested scope's result.
func nestedType(n *model.Nested) string {
	if n.Purge {
		return goname.Exported(n.Scope.Name) + "PurgerResult"
	}
	return goname.Exported(n.Scope.Name) + "CreatorResult"
}

func nestedField(n *model.Nested) string {
	if n.Purge {
		return goname.Exported(goname.Plural(n.Name))
	}
	return goname.Exported(n.Name)
}

// prepare fills the prepared specification: defaults, the context's values,
// and what `before` gives.
func (c *Creator) prepare(s *model.Scope, b *builder, shared *common, hooks map[*model.Hook]string) {
	for _, in := range s.Inputs {
		if in.Default == nil {
			continue
		}
		field := &Select{X: ident("spec"), Name: goname.Exported(in.Name)}
		c.Defaults = append(c.Defaults, &If{Cond: leftOut(in, field), Body: []Stmt{&Assign{Target: field, Value: defaultValue(in)}}})
	}
	prepared := ident("prepared")
	hb := &builder{uses: &uses{shared: map[model.Value]int{}}, lets: map[model.Value]place{}, letShape: map[model.Value]model.Shape{}, texts: map[model.Value]place{}, frames: map[*model.Loop]*frame{}, plan: b.plan}
	hb.names.Reserve(reservedLocals...)
	hb.names.Reserve(otherLocals...)
	hb.names.Reserve(shared.taken...)
	hb.values = callerValues{
		input:   fromAnywhere(inputOf(ident("spec"))),
		context: func(in *model.Input, _ *level) Expr { return &Select{X: prepared, Name: shared.contexts[in]} },
		hook:    func(h *model.Hook, _ *level) Expr { return &Select{X: prepared, Name: hooks[h]} },
	}
	contexts := b.uses.contexts
	hookUses := newUses(&schedule{}, nil, s.Before)
	for in := range hookUses.contexts {
		contexts[in] = true
	}
	c.Context = shared.contextFields(contexts)
	for _, h := range s.Before {
		lv := &level{}
		stmt := &Let{Assign: true, Fails: h.Call.Func.Fails, NoValue: h.Call.Func.Result.Go.IsZero(), Step: "before." + h.Call.Func.Name}
		switch {
		case h.As != "":
			stmt.Name = &Select{X: prepared, Name: hooks[h]}
			c.Prepared.Fields = append(c.Prepared.Fields, &Field{Name: hooks[h], Type: h.Call.Func.Result.Go})
		case !stmt.NoValue:
			stmt.Name = ident("_")
		}
		hb.guarded(h.Conds, lv, func(at *level) Stmt {
			stmt.Value = hb.goCall(h.Call, at)
			return stmt
		})
		c.Prepare = append(c.Prepare, lv.out...)
	}
}

// leftOut tells that the caller did not fill a field.
func leftOut(in *model.Input, field Expr) Expr {
	if in.Shape.Form == model.Valid {
		return &Not{X: &Select{X: field, Name: "Valid"}}
	}
	return &Binary{Op: "==", Left: field, Right: &Lit{Source: "nil"}}
}

// defaultValue builds the default of an input as its field holds it.
func defaultValue(in *model.Input) Expr {
	value := literal(in.Default)
	switch {
	case !needsPointer(in):
		return value
	case in.Shape.Kind == model.Int || in.Shape.Kind == model.Float:
		value = &Convert{Type: in.Shape.Go, X: value} // a bare number would be an int
	}
	return call(inScope("Ptr"), value)
}

// tellHooks tells hooks to explain.
func tellHooks(hooks []*model.Hook) []*Hook {
	var out []*Hook
	for _, h := range hooks {
		told := &Hook{Call: h.Call.String(), As: h.As, At: h.Pos.String()}
		for _, c := range h.Conds {
			told.When = append(told.When, c.Key())
		}
		out = append(out, told)
	}
	return out
}

// afterCommit queues the hooks that run once the transaction is committed.
func (b *builder) afterCommit(hooks []*model.Hook, top *level) {
	for _, h := range hooks {
		top.out = nil
		b.guarded(h.Conds, top, func(at *level) Stmt {
			return &AfterCommit{Step: "after_commit." + h.Call.Func.Name, Call: b.goCall(h.Call, at), Fails: h.Call.Func.Fails, Value: !h.Call.Func.Result.Go.IsZero()}
		})
		b.plan.AfterCommit = append(b.plan.AfterCommit, top.out...)
	}
}

// constraints lists the constraints that the coordinator's own scope, and the
// scopes nested in it, map to errors.
func (b *builder) constraints(c *model.Coordinator, s *model.Scope) {
	seen := map[string]bool{}
	add := func(list []*model.ConstraintError) {
		for _, e := range list {
			if !seen[e.Constraint] {
				seen[e.Constraint] = true
				b.plan.Constraints = append(b.plan.Constraints, Constraint{Name: e.Constraint, Error: e.Error.Name})
			}
		}
	}
	add(c.Constraints)
	var nested func([]*model.Nested)
	nested = func(list []*model.Nested) {
		for _, n := range list {
			add(n.Scope.Create.Constraints)
			nested(n.Nested)
		}
	}
	nested(c.Nested)
	b.plan.nameViolations()
	if len(b.plan.Constraints) > 0 {
		b.plan.ConstraintsVar = goname.Unexported(s.Name) + "Constraints"
	}
}
