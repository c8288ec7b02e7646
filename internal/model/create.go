package model

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/spec"
)

// resolveCreate resolves the creator of a scope, once; nested scopes ask for
// theirs on demand.
func (r *resolver) resolveCreate(s *Scope) {
	if s.state != unresolved {
		return
	}
	s.state = resolving
	defer func() { s.state = resolved }()
	defer r.noteBroken(s, r.problems.Len())

	c := s.operation(Create, s.Pos)
	s.Create = c
	f, top := r.open(s, c)
	r.resolveInputs(s, f)
	before := *top
	before.loops = nil // it is called once for each item, in front of the transaction
	c.Before = r.hooks(s.doc.Before, &before, true)
	c.Row = r.creation(s, top)
	c.Found = r.found(s, top)
	if !f.broken {
		c.ID = f.id
	}
	c.AfterCommit = r.hooks(s.doc.AfterCommit, top, false)
	c.Constraints = r.constraints(s)
	c.Lists = r.results(s, f)
	r.checkResult(s, c)
	if f.id != nil {
		r.scopeID(s, f.id)
	}
}

// creation resolves what makes a scope: parents, row and steps. It serves the
// scope's own coordinator and the ones that it is nested in.
func (r *resolver) creation(s *Scope, en *env) *Call {
	f := en.frame
	r.parents(s, en)
	f.row = r.scopeRow(s, en)
	f.broken = f.row == nil
	if !f.broken {
		id := s.doc.ID
		if id == nil {
			id = &spec.Ref{Root: "row", Path: []string{"id"}, Pos: s.doc.Row.Pos}
		}
		f.id = r.value(id, en)
	}
	if f.id == nil {
		f.id = &ScopeID{} // of no shape: nothing is said of what refers to it
	}
	r.steps(s.doc.Create, en)
	return f.row
}

// scopeRow resolves the call that makes a scope's row, nil after reporting.
func (r *resolver) scopeRow(s *Scope, en *env) *Call {
	if s.doc.Row == nil {
		return nil
	}
	row := r.queryCall(s.doc.Row, en, ScopeRow, "row")
	if row == nil {
		return nil
	}
	if row.Query.Cmd != "one" {
		r.fail(s.doc.Row.Name.Pos, "SG407", "end the query in RETURNING * and make it :one", "%s is :%s, and the row of a scope must come back", row.Query.Name, row.Query.Cmd)
		return nil
	}
	r.checkRole(row, s.doc.Row.Name, nil)
	r.bind(row, s.doc.Row, en, binding{})
	en.add(row)
	return row
}

// resolveInputs finds the fields that the caller fills: the parameters of the
// row that no binding and no rule gives a value, and the declared inputs.
func (r *resolver) resolveInputs(s *Scope, f *frame) {
	f.inputs = map[string]Value{}
	declared := declaredInputs(s.doc)
	fields := goNames{}
	add := func(in *Input) {
		fields.clash(r, "inputs", in.Name, goname.Exported(in.Name), in.Pos)
		s.Create.Inputs = append(s.Create.Inputs, in)
		f.inputs[in.Name] = &InputValue{Input: in}
	}
	used := r.inputsUsed(s.doc)
	s.partial = s.doc.Row == nil || len(r.api.Lookup(s.doc.Row.Name.Value)) != 1
	if s.doc.Row != nil {
		for _, a := range r.rowArgs(s.doc.Row) {
			d := declaredFor(declared, a)
			isUsed := inputNamed(used, a.Name) != ""
			if d == nil && !isUsed && (isProtected(a) || r.rowRuleBinds(s.doc, a)) {
				continue
			}
			if d == nil && !isUsed && hasBinding(s.doc.Row.With, a) {
				continue
			}
			if d == nil && isUsed && isProtected(a) && !hasBinding(s.doc.Row.With, a) {
				// $input.id asks for it; only `with` may bind it.
				r.fail(s.doc.Row.Pos, "SG401", "bind it: with: {"+a.Name+": $input."+a.Name+"}", "nothing binds parameter %q: no rule binds a key or a column with a default", a.Name)
			}
			in := &Input{Name: a.Name, Shape: a.Shape, Pos: s.doc.Row.Pos}
			if a.column != nil {
				in.Doc = a.column.Comment
			}
			if d != nil {
				in.Name = d.Name.Value
				r.declaredOver(in, d)
				delete(declared, in.Name)
			}
			add(in)
		}
	}
	rest := make([]*Input, 0, len(declared))
	for _, d := range declared {
		if s.partial && d.Type.Value == "" {
			continue // of the parameter's type, which is not known
		}
		rest = append(rest, r.declared(d))
	}
	slices.SortFunc(rest, func(a, b *Input) int { return strings.Compare(a.Name, b.Name) })
	for _, in := range rest {
		add(in)
	}
}

// declaredOver lets a declaration refine a parameter of the row.
func (r *resolver) declaredOver(in *Input, d *spec.Declaration) {
	in.Pos = d.Name.Pos
	if d.Doc.Value != "" {
		in.Doc = d.Doc.Value
	}
	if d.Type.Value != "" {
		if t := r.typeNamed(d.Type); !t.Go.IsZero() {
			if ok, _ := Convertible(t, in.Shape); !ok {
				if r.untypedBefore(in.Shape) {
					return
				}
				fix := "leave the type out: it is taken from the query"
				if in.Shape.interfaceOnly() {
					fix = giveType(in.Shape)
				}
				r.fail(d.Type.Pos, "SG301", fix, "input %q is declared as %s, and the query takes %s", in.Name, t.describe(), in.Shape.describe())
				return
			}
			in.Shape = t
		}
	}
	r.setDefault(in, d)
}

// rowArgs are the parameters of a scope's row query, unbound.
func (r *resolver) rowArgs(q *spec.Query) []*Arg {
	matches := r.api.Lookup(q.Name.Value)
	if len(matches) != 1 {
		return nil
	}
	c := &Call{Query: matches[0], Facts: r.queryFacts(matches[0])}
	var args []*Arg
	for _, i := range c.Query.ParamOrder {
		args = append(args, r.arg(c, i))
	}
	return args
}

func hasBinding(with []*spec.Binding, a *Arg) bool {
	return slices.ContainsFunc(with, func(b *spec.Binding) bool {
		return b.Name.Value == a.Name || goname.Equal(b.Name.Value, a.Param.Name)
	})
}

// rowRuleBinds reports whether a rule before the caller binds a parameter of
// the row: the scope's type, or <parent>_id.
func (r *resolver) rowRuleBinds(s *spec.Scope, a *Arg) bool {
	if a.Name == "scope_type" {
		return true
	}
	step, ok := strings.CutSuffix(a.Name, "_id")
	return ok && slices.ContainsFunc(s.Parents, func(p *spec.Parent) bool { return p.As.Value == step && p.For == nil && p.When == nil })
}

// results keeps the lists that the scope gives back.
func (r *resolver) results(s *Scope, f *frame) []*Collected {
	lists := *f.lists
	var out []*Collected
	for _, name := range s.doc.Result {
		i := slices.IndexFunc(lists, func(l *Collected) bool { return l.Name == name.Value })
		if list := f.into[name.Value]; i < 0 && list != nil && list.value == nil {
			continue // its step was reported
		}
		if i < 0 {
			var known []string
			for _, l := range lists {
				known = append(known, l.Name)
			}
			if f.unknown[name.Value] || !f.misses(name.Value, known) {
				continue
			}
			fix := diag.DidYouMean(name.Value, known)
			if fix == "" {
				fix = "name the rows of a step: into: " + name.Value
			}
			r.failMissing(name.Pos, "SG215", name.Value, fix, "no step puts rows into %q", name.Value)
			continue
		}
		out = append(out, lists[i])
	}
	slices.SortFunc(out, func(a, b *Collected) int { return strings.Compare(a.Name, b.Name) })
	return out
}
