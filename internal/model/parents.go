package model

import "github.com/specgen-dev/specgen/internal/diag"

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
