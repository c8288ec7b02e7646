package model

import (
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// Func is a function of the user's Go package.
type Func struct {
	Pkg, PkgName string
	Name         string
	Context      bool // takes a context first
	Params       []Shape
	Result       Shape // zero for none
	Fails        bool  // returns an error last
}

// fn finds a Go function by name.
func (r *resolver) fn(e *spec.Call) *Func {
	if r.doc.Go.Value == "" {
		r.failMissing(e.Pos, "SG207", "go", "name the package at the top of the file: go: {package: example.com/app/funcs}", "$go.%s has no package to be in", e.Func)
		return nil
	}
	if f := r.funcs[e.Func]; f != nil {
		return f
	}
	src := r.sourceFuncs[e.Func]
	switch {
	case src == nil:
		r.failNear(e.Pos, "SG207", e.Func, sortedKeys(r.sourceFuncs), "package %s has no exported function %q", r.doc.Go.Value, e.Func)
		return nil
	case src.Unsupported != "":
		r.fail(e.Pos, "SG207", "write a function that takes plain arguments and returns T, or (T, error), or error", "$go.%s cannot be called: %s", e.Func, src.Unsupported)
		return nil
	}
	f := &Func{Pkg: src.Pkg, PkgName: src.PkgName, Name: src.Name, Context: src.Context, Fails: src.Fails, Result: r.foreignShape(src.Result)}
	for _, p := range src.Params {
		f.Params = append(f.Params, r.foreignShape(p))
	}
	r.funcs[e.Func] = f
	return f
}

// foreignShape classifies a type of a Go function's signature, which may be
// one of sqlc's.
func (r *resolver) foreignShape(t goname.Type) Shape {
	var pkg *sqlcapi.Package
	for _, p := range r.api.Packages {
		if strings.TrimLeft(t.Pkg, "*[]") == p.ImportPath {
			pkg = p
		}
	}
	return shapeOf(t, pkg)
}

// goCall resolves $go.Name(args) as a value.
func (r *resolver) goCall(e *spec.Call, en *env) Value {
	c := r.call(e, en)
	if c == nil {
		return nil
	}
	if c.Func.Result.Go.IsZero() {
		r.fail(e.Pos, "SG207", "let it return a value, or call it in `before` or `after_commit`", "$go.%s returns no value", e.Func)
		return nil
	}
	return c
}

// call resolves a call of a Go function, whatever it returns.
func (r *resolver) call(e *spec.Call, en *env) *GoCall {
	f := r.fn(e)
	if f == nil {
		return nil
	}
	if len(e.Args) != len(f.Params) {
		noun := "arguments"
		if len(f.Params) == 1 {
			noun = "argument"
		}
		r.fail(e.Pos, "SG207", "", "$go.%s takes %d %s, not %d", e.Func, len(f.Params), noun, len(e.Args))
		return nil
	}
	c := &GoCall{Func: f, Loops: en.loops, Guards: en.guards}
	ok := true
	for i, a := range e.Args {
		v := r.valueFor(a, en, f.Params[i], "an argument of $go."+e.Func)
		ok = ok && v != nil
		c.Args = append(c.Args, v)
	}
	if !ok {
		return nil
	}
	return c
}

// hooks resolves `before` and `after_commit`.
func (r *resolver) hooks(hooks []*spec.Hook, en *env, before bool) []*Hook {
	var out []*Hook
	// broken declares the result of a hook that was reported.
	broken := func(h *spec.Hook) {
		if before && h.As.Value != "" {
			r.declare(en, h.As, &symbol{})
		}
	}
	for _, h := range hooks {
		e, ok := h.Call.(*spec.Call)
		if !ok || !e.Go {
			continue // the parser reported it
		}
		hook := &Hook{As: h.As.Value, Pos: h.Pos}
		at, never := en, false
		if h.When != nil {
			c := r.cond(h.When, en)
			if c == nil {
				broken(h)
				continue
			}
			k, constant := c.(*Constantly)
			never = constant && !k.Holds
			if !constant {
				hook.Conds = []Cond{c}
			}
			at = en.child()
			if !constant || never {
				at.guards = append(en.guards[:len(en.guards):len(en.guards)], c)
			}
		}
		hook.Call = r.call(e, at)
		if hook.Call == nil || before && r.drawsEarly(h, hook.Call.Args) {
			broken(h)
			continue
		}
		if hook.As != "" && hook.Call.Func.Result.Go.IsZero() {
			r.fail(h.As.Pos, "SG207", "leave `as` out, or let the function return a value", "$go.%s returns no value to name %q", e.Func, hook.As)
			continue
		}
		if before {
			r.declareIn(en, at.guards, h.As, &symbol{value: &HookResult{Hook: hook}})
		}
		if never {
			continue
		}
		out = append(out, hook)
	}
	return out
}

// drawsEarly reports a drawn value among the arguments of `before`: ids and the
// time belong to the transaction, which takes them in its own order.
func (r *resolver) drawsEarly(h *spec.Hook, args []Value) bool {
	for _, a := range args {
		switch a.(type) {
		case *NewUUID, *NowValue:
			r.fail(h.Pos, "SG219", "draw it in the Go function, and return it", "%s is not drawn yet in `before`", a)
			return true
		default: // what it is made of may be drawn
		}
		if r.drawsEarly(h, a.origin().Parts) {
			return true
		}
	}
	return false
}
