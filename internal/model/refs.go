package model

import "github.com/specgen-dev/specgen/internal/spec"

// inputsUsed collects the names x of every $input.x in a scope's create side,
// blocks that it uses included.
func (r *resolver) inputsUsed(s *spec.Scope) map[string]bool {
	names := map[string]bool{}
	w := &refWalk{blocks: r.blocks, seen: map[string]bool{}, visit: func(ref *spec.Ref) {
		if ref.Root == "input" && len(ref.Path) > 0 {
			names[ref.Path[0]] = true
		}
	}}
	for _, p := range s.Parents {
		w.parent(p)
	}
	w.hooks(s.Before)
	w.hooks(s.AfterCommit)
	w.query(s.Row)
	w.expr(s.ID)
	w.steps(s.Create)
	return names
}

type refWalk struct {
	blocks map[string]*spec.Block
	visit  func(*spec.Ref)
	seen   map[string]bool // blocks
}

func (w *refWalk) parent(p *spec.Parent) {
	w.query(p.Lock)
	w.expr(p.ID)
	w.cond(p.When)
	if p.For != nil {
		w.expr(p.For.In)
	}
}

func (w *refWalk) hooks(hooks []*spec.Hook) {
	for _, h := range hooks {
		w.expr(h.Call)
		w.cond(h.When)
	}
}

func (w *refWalk) query(q *spec.Query) {
	if q != nil {
		w.bindings(q.With)
	}
}

func (w *refWalk) bindings(bindings []*spec.Binding) {
	for _, b := range bindings {
		w.expr(b.Value)
	}
}

func (w *refWalk) steps(steps []spec.Step) {
	for _, s := range steps {
		switch s := s.(type) {
		case *spec.QueryStep:
			w.query(s.Query)
			w.cond(s.When)
		case *spec.UseStep:
			w.bindings(s.With)
			w.cond(s.When)
			if b := w.blocks[s.Block.Value]; b != nil && !w.seen[s.Block.Value] {
				w.seen[s.Block.Value] = true
				w.steps(b.Steps)
			}
		case *spec.ForStep:
			w.expr(s.Each.In)
			for _, f := range s.Where {
				for _, e := range f.Any {
					w.expr(e)
				}
				if f.List != nil {
					w.expr(f.List)
				}
			}
			w.cond(s.When)
			w.steps(s.Do)
		case *spec.ScopeStep:
			w.bindings(s.With)
			w.cond(s.When)
		}
	}
}

func (w *refWalk) cond(c spec.Cond) {
	switch c := c.(type) {
	case *spec.Truth:
		w.expr(c.Value)
	case *spec.Is:
		w.expr(c.Left)
		w.expr(c.Right)
	case *spec.SetCond:
		w.expr(c.Value)
	case *spec.Not:
		w.cond(c.Cond)
	case *spec.All:
		for _, x := range c.Conds {
			w.cond(x)
		}
	case *spec.AnyOf:
		for _, x := range c.Conds {
			w.cond(x)
		}
	}
}

func (w *refWalk) expr(e spec.Expr) {
	switch e := e.(type) {
	case *spec.Ref:
		if e != nil {
			w.visit(e)
		}
	case *spec.Call:
		for _, a := range e.Args {
			w.expr(a)
		}
	case *spec.Concat:
		for _, p := range e.Parts {
			w.expr(p)
		}
	}
}
