package spec

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/diag"
)

const conditionForms = "write $input.x, {set: $x}, {equal: [a, b]}, {not: …}, {all: […]} or {any: […]}"

// when reads the `when` of f; nil for none and for a broken one.
func (p *parser) when(f fields) Cond {
	v, ok := f.get("when")
	if !ok {
		return nil
	}
	return p.cond(v)
}

// cond reads a condition. It returns nil for a broken one, which it has reported.
func (p *parser) cond(v value) Cond {
	switch v.node.Kind {
	case yaml.MappingNode:
		return p.compound(v)
	case yaml.ScalarNode:
		return p.truth(v)
	default:
		p.errorf(v.pos, "SG028", conditionForms, "a condition cannot be %s", v.describe())
		return nil
	}
}

// truth reads a boolean expression.
func (p *parser) truth(v value) Cond {
	e := p.expr(v)
	switch e := e.(type) {
	case nil:
		return nil
	case *Ref:
		return &Truth{Value: e}
	case *Call:
		if e.Go {
			return &Truth{Value: e}
		}
	case *Scalar:
		if e.Kind == Bool {
			p.errorf(v.pos, "SG028", "leave `when` out, or leave the step out", "a condition that is always %s decides nothing", shown(e))
			return nil
		}
	default: // told below
	}
	p.errorf(v.pos, "SG028", conditionForms, "%s is no condition", shown(e))
	return nil
}

// compound reads a condition that is a mapping of one key.
func (p *parser) compound(v value) Cond {
	known := []string{"all", "any", "equal", "not", "set"}
	f, ok := p.fields(v, "a condition", known...)
	if !ok {
		return nil
	}
	switch len(f.entries) {
	case 0:
		if len(v.node.Content) == 0 { // else a key was reported
			p.errorf(v.pos, "SG028", conditionForms, "a condition cannot be empty")
		}
		return nil
	case 1:
	default:
		first, second := f.entries[0].key, f.entries[1].key
		p.add(diag.Problem{
			Pos: second.Pos, Code: "SG028", Message: fmt.Sprintf("a condition is either `%s` or `%s`", first.Value, second.Value), Fix: "join conditions by {all: […]} or {any: […]}",
			Related: []diag.Related{{Pos: first.Pos, Message: "the first"}},
		})
		return nil
	}
	operand := f.entries[0].value
	switch f.entries[0].key.Value {
	case "all":
		if conds := p.conds(operand, "`all`"); conds != nil {
			return &All{Conds: conds, Pos: v.pos}
		}
	case "any":
		if conds := p.conds(operand, "`any`"); conds != nil {
			return &AnyOf{Conds: conds, Pos: v.pos}
		}
	case "not":
		if c := p.cond(operand); c != nil {
			return &Not{Cond: c, Pos: v.pos}
		}
	case "set":
		return p.setCond(v, operand)
	case "equal":
		return p.equal(v, operand)
	}
	return nil
}

// conds reads a list of conditions; nil when any is broken, since a part of
// them would mean something else.
func (p *parser) conds(v value, what string) []Cond {
	items := p.list(v, what, "a list of conditions")
	conds := make([]Cond, 0, len(items))
	for _, item := range items {
		if c := p.cond(item); c != nil {
			conds = append(conds, c)
		}
	}
	if len(conds) == 0 || len(conds) < len(v.node.Content) {
		return nil
	}
	return conds
}

func (p *parser) setCond(v, operand value) Cond {
	e := p.expr(operand)
	switch e.(type) {
	case nil:
		return nil
	case *Ref, *Call:
		return &SetCond{Value: e, Pos: v.pos}
	default: // told below
	}
	p.errorf(operand.pos, "SG028", "write {set: $input.x}", "`set` needs a reference: %s is always the same", shown(e))
	return nil
}

func (p *parser) equal(v, operand value) Cond {
	if operand.node.Kind != yaml.SequenceNode {
		p.wrongKind(operand, "`equal`", "a list of two values", "write {equal: [$input.kind, personal]}")
		return nil
	}
	items := p.items(operand)
	if len(items) != 2 || len(operand.node.Content) != 2 {
		if len(items) == len(operand.node.Content) { // else an expression was cut, and reported
			p.errorf(operand.pos, "SG028", "write {equal: [$input.kind, personal]}", "`equal` compares two values, not %d", len(items))
		}
		return nil
	}
	left, right := p.expr(items[0]), p.expr(items[1])
	if left == nil || right == nil {
		return nil
	}
	return &Is{Left: left, Right: right, Pos: v.pos}
}

const filterForms = "write field: value, field: {in: [a, b]}, field: {in: $list}, field: {not: value} or field: {not: {in: […]}}"

// where reads the `where` of a loop.
func (p *parser) where(f fields) []*Filter {
	v, ok := f.get("where")
	if !ok {
		return nil
	}
	m, _ := p.mapping(v, "`where`", "a mapping of fields to values")
	var filters []*Filter
	for _, e := range m.entries {
		if !p.isForeign(e.key, "a field") {
			continue
		}
		filter := &Filter{Field: e.key}
		if p.filter(filter, e.value) {
			filters = append(filters, filter)
		}
	}
	return filters
}

// filter reads what a field is compared with into f.
func (p *parser) filter(f *Filter, v value) bool {
	if v.node.Kind == yaml.SequenceNode {
		p.errorf(v.pos, "SG029", "write {in: […]}", "a field cannot equal a list")
		return false
	}
	if v.node.Kind != yaml.MappingNode {
		e := p.expr(v)
		f.Any = []Expr{e}
		return e != nil
	}
	m, ok := p.mapping(v, "a filter", "a mapping")
	switch {
	case !ok || m.lost:
		return false
	case len(m.entries) != 1:
		p.errorf(v.pos, "SG029", filterForms, "a filter has one of the keys `in` and `not`")
		return false
	}
	key, operand := m.entries[0].key, m.entries[0].value
	switch key.Value {
	case "not":
		if f.Not {
			p.errorf(key.Pos, "SG029", "remove both", "a filter says `not` twice")
			return false
		}
		f.Not = true
		return p.filter(f, operand)
	case "in":
		return p.filterList(f, operand)
	}
	p.errorf(key.Pos, "SG029", filterForms, "a filter has no key %s", quoted(key.Value))
	return false
}

func (p *parser) filterList(f *Filter, v value) bool {
	if v.node.Kind == yaml.SequenceNode {
		items := p.list(v, "`in`", "a list of values")
		for _, item := range items {
			if e := p.expr(item); e != nil {
				f.Any = append(f.Any, e)
			}
		}
		return len(f.Any) > 0
	}
	if v.node.Kind == yaml.ScalarNode {
		e := p.expr(v)
		if ref, ok := e.(*Ref); ok {
			f.List = ref
			return true
		}
		if e == nil {
			return false
		}
	}
	p.wrongKind(v, "`in`", "a list, or a reference to one", "")
	return false
}
