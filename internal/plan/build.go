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
		for _, c := range s.Operations {
			out.Operations = append(out.Operations, operation(s, c, out, shared))
		}
		shareConstraints(out)
		pkg.Scopes = append(pkg.Scopes, out)
	}
	return pkg
}

// shareConstraints lets operations of a scope share a map of constraints where it is
// the same; scopes that are nested in one of them make it differ.
func shareConstraints(s *Scope) {
	first := s.Operations[0].Plan
	for _, o := range s.Operations[1:] {
		c := o.Plan
		if c.ConstraintsVar == "" {
			continue
		}
		if c.ConstraintsShared = slices.Equal(first.Constraints, c.Constraints); !c.ConstraintsShared {
			c.ConstraintsVar = strings.Replace(c.ConstraintsVar, "Constraints", o.Verb()+"Constraints", 1)
		}
	}
}

// errorText is the text of a sentinel: ErrProjectNameTaken is "project name taken".
func errorText(name string) string {
	return strings.Join(goname.Words(strings.TrimPrefix(name, "Err")), " ")
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

// inputOf reads an input of a specification; one with a default was filled in before.
func inputOf(spec Expr, in *model.Input) Expr {
	x := &Select{X: spec, Name: goname.Exported(in.Name)}
	if in.Default != nil && needsPointer(in) {
		return &Deref{X: x}
	}
	return x
}

// needsPointer reports whether a field with a default must be a pointer to
// tell that it was left out.
func needsPointer(in *model.Input) bool { return !in.Shape.Optional() }

// gives fills what a creator gives back: the row, lists, nested scopes.
func (o *Operation) gives(c *model.Operation) {
	if c.Row != nil {
		o.Result.Fields = append(o.Result.Fields, &Field{Name: "Row", Type: c.Row.Query.Row, Doc: "Row is the row of the scope itself."})
	}
	o.Result.Fields = append(o.Result.Fields, listFields(c.Lists)...)
	addNested(o.Result, c.Nested)
}

func listFields(lists []*model.Collected) []*Field {
	var out []*Field
	for _, l := range lists {
		name := goname.Exported(l.Name)
		out = append(out, &Field{Name: name, Type: l.Row.Go.SliceOf(), Doc: name + " are the rows that were made, in order."})
	}
	return out
}

func addNested(r *Struct, nested []*model.Nested) {
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
func (b *builder) constraints(c *model.Operation, s *model.Scope) {
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
