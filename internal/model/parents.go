package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
)

// ParentRef is a parent of a scope, as the document declares it.
type ParentRef struct {
	Name   string
	Type   string // stored type of the parent
	Lock   string // the query that locks it, "" for none
	When   bool   // only under a condition
	Many   bool   // any number of them
	Unsafe string // why it needs no lock, "" where it is locked
	Pos    diag.Pos
}

// Parents are the declared parents, in the order of the document.
func (s *Scope) Parents() []ParentRef {
	var out []ParentRef
	for _, p := range s.doc.Parents {
		out = append(out, ParentRef{Name: p.As.Value, Type: p.Type.Value, Lock: lockName(p), When: p.When != nil, Many: p.For != nil,
			Unsafe: p.Unsafe.Value, Pos: p.Pos})
	}
	return out
}

// parents resolves the parents in the order of the document, and puts their locks
// into the order of locks: topmost first.
func (r *resolver) parents(s *Scope, en *env) {
	resolved := map[*spec.Parent]*parent{}
	bodies := map[*spec.Parent]*[]Node{}
	for _, d := range s.doc.Parents {
		own := *en
		own.body = new([]Node)
		bodies[d] = own.body
		p := r.parent(d, &own)
		if p == nil { // which was reported
			if d.For == nil && d.As.Value != "" && en.lookup(d.As.Value) == nil {
				r.declare(en, d.As, &symbol{})
			}
			continue
		}
		resolved[d] = p
	}
	var locks []*Call
	for _, d := range r.lockOrder(s.doc.Parents) {
		*en.body = append(*en.body, *bodies[d]...)
		p := resolved[d]
		if p == nil {
			continue
		}
		en.frame.parents = append(en.frame.parents, p)
		if p.lock != nil {
			locks = append(locks, p.lock)
		}
	}
	orderLocks(locks)
}

// lockOrder sorts parents by (depth in the graph of parents, type, query). A parent
// that is looked up by another one's row comes behind that one all the same.
func (r *resolver) lockOrder(docs []*spec.Parent) []*spec.Parent {
	rest := slices.Clone(docs)
	slices.SortStableFunc(rest, func(a, b *spec.Parent) int {
		return cmp.Or(cmp.Compare(r.depth(a.Type.Value, nil), r.depth(b.Type.Value, nil)), cmp.Compare(a.Type.Value, b.Type.Value), cmp.Compare(lockName(a), lockName(b)))
	})
	var out []*spec.Parent
	for len(rest) > 0 {
		// What a parent refers to was declared before it, so there is always a next one.
		next := slices.IndexFunc(rest, func(d *spec.Parent) bool {
			names := r.parentRefs(d)
			return !slices.ContainsFunc(rest, func(other *spec.Parent) bool {
				return other != d && declaredBefore(docs, other, d) && names[other.As.Value]
			})
		})
		out = append(out, rest[next])
		rest = slices.Delete(rest, next, next+1)
	}
	return out
}

// parentRefs are the names that the values of a parent begin with: in what is
// written, and where a rule may bind <name>_id.
func (r *resolver) parentRefs(d *spec.Parent) map[string]bool {
	names := map[string]bool{}
	r.references(func(ref *spec.Ref) { names[ref.Root] = true }).Parent(d)
	if d.Lock == nil {
		return names
	}
	for _, a := range r.rowArgs(d.Lock) {
		if name, ok := strings.CutSuffix(a.Name, "_id"); ok && !hasBinding(d.Lock.With, a) {
			names[name] = true
		}
	}
	return names
}

func declaredBefore(docs []*spec.Parent, a, b *spec.Parent) bool {
	return slices.Index(docs, a) < slices.Index(docs, b)
}

func lockName(p *spec.Parent) string {
	if p.Lock == nil {
		return ""
	}
	return p.Lock.Name.Value
}

// orderLocks marks the locks of which the values of the caller decide the order:
// those that one query takes, by the value of its only parameter.
func orderLocks(locks []*Call) {
	for _, c := range locks {
		several := slices.ContainsFunc(locks, func(other *Call) bool { return other != c && other.Query == c.Query })
		c.Ordered = several && len(c.Args) == 1 && comparable(c.Args[0].Shape) && c.Args[0].Shape.Form != Pointer
	}
}

// depth is how far a scope type is below a type without parents.
func (r *resolver) depth(typ string, below []string) int {
	if slices.Contains(below, typ) {
		return 0 // a cycle: reported by nobody, since a folder may lie in a folder
	}
	deepest := 0
	for _, s := range r.doc.Scopes {
		if s.Type.Value != typ {
			continue
		}
		for _, p := range s.Parents {
			deepest = max(deepest, 1+r.depth(p.Type.Value, append(below, typ)))
		}
	}
	return deepest
}

func (r *resolver) parent(d *spec.Parent, en *env) *parent {
	p := &parent{typ: d.Type.Value, name: d.As.Value}
	at := en
	if d.When != nil {
		c := r.cond(d.When, en)
		if c == nil {
			return nil
		}
		at = en.guard(c)
		p.conds = []Cond{c}
	}
	if d.For != nil {
		l := r.loop(d.For, at, d.Pos)
		if l == nil {
			return nil
		}
		l.Sorted, p.loop = true, l
		if l.Data == nil && (!comparable(l.Elem) || l.Elem.Form == Pointer) {
			r.fail(d.For.In.Pos, "SG303", "loop over the parents' ids", "parents are locked in the order of their ids, and %s cannot be ordered", l.Elem.describe())
			return nil
		}
		at.add(l)
		at = at.under(&l.Body)
		at.loops = append(at.loops[:len(at.loops):len(at.loops)], l)
		r.declare(at, d.For.Var, &symbol{value: &ElemValue{Loop: l}})
	}
	if d.Lock == nil {
		if d.ID == nil {
			r.fail(d.Pos, "SG408", "name a query that locks the parent's row FOR KEY SHARE: lock: LockX", "parent %q has no `lock`", p.name)
			return nil
		}
		p.id = r.value(d.ID, at)
		return p
	}
	c := r.queryCall(d.Lock, at, ParentLock, p.name)
	if c == nil {
		return nil
	}
	c.Step, c.Parent = en.prefix+"parents."+p.name, d.Type.Value
	c.Missing = r.errorDef(d.Missing, "ErrParentNotFound", "there is no such "+p.typ)
	if c.Query.Cmd != "one" {
		r.fail(d.Lock.Name.Pos, "SG407", "make it :one: no row is how a missing parent is noticed", "%s is :%s, and a parent's lock must return the row", c.Query.Name, c.Query.Cmd)
		return nil
	}
	r.checkRole(c, d.Lock.Name, nil)
	r.bind(c, d.Lock, at, binding{})
	at.add(c)
	p.lock = c
	seen := en // a parent that is a list is seen by its own expressions alone
	if p.loop != nil {
		seen = at
	}
	r.declareIn(seen, at.guards, d.As, &symbol{value: &RowValue{Call: c}})
	if d.ID != nil {
		p.id = r.value(d.ID, at)
	} else { // of this very row, whatever its name means
		p.id = r.members(&RowValue{Call: c}, []string{"id"}, &spec.Ref{Root: p.name, Path: []string{"id"}, Pos: d.Pos})
	}
	return p
}
