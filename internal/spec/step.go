package spec

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/diag"
)

// stepKeys are the keys of each kind of step, the one that tells the kind first.
func stepKeys() [][]string {
	return [][]string{
		{"query", "as", "into", "with", "when", "expect", "missing", "unsafe", "ignore"},
		{"use", "as", "with", "when", "ignore"},
		{"for", "by", "where", "when", "do", "ignore"},
		{"scope", "as", "with", "when", "ignore"},
	}
}

// steps reads the list of steps under a key of f, if it is written.
func (p *parser) steps(f fields, key string) []Step {
	v, ok := f.get(key)
	if !ok {
		return nil
	}
	var steps []Step
	for _, item := range p.list(v, "`"+key+"`", "a list of steps") {
		if s := p.step(item); s != nil {
			steps = append(steps, s)
		}
	}
	return steps
}

// step reads one step; nil for a broken one.
func (p *parser) step(v value) Step {
	if v.node.Kind == yaml.ScalarNode && scalarTag(v.node) == "!!str" {
		if q := p.plainQuery(v, "a step"); q != nil {
			return &QueryStep{Query: q, As: Text{Pos: v.pos}, Into: Text{Pos: v.pos}, Missing: Text{Pos: v.pos}, Unsafe: Text{Pos: v.pos}, Pos: v.pos}
		}
		return nil
	}
	m, ok := p.mapping(v, "a step", "the name of a query, or a mapping")
	if !ok {
		return nil
	}
	before := len(p.reported)
	keys := p.stepKind(m)
	if keys == nil {
		return nil
	}
	f := p.stepFields(m, keys)
	p.ignore(f, v.pos, v.node)
	switch keys[0] {
	case "query":
		return p.queryStep(f)
	case "use":
		return p.useStep(f)
	case "for":
		return p.forStep(f)
	default:
		return p.scopeStep(f, len(p.reported) > before)
	}
}

// stepKind finds the one key that tells what a step does, and returns the keys
// that such a step may have.
func (p *parser) stepKind(m mapping) []string {
	var kinds []string
	var found []Text
	var keys []string
	for _, known := range stepKeys() {
		kinds = append(kinds, known[0])
		for _, e := range m.entries {
			if e.key.Value == known[0] {
				found = append(found, e.key)
				keys = known
			}
		}
	}
	switch len(found) {
	case 1:
		return keys
	case 0:
		if m.lost {
			return nil // what was reported may have been the key
		}
		for _, e := range m.entries {
			if near := diag.Nearest(e.key.Value, kinds); near != "" {
				p.errorf(e.key.Pos, "SG011", fmt.Sprintf("did you mean %q?", near), "a step has no key %s", quoted(e.key.Value))
				return nil
			}
		}
		p.errorf(m.pos, "SG022", "name what the step does", "a step needs one of the keys `query`, `use`, `for` and `scope`")
		return nil
	default:
		slices.SortFunc(found, func(a, b Text) int { return a.Pos.Compare(b.Pos) })
		p.add(diag.Problem{
			Pos: found[1].Pos, Code: "SG022", Message: fmt.Sprintf("a step is either `%s` or `%s`", found[0].Value, found[1].Value), Fix: "make two steps of it",
			Related: []diag.Related{{Pos: found[0].Pos, Message: "the first"}},
		})
		return nil
	}
}

// stepFields keeps the entries that this kind of step may have.
func (p *parser) stepFields(m mapping, keys []string) fields {
	what := fmt.Sprintf("a `%s` step", keys[0])
	kept := mapping{pos: m.pos, lost: m.lost}
	for _, e := range m.entries {
		other := slices.ContainsFunc(stepKeys(), func(known []string) bool { return slices.Contains(known, e.key.Value) })
		if other && !slices.Contains(keys, e.key.Value) {
			p.errorf(e.key.Pos, "SG011", diag.DidYouMean("", keys), "`%s` does not belong to %s", e.key.Value, what)
			continue
		}
		kept.entries = append(kept.entries, e)
	}
	return p.known(kept, what, keys)
}

func (p *parser) queryStep(f fields) Step {
	q := p.flatQuery(f, "query", "a step")
	s := &QueryStep{
		Query: q, As: p.optional(f, "as", p.isLocal), Into: p.optional(f, "into", p.isLocal),
		When: p.when(f), Expect: p.expect(f), Missing: p.optional(f, "missing", p.isError), Unsafe: p.optional(f, "unsafe", anyText), Pos: f.pos,
	}
	if q == nil {
		return nil
	}
	return s
}

func (p *parser) useStep(f fields) Step {
	s := &UseStep{Block: p.optional(f, "use", p.isName), As: p.optional(f, "as", p.isLocal), With: p.bindings(f), When: p.when(f), Pos: f.pos}
	if s.Block.Value == "" {
		return nil
	}
	return s
}

func (p *parser) forStep(f fields) Step {
	each, _ := f.get("for")
	by, grouped := f.get("by")
	s := &ForStep{Each: p.each(each), By: p.by(by, grouped), Where: p.where(f), When: p.when(f), Do: p.steps(f, "do"), Pos: f.pos}
	p.require(f, f.pos, "a `for` step", "do", "do: [ … ]")
	if s.Each == nil || s.Do == nil || grouped && s.By == nil {
		return nil
	}
	return s
}

// scopeStep reads a `scope` step. Where a key of it was reported, that may have
// been `as`, and the scope's name does not stand for it.
func (p *parser) scopeStep(f fields, odd bool) Step {
	s := &ScopeStep{Scope: p.optional(f, "scope", p.isName), With: p.bindings(f), When: p.when(f), Pos: f.pos}
	s.As = Text{Pos: s.Pos}
	if _, named := f.get("as"); named || !odd {
		s.As = p.asOr(f, s.Scope)
	}
	if s.Scope.Value == "" {
		return nil
	}
	return s
}

// asOr reads `as`, which stands for name where it is not written.
func (p *parser) asOr(f fields, name Text) Text {
	if _, ok := f.get("as"); ok || name.Value == "" {
		return p.optional(f, "as", p.isLocal)
	}
	if namePattern.MatchString(name.Value) && !isReserved(name.Value) {
		return name
	}
	if isReserved(name.Value) {
		p.errorf(name.Pos, "SG019", "add `as` with "+strings.TrimPrefix(otherThanReserved(), "choose "), "%s cannot be a name in expressions: it is a name of the language", quoted(name.Value))
		return Text{Pos: name.Pos}
	}
	p.errorf(name.Pos, "SG016", "add `as`", "%s cannot be a name in expressions", quoted(name.Value))
	return Text{Pos: name.Pos}
}
