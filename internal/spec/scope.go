package spec

import (
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/diag"
)

// scope reads one entry of `scopes`; nil when it is no mapping at all.
func (p *parser) scope(e entry) *Scope {
	what := "the scope " + quoted(e.key.Value)
	f, ok := p.fields(e.value, what, "doc", "type", "isolation", "inputs", "parents", "before", "row", "found", "id", "create", "after_commit", "result", "purge", "errors", "ignore")
	if !ok {
		return nil
	}
	p.ignore(f, e.key.Pos, e.value.node)
	s := &Scope{
		Name: e.key, Doc: p.optional(f, "doc", anyText), Type: e.key, Isolation: p.optional(f, "isolation", p.isIsolation),
		Inputs: p.declarations(f, "inputs"), Parents: p.parents(f), Before: p.hooks(f, "before"),
		Create: p.steps(f, "create"), AfterCommit: p.hooks(f, "after_commit"), Errors: p.errors(f), Pos: e.key.Pos,
	}
	if _, ok := f.get("type"); ok {
		s.Type = p.optional(f, "type", anyText)
	}
	p.require(f, e.key.Pos, what, "row", "row: CreateProject")
	if v, ok := f.get("row"); ok {
		s.Row = p.query(v, "`row`")
	}
	if v, ok := f.get("found"); ok {
		s.Found = p.query(v, "`found`")
	}
	if v, ok := f.get("id"); ok {
		s.ID = p.expr(v)
	}
	if v, ok := f.get("result"); ok {
		s.Result = p.names(v, "`result`", "a list of names", p.isLocal)
	}
	if v, ok := f.get("purge"); ok {
		s.Purge = p.purge(v)
	}
	return s
}

// isIsolation checks the level of a scope's creation.
func (p *parser) isIsolation(t Text, what string) bool {
	if t.Value == repeatableRead {
		return true
	}
	p.errorf(t.Pos, "SG026", "write `isolation: "+repeatableRead+"`, or leave it out for READ COMMITTED", "%s cannot be %s", what, quoted(t.Value))
	return false
}

// repeatableRead is the only level to ask for.
const repeatableRead = "repeatable read"

func (p *parser) parents(f fields) []*Parent {
	v, ok := f.get("parents")
	if !ok {
		return nil
	}
	var parents []*Parent
	for _, item := range p.list(v, "`parents`", "a list of parents") {
		if parent := p.parent(item); parent != nil {
			parents = append(parents, parent)
		}
	}
	return parents
}

// parent reads one entry of `parents`; nil when it has no type.
func (p *parser) parent(v value) *Parent {
	const what = "a parent"
	f, ok := p.fields(v, what, "type", "as", "lock", "with", "id", "when", "for", "missing", "unsafe")
	if !ok {
		return nil
	}
	parent := &Parent{
		Type: p.optional(f, "type", anyText), Lock: p.lockQuery(f), When: p.when(f),
		Missing: p.optional(f, "missing", p.isError), Unsafe: p.optional(f, "unsafe", anyText), Pos: f.pos,
	}
	parent.As = p.asOr(f, parent.Type)
	if id, ok := f.get("id"); ok {
		parent.ID = p.expr(id)
	}
	if each, ok := f.get("for"); ok {
		parent.For = p.each(each)
	}
	p.require(f, f.pos, what, "type", "type: domain")
	if parent.Type.Value == "" {
		return nil
	}
	return parent
}

func (p *parser) purge(v value) *Purge {
	f, ok := p.fields(v, "`purge`", "before", "lock", "children", "refuse", "steps", "row", "keep", "after_commit", "unsafe")
	if !ok {
		return nil
	}
	purge := &Purge{
		Before: p.hooks(f, "before"), Children: p.children(f), Refuse: p.refusals(f),
		Steps: p.steps(f, "steps"), AfterCommit: p.hooks(f, "after_commit"), Unsafe: p.optional(f, "unsafe", anyText), Missing: Text{Pos: f.pos}, Pos: f.pos,
	}
	if lock, ok := f.get("lock"); ok {
		purge.Lock = p.query(lock, "`lock`")
	}
	p.require(f, f.pos, "`purge`", "row", "row: DeleteProject")
	if row, ok := f.get("row"); ok {
		purge.Row, purge.Missing = p.purgeRow(row)
	}
	if keep, ok := f.get("keep"); ok {
		purge.Keep = p.names(keep, "`keep`", "a list of tables", anyText)
	}
	return purge
}

// purgeRow reads the query of a purge's row: its name, or {query, with, missing}.
func (p *parser) purgeRow(v value) (*Query, Text) {
	if v.node.Kind != yaml.MappingNode {
		return p.query(v, "`row`"), Text{Pos: v.pos}
	}
	f, ok := p.fields(v, "`row`", "query", "with", "missing")
	if !ok {
		return nil, Text{Pos: v.pos}
	}
	return p.flatQuery(f, "query", "`row`"), p.optional(f, "missing", p.isError)
}

func (p *parser) children(f fields) []*Child {
	v, ok := f.get("children")
	if !ok {
		return nil
	}
	var children []*Child
	for _, item := range p.list(v, "`children`", "a list of children") {
		if c := p.child(item); c != nil {
			children = append(children, c)
		}
	}
	return children
}

// child reads one entry of `children`; nil when it lacks anything that it needs.
func (p *parser) child(v value) *Child {
	const what = "a child"
	f, ok := p.fields(v, what, "scope", "list", "with", "found", "error")
	if !ok {
		return nil
	}
	c := &Child{
		Scope: p.optional(f, "scope", p.isName), List: p.flatQuery(f, "list", what),
		Found: p.optional(f, "found", p.isFound), Error: p.optional(f, "error", p.isError), Pos: f.pos,
	}
	p.require(f, f.pos, what, "scope", "scope: environment")
	p.require(f, f.pos, what, "found", "found: refuse")
	if e, ok := f.get("error"); ok && c.Found.Value == "cascade" {
		p.errorf(e.pos, "SG023", "remove it, or write `found: refuse`", "`error` does not go together with `found: cascade`")
	}
	if c.Scope.Value == "" || c.List == nil || c.Found.Value == "" {
		return nil
	}
	return c
}

// isFound checks what is done about a child that is found.
func (p *parser) isFound(t Text, what string) bool {
	known := []string{"cascade", "refuse"}
	if slices.Contains(known, t.Value) {
		return true
	}
	p.errorf(t.Pos, "SG026", diag.DidYouMean(t.Value, known), "%s cannot be %s", what, quoted(t.Value))
	return false
}

func (p *parser) refusals(f fields) []*Refusal {
	v, ok := f.get("refuse")
	if !ok {
		return nil
	}
	const what = "an entry of `refuse`"
	var refusals []*Refusal
	for _, item := range p.list(v, "`refuse`", "a list of {query, with, error}") {
		f, ok := p.fields(item, what, "query", "with", "error")
		if !ok {
			continue
		}
		r := &Refusal{Query: p.flatQuery(f, "query", what), Error: p.optional(f, "error", p.isError), Pos: f.pos}
		p.require(f, f.pos, what, "error", "error: ErrProjectInUse")
		if r.Query != nil && r.Error.Value != "" {
			refusals = append(refusals, r)
		}
	}
	return refusals
}
