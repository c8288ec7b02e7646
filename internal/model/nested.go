package model

import (
	"github.com/specgen-dev/specgen/internal/spec"
)

// scopeStep resolves `scope`: another scope is made by its own steps, with
// inputs that this one gives.
func (r *resolver) scopeStep(s *spec.ScopeStep, en *env) {
	defer func() {
		if en.lookup(s.As.Value) == nil {
			r.declare(en, s.As, &symbol{}) // reported: nothing can be said of what refers to it
		}
	}()
	child := r.scopes[s.Scope.Value]
	if child == nil {
		r.failNear(s.Scope.Pos, "SG206", s.Scope.Value, sortedKeys(r.scopes), "no scope is named %q", s.Scope.Value)
		return
	}
	if en.frame.purge {
		r.fail(s.Pos, "SG206", "child scopes are purged by `children`", "a purge cannot create a scope")
		return
	}
	for f := en.frame; f != nil; f = f.outer {
		if f.scope == child {
			r.fail(s.Scope.Pos, "SG212", "a scope cannot be nested in itself; create it with a second call", "scope %q would be made inside itself without end", child.Name)
			return
		}
	}
	r.resolveCreate(child)
	at, ok := r.guarded(s.When, en)
	if !ok {
		return
	}
	n := &Nested{Name: s.As.Value, Scope: child, Many: len(at.loops) > len(en.frame.loops), Loops: at.loops, Guards: at.guards, Pos: s.Pos}
	inputs, ok := r.nestedInputs(s, child, at)
	if !ok {
		return
	}
	f := &frame{scope: child, inputs: inputs, lists: &n.Lists, nested: &n.Nested, outer: en.frame, loops: n.Loops}
	inner := &env{names: map[string]*symbol{}, frame: f, loops: at.loops, guards: at.guards, prefix: en.prefix + n.Name + ".", body: &n.Body}
	f.top = inner
	if len(child.doc.Before) > 0 || len(child.doc.AfterCommit) > 0 {
		r.fail(s.Scope.Pos, "SG218", "call the function in this scope's own `before` or `after_commit`, or create the child with a second call", "scope %q has `before` or `after_commit`, and cannot be nested", child.Name)
		return
	}
	n.Row = r.creation(child, inner)
	n.id = f.id
	n.Lists = r.results(child, f)
	at.add(n)
	*en.frame.nested = append(*en.frame.nested, n)
	r.declareIn(en, at.guards, s.As, &symbol{nested: n})
}

// nestedInputs gives every input of a nested scope its value: `with`, else its
// default, else NULL where it may be NULL.
func (r *resolver) nestedInputs(s *spec.ScopeStep, child *Scope, en *env) (map[string]Value, bool) {
	given := map[string]*spec.Binding{}
	known := inputNames(child.Create.Inputs)
	for _, w := range s.With {
		given[w.Name.Value] = w
	}
	out, ok := map[string]Value{}, true
	for _, in := range child.Create.Inputs {
		name := inputNamed(given, in.Name)
		w := given[name]
		delete(given, name)
		switch {
		case w != nil:
			out[in.Name] = r.valueFor(w.Value, en, in.Shape, "input \""+in.Name+"\" of "+child.Name)
			if n, isNew := out[in.Name].(*NewUUID); isNew && n.Name == "" {
				n.Name = s.As.Value
			}
		case in.Default != nil:
			out[in.Name] = in.Default
		case in.Shape.Nullable && in.Shape.Optional():
			out[in.Name] = &Literal{Of: in.Shape, Null: true}
		default:
			r.failMissing(s.Pos, "SG401", in.Name, "give it in `with`: {"+in.Name+": …}", "scope %q needs input %q", child.Name, in.Name)
		}
		ok = ok && out[in.Name] != nil
	}
	for _, name := range sortedKeys(given) {
		if child.partial {
			break
		}
		r.failNear(given[name].Name.Pos, "SG214", name, known, "scope %q has no input %q", child.Name, name)
		ok = false
	}
	return out, ok
}
