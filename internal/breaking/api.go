package breaking

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/plan"
)

// packages compares what the package is called, and what its Provider needs.
func (c *comparison) packages() {
	old, now := c.before.Plan, c.after.Plan
	whole := is(diag.Pos{})
	if old.ImportPath != now.ImportPath {
		c.breaking("package-moved", whole, "the package is %s, and was %s", now.ImportPath, old.ImportPath)
	} else if old.Name != now.Name {
		c.breaking("package-moved", whole, "the package is named %s, and was %s", now.Name, old.Name)
	}
	if len(old.Context) == 0 && len(now.Context) > 0 {
		c.breaking("context-added", is(c.after.Project.Context[0].Pos), "NewProvider takes ContextValues")
	}
	if len(old.Context) > 0 && len(now.Context) == 0 {
		c.breaking("context-removed", was(c.before.Project.Context[0].Pos), "NewProvider takes no ContextValues")
		return
	}
	before, after := inputsOf(c.before.Project.Context), inputsOf(c.after.Project.Context)
	for _, name := range bothKeys(before, after) {
		field := goname.Exported(name)
		switch o, n := before[name], after[name]; {
		case n == nil:
			c.breaking("context-removed", was(o.Pos), "ContextValues has no field %s", field)
		case o == nil:
			c.breaking("context-added", is(n.Pos), "ContextValues has a field %s, which must be given", field)
		case o.Shape.Go != n.Shape.Go:
			c.breaking("context-changed", is(n.Pos), "the function %s of ContextValues gives %s, and gave %s", field, n.Shape.Go, o.Shape.Go)
		}
	}
}

func inputsOf(list []*model.Input) map[string]*model.Input {
	out := map[string]*model.Input{}
	for _, in := range list {
		out[in.Name] = in
	}
	return out
}

// errors compares the exported errors. One that is gone, and whose places have
// all got one new error, was renamed.
func (c *comparison) errors() {
	old, now := errorsOf(c.before.Project), errorsOf(c.after.Project)
	var renamed []string
	for _, name := range bothKeys(old, now) {
		switch o, n := old[name], now[name]; {
		case n == nil:
			to := c.renamed(name)
			switch {
			case to == "":
				c.breaking("error-removed", was(o.Pos), "the error %s is gone", name)
				continue
			case old[to] != nil:
				c.breaking("error-removed", was(o.Pos), "the error %s is gone; %s stands in its places", name, to)
				continue
			}
			renamed = append(renamed, to)
			c.breaking("error-renamed", is(now[to].Pos), "the error %s is named %s", name, to)
			if now[to].Is != o.Is {
				c.breaking("error-changed", is(now[to].Pos), "the error %s is a case of scope.%s, and %s was one of scope.%s", to, now[to].Is, name, o.Is)
			}
		case o != nil && o.Is != n.Is:
			c.breaking("error-changed", is(n.Pos), "the error %s is a case of scope.%s, and was one of scope.%s", name, n.Is, o.Is)
		}
	}
	for _, name := range bothKeys(nil, now) {
		if old[name] == nil && !slices.Contains(renamed, name) {
			c.note("error-added", is(now[name].Pos), "there is an error %s; it is a case of scope.%s, too", name, now[name].Is)
		}
	}
}

func errorsOf(p *model.Project) map[string]*model.ErrorDef {
	out := map[string]*model.ErrorDef{}
	for _, e := range p.Errors {
		out[e.Name] = e
	}
	return out
}

// renamed finds the one error that has taken all places of another.
func (c *comparison) renamed(name string) string {
	before, after := errorPlaces(c.before.Project), errorPlaces(c.after.Project)
	to := ""
	for at, e := range before {
		if e != name {
			continue
		}
		n := after[at]
		if n == "" || to != "" && n != to {
			return ""
		}
		to = n
	}
	return to
}

// errorPlaces maps each place where an error comes from to the error.
func errorPlaces(p *model.Project) map[string]string {
	out := map[string]string{}
	put := func(at string, e *model.ErrorDef) {
		if e != nil {
			out[at] = e.Name
		}
	}
	for _, s := range p.Scopes {
		for _, co := range s.Operations {
			op := string(co.Kind) + " "
			for _, x := range co.Constraints {
				put(op+s.Name+" constraint "+x.Constraint, x.Error)
			}
			for _, call := range gather(co).calls {
				put(op+s.Name+" missing "+call.Query.Name, call.Missing)
				put(op+s.Name+" any "+call.Query.Name, call.Error)
			}
		}
	}
	return out
}

// inputs compares the fields that a caller fills.
func (c *comparison) inputs(before, after map[string]*model.Input, old, now *plan.Struct) {
	typeOf := func(s *plan.Struct, name string) goname.Type {
		return fieldsOf(s)[goname.Exported(name)].Type
	}
	spec := now.Name
	for _, name := range bothKeys(before, after) {
		field := goname.Exported(name)
		switch o, n := before[name], after[name]; {
		case n == nil:
			c.breaking("field-removed", was(o.Pos), "%s has no field %s", spec, field)
		case o == nil && n.Default != nil:
			c.note("field-added", is(n.Pos), "%s has a field %s; left out, it is %s", spec, field, n.Default)
		case o == nil && n.Shape.Optional():
			c.note("field-added", is(n.Pos), "%s has a field %s; left out, it is NULL", spec, field)
		case o == nil:
			c.breaking("field-required", is(n.Pos), "%s has a field %s, which must be given", spec, field)
		default:
			if t, u := typeOf(now, name), typeOf(old, name); t != u {
				c.breaking("field-changed", is(n.Pos), "the field %s of %s is of the type %s, and was of %s", field, spec, t, u)
			}
			if o.Default != nil && (n.Default == nil || o.Default.String() != n.Default.String()) {
				c.breaking("default-changed", is(n.Pos), "left out, the field %s of %s is %s, and was %s", field, spec, defaultText(n), o.Default)
			}
		}
	}
}

// caller compares what a caller fills and gets.
func (c *comparison) caller(old, now *scope, kind plan.Kind) {
	before, after := old.model.Operation(kind), now.model.Operation(kind)
	o, n := old.plan.Operation(kind), now.plan.Operation(kind)
	if after.Addresses() {
		if t, u := fieldsOf(n.Spec)["ID"].Type, fieldsOf(o.Spec)["ID"].Type; t != u {
			c.breaking("field-changed", is(after.Pos), "the field ID of %s is of the type %s, and was of %s", n.Spec.Name, t, u)
		}
	}
	c.inputs(inputsOf(before.Inputs), inputsOf(after.Inputs), o.Spec, n.Spec)
	c.result(o.Result, n.Result, after.Pos)
	switch had, has := o.Prepared != nil, n.Prepared != nil; {
	case has && !had:
		c.breaking("method-removed", is(after.Before[0].Pos), "WriterOps has no %s: prepare before the transaction, and pass the result to %sPrepared%s", n.Method(), n.Verb(), now.plan.GoName)
	case had && !has:
		c.note("method-added", is(now.model.Pos), "WriterOps has %s", n.Method())
	}
}

func defaultText(in *model.Input) string {
	if in.Default == nil {
		return "not given at all"
	}
	return in.Default.String()
}

// result compares the fields of what comes back.
func (c *comparison) result(old, now *plan.Struct, at diag.Pos) {
	before, after := fieldsOf(old), fieldsOf(now)
	for _, name := range bothKeys(before, after) {
		switch o, n := before[name], after[name]; {
		case n == nil:
			c.breaking("result-removed", is(at), "%s has no field %s", now.Name, name)
		case o == nil:
			c.note("result-added", is(at), "%s has a field %s", now.Name, name)
		case o.Type != n.Type:
			c.breaking("result-changed", is(at), "the field %s of %s is of the type %s, and was of %s", name, now.Name, n.Type, o.Type)
		}
	}
}

func fieldsOf(s *plan.Struct) map[string]*plan.Field {
	out := map[string]*plan.Field{}
	for _, f := range s.Fields {
		out[f.Name] = f
	}
	return out
}

// hooks compares the calls of Go functions around the transaction.
func (c *comparison) hooks(kind string, old, now []*model.Hook, at diag.Pos) {
	text := func(h *model.Hook) string {
		return strings.Join(append([]string{h.Call.String()}, conds(h.Conds)...), " when ")
	}
	for _, h := range missing(old, now, text) {
		c.breaking("hook-removed", was(h.Pos), "%s: %s is not called", kind, text(h))
	}
	for _, h := range missing(now, old, text) {
		c.note("hook-added", is(h.Pos), "%s: %s is called", kind, text(h))
	}
}

// missing are the elements of a that b has not, by their text.
func missing[T any](a, b []T, text func(T) string) []T {
	count := map[string]int{}
	for _, x := range b {
		count[text(x)]++
	}
	var out []T
	for _, x := range a {
		if count[text(x)]--; count[text(x)] < 0 {
			out = append(out, x)
		}
	}
	return out
}
