package spec

import (
	"gopkg.in/yaml.v3"
)

// query reads the value of a key that names a query: its name, or {query, with}.
func (p *parser) query(v value, what string) *Query {
	switch v.node.Kind {
	case yaml.ScalarNode:
		return p.plainQuery(v, what)
	case yaml.MappingNode:
		f, ok := p.fields(v, what, "query", "with")
		if !ok {
			return nil
		}
		return p.flatQuery(f, "query", what)
	default:
		p.wrongKind(v, what, "the name of a query, or {query, with}", "")
		return nil
	}
}

// plainQuery reads a query without bindings.
func (p *parser) plainQuery(v value, what string) *Query {
	name := p.matching(v, what, p.isQuery)
	if name.Value == "" {
		return nil
	}
	return &Query{Name: name, Pos: v.pos}
}

// flatQuery reads a query whose name is under key, and whose bindings are under
// `with` beside it.
func (p *parser) flatQuery(f fields, key, what string) *Query {
	v, ok := f.get(key)
	if !ok {
		p.require(f, f.pos, what, key, key+": "+exampleQuery(key))
		return nil
	}
	q := p.plainQuery(v, "`"+key+"`")
	with := p.bindings(f)
	if q != nil {
		q.With = with
	}
	return q
}

func exampleQuery(key string) string {
	if key == "list" {
		return "ListEnvironmentsForUpdate"
	}
	return "CreateRole"
}

// lockQuery reads `lock`, whose bindings are its own, in {query, with}, or
// beside it under `with`.
func (p *parser) lockQuery(f fields) *Query {
	v, ok := f.get("lock")
	with, hasWith := f.get("with")
	switch {
	case !ok && hasWith:
		p.errorf(with.pos, "SG023", "add `lock`", "`with` binds the parameters of `lock`, which is not written")
		return nil
	case !ok:
		return nil
	case v.node.Kind == yaml.MappingNode && hasWith:
		p.errorf(with.pos, "SG023", "move it into `lock`, or write `lock` as the query's name", "`with` does not go together with a `lock` that is a mapping")
		return p.query(v, "`lock`")
	case v.node.Kind != yaml.ScalarNode:
		return p.query(v, "`lock`")
	default:
		return p.flatQuery(f, "lock", "a parent")
	}
}

// hooks reads `before` or `after_commit`; only the first names its results.
func (p *parser) hooks(f fields, key string) []*Hook {
	v, ok := f.get(key)
	if !ok {
		return nil
	}
	known := []string{"call", "when"}
	if key == "before" {
		known = []string{"call", "as", "when"}
	}
	var hooks []*Hook
	for _, item := range p.list(v, "`"+key+"`", "a list of calls") {
		if h := p.hook(item, key, known); h != nil {
			hooks = append(hooks, h)
		}
	}
	return hooks
}

func (p *parser) hook(v value, key string, known []string) *Hook {
	what := "an entry of `" + key + "`"
	if v.node.Kind != yaml.MappingNode {
		if call := p.goCall(v, what); call != nil {
			return &Hook{Call: call, As: Text{Pos: v.pos}, Pos: v.pos}
		}
		return nil
	}
	f, ok := p.fields(v, what, known...)
	if !ok {
		return nil
	}
	h := &Hook{As: p.optional(f, "as", p.isLocal), When: p.when(f), Pos: f.pos}
	call, ok := f.get("call")
	if !ok {
		p.require(f, f.pos, what, "call", "call: $go.Name(…)")
		return nil
	}
	c := p.goCall(call, "`call`")
	if c == nil {
		return nil
	}
	h.Call = c
	return h
}

// goCall reads a call of a Go function.
func (p *parser) goCall(v value, what string) *Call {
	e := p.expr(v)
	if e == nil {
		return nil
	}
	call, ok := e.(*Call)
	if !ok || !call.Go {
		p.errorf(v.pos, "SG027", "write $go.Name(…)", "%s must call a Go function", what)
		return nil
	}
	return call
}
