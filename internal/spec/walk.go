package spec

// Walk goes through the parts of a scope and tells what it finds. Each kind of step,
// condition and expression says its own parts: a kind that does not is none.
type Walk struct {
	Ref  func(*Ref)
	Step func(Step) // before what is in it; nil for nobody
}

// Scope goes through all that can be done to a scope.
func (w *Walk) Scope(s *Scope) {
	w.Creation(s)
	w.purge(s.Purge)
}

// Creation goes through what makes a scope.
func (w *Walk) Creation(s *Scope) {
	for _, p := range s.Parents {
		w.Parent(p)
	}
	w.hooks(s.Before)
	w.hooks(s.AfterCommit)
	w.query(s.Row)
	w.expr(s.ID)
	w.Steps(s.Create)
}

// Parent goes through a parent.
func (w *Walk) Parent(p *Parent) {
	w.query(p.Lock)
	w.expr(p.ID)
	w.cond(p.When)
	if p.For != nil {
		w.ref(p.For.In)
	}
}

func (w *Walk) purge(p *Purge) {
	if p == nil {
		return
	}
	w.query(p.Lock)
	w.query(p.Row)
	w.hooks(p.AfterCommit)
	w.Steps(p.Steps)
	for _, c := range p.Children {
		w.query(c.List)
	}
	for _, f := range p.Refuse {
		w.query(f.Query)
	}
}

// Steps goes through steps, and those in them.
func (w *Walk) Steps(steps []Step) {
	for _, s := range steps {
		if w.Step != nil {
			w.Step(s)
		}
		exprs, when, inner := s.parts()
		w.exprs(exprs)
		w.cond(when)
		w.Steps(inner)
	}
}

func (w *Walk) hooks(hooks []*Hook) {
	for _, h := range hooks {
		w.expr(h.Call)
		w.cond(h.When)
	}
}

func (w *Walk) query(q *Query) { w.exprs(q.bound()) }

func (w *Walk) cond(c Cond) {
	if c == nil {
		return
	}
	exprs, conds := c.parts()
	w.exprs(exprs)
	for _, x := range conds {
		w.cond(x)
	}
}

func (w *Walk) exprs(list []Expr) {
	for _, e := range list {
		w.expr(e)
	}
}

func (w *Walk) expr(e Expr) {
	if e == nil {
		return
	}
	if ref, ok := e.(*Ref); ok {
		w.ref(ref)
		return
	}
	w.exprs(e.parts())
}

func (w *Walk) ref(e *Ref) {
	if e != nil {
		w.Ref(e)
	}
}

// bound are the values that a query's parameters are bound to; nil is no query.
func (q *Query) bound() []Expr {
	if q == nil {
		return nil
	}
	return values(q.With)
}

func values(bindings []*Binding) []Expr {
	out := make([]Expr, len(bindings))
	for i, b := range bindings {
		out[i] = b.Value
	}
	return out
}

func (s *QueryStep) parts() ([]Expr, Cond, []Step) { return s.Query.bound(), s.When, nil }
func (s *UseStep) parts() ([]Expr, Cond, []Step)   { return values(s.With), s.When, nil }
func (s *ScopeStep) parts() ([]Expr, Cond, []Step) { return values(s.With), s.When, nil }
func (s *ForStep) parts() ([]Expr, Cond, []Step) {
	exprs := []Expr{s.Each.In}
	for _, f := range s.Where {
		exprs = append(exprs, f.Any...)
		if f.List != nil {
			exprs = append(exprs, f.List)
		}
	}
	return exprs, s.When, s.Do
}

func (c *Truth) parts() ([]Expr, []Cond)   { return []Expr{c.Value}, nil }
func (c *Is) parts() ([]Expr, []Cond)      { return []Expr{c.Left, c.Right}, nil }
func (c *SetCond) parts() ([]Expr, []Cond) { return []Expr{c.Value}, nil }
func (c *Not) parts() ([]Expr, []Cond)     { return nil, []Cond{c.Cond} }
func (c *All) parts() ([]Expr, []Cond)     { return nil, c.Conds }
func (c *AnyOf) parts() ([]Expr, []Cond)   { return nil, c.Conds }

func (e *Ref) parts() []Expr    { return nil }
func (e *Call) parts() []Expr   { return e.Args }
func (e *New) parts() []Expr    { return nil }
func (e *Now) parts() []Expr    { return nil }
func (e *Concat) parts() []Expr { return e.Parts }
func (e *Scalar) parts() []Expr { return nil }
func (e *List) parts() []Expr   { return e.Items }
func (e *Map) parts() []Expr    { return values(e.Entries) }
