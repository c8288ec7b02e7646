package model

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/spec"
)

// queryCall makes the call of a query, not yet bound. name is what its row is
// called when the document does not say.
func (r *resolver) queryCall(q *spec.Query, en *env, role Role, name string) *Call {
	query, facts := r.query(q.Name, role)
	if query == nil {
		return nil
	}
	if name == "" {
		name = goname.Snake(query.Name)
	}
	c := &Call{Step: en.prefix + name, Name: name, Query: query, Facts: facts, Role: role, Loops: en.loops, Guards: en.guards, Pos: q.Name.Pos}
	c.fragile = r.fragileColumn(c)
	return c
}

// steps resolves a list of steps, each seeing the names of those before it.
func (r *resolver) steps(steps []spec.Step, en *env) {
	for _, s := range steps {
		switch s := s.(type) {
		case *spec.QueryStep:
			r.queryStep(s, en)
		case *spec.UseStep:
			r.useStep(s, en)
		case *spec.ForStep:
			r.forStep(s, en)
		case *spec.ScopeStep:
			r.scopeStep(s, en)
		}
	}
}

// guarded opens a condition around a step; the names that the step declares go
// to the env outside. ok is false when the condition is broken.
func (r *resolver) guarded(when spec.Cond, en *env) (inner *env, ok bool) {
	if when == nil {
		return en, true
	}
	c := r.cond(when, en)
	if c == nil {
		return en, false
	}
	return en.guard(c), true
}

func (r *resolver) queryStep(s *spec.QueryStep, en *env) {
	at, ok := r.guarded(s.When, en)
	name := s.As.Value
	if name == "" {
		name = s.Into.Value
	}
	role := PlainStep
	if en.frame.purge {
		role = PurgeStep
	}
	c := r.queryCall(s.Query, at, role, name)
	if c == nil || !ok {
		r.declare(en, s.As, &symbol{})
		en.frame.collects(s.Into.Value, &symbol{pos: s.Into.Pos})
		return
	}
	c.Expect, c.Named, c.unsafe = s.Expect, name != "", s.Unsafe
	c.Missing = r.errorDef(s.Missing, "ErrNotFound", "a row that "+c.Step+" needs is missing")
	r.bind(c, s.Query, at, binding{})
	r.checkStep(c, s)
	at.add(c)
	sym := &symbol{value: resultOf(c)}
	if sym.value == nil && c.Query.Cmd != "exec" && !c.Bulk() { // which was reported
		sym.count = c
	}
	r.declareIn(en, at.guards, s.As, sym)
	if s.Into.Value != "" {
		r.collect(c, s.Into, en)
	}
}

// resultOf is what a step's name stands for, nil when nothing comes back.
func resultOf(c *Call) Value {
	switch c.Query.Cmd {
	case "one", "batchone":
		return &RowValue{Call: c}
	case "many":
		if c.Gathers() {
			return &RowValue{Call: c} // the turn's own, as far as it is known
		}
		return &RowsValue{Call: c}
	default:
		return nil
	}
}

// collect appends a call's rows to a list; one name may be used by several calls.
func (r *resolver) collect(c *Call, into spec.Text, en *env) {
	if !slices.Contains([]string{"one", "many", "batchone", "batchmany"}, c.Query.Cmd) {
		fix := "end the query in RETURNING * and make it :one"
		if c.Bulk() {
			fix = "use a :many query with array parameters"
		}
		r.fail(into.Pos, "SG406", fix, "%s is :%s: no row comes back to put into %q", c.Query.Name, c.Query.Cmd, into.Value)
		return
	}
	row := rowShape(c.Query)
	lists := en.frame.lists
	i := slices.IndexFunc(*lists, func(l *Collected) bool { return l.Name == into.Value })
	if s := en.frame.into[into.Value]; i < 0 && s != nil && s.value == nil {
		return // another step for the list was reported: what it holds is not known
	}
	if i < 0 {
		if old := en.lookup(into.Value); old != nil && en.frame.top.lookup(into.Value) == nil {
			r.taken(into, old) // by a loop around the step, or a parameter of its block
			return
		}
		list := &Collected{Name: into.Value, Row: row, Loops: en.frame.loops}
		*lists = append(*lists, list)
		i = len(*lists) - 1
		s := &symbol{value: &ListValue{List: list}}
		if r.declareIn(en.frame.top, nil, into, s); en.frame.top.names[into.Value] == s {
			delete(en.frame.top.names, into.Value) // seen from blocks too
			en.frame.collects(into.Value, s)
		}
	}
	list := (*lists)[i]
	if list.Row.Go != row.Go {
		r.fail(into.Pos, "SG301", "use a list for each kind of row", "%q holds rows of %s; %s returns others", into.Value, list.Calls[0].Query.Name, c.Query.Name)
		return
	}
	if over := InnerLoops(c.Over); c.Gathers() && len(over) > 0 && slices.Contains(list.Loops, over[0]) && c.owner == nil {
		r.fail(into.Pos, "SG409", "have the query return a column that takes $new.uuid, or write a query that takes one element",
			"%s is called once for all turns, and no column of its rows tells whose list in %q they belong to", c.Query.Name, into.Value)
		return
	}
	list.Calls = append(list.Calls, c)
	c.Into = list
}

func (r *resolver) useStep(s *spec.UseStep, en *env) {
	name := s.Block.Value
	b := r.blocks[name]
	if b == nil {
		r.failNear(s.Block.Pos, "SG203", name, sortedKeys(r.blocks), "no block is named %q", name)
		en.frame.lacksBlock = true
		return
	}
	if slices.Contains(en.blocks, name) {
		r.fail(s.Block.Pos, "SG211", "blocks are expanded where they are used; take the repetition out", "block %q uses itself", name)
		return
	}
	at, ok := r.guarded(s.When, en)
	if !ok {
		return
	}
	// The block sees its parameters and the scope, not the caller's names: it
	// means the same wherever it is used.
	inner := &env{outer: frameEnv(en), names: map[string]*symbol{}, frame: en.frame, loops: at.loops, guards: at.guards,
		prefix: en.prefix + name + ".", blocks: append(en.blocks[:len(en.blocks):len(en.blocks)], name), body: at.body}
	if s.As.Value != "" {
		inner.prefix = en.prefix + s.As.Value + "."
	}
	r.blockParams(s, b, at, inner)
	r.steps(b.Steps, inner)
	if s.As.Value != "" {
		r.declareIn(en, at.guards, s.As, &symbol{names: inner.names})
		return
	}
	for _, n := range sortedKeys(inner.names) {
		given := slices.ContainsFunc(s.With, func(w *spec.Binding) bool { return w.Name.Value == n })
		if sym := inner.names[n]; !given && !sym.refused && !slices.ContainsFunc(b.Params, func(p spec.Text) bool { return p.Value == n }) {
			r.declareIn(en, sym.guards, spec.Text{Value: n, Pos: s.Block.Pos}, &symbol{value: sym.value, nested: sym.nested, names: sym.names, count: sym.count})
		}
	}
}

// frameEnv is the outermost env of the scope's own names: the parents.
func frameEnv(en *env) *env {
	names := map[string]*symbol{}
	for _, p := range en.frame.parents {
		if s := en.frame.top.names[p.name]; s != nil {
			names[p.name] = s
		}
	}
	return &env{names: names, frame: en.frame, body: en.body}
}
