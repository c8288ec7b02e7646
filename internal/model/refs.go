package model

import "github.com/specgen-dev/specgen/internal/spec"

// references goes through references, those in the blocks that steps use included.
func (r *resolver) references(visit func(*spec.Ref)) *spec.Walk {
	seen := map[string]bool{}
	w := &spec.Walk{Ref: visit}
	w.Step = func(s spec.Step) {
		use, ok := s.(*spec.UseStep)
		if !ok || seen[use.Block.Value] {
			return
		}
		seen[use.Block.Value] = true
		if b := r.blocks[use.Block.Value]; b != nil {
			w.Steps(b.Steps)
		}
	}
	return w
}

// inputsUsed collects the names x of every $input.x in a scope's create side,
// blocks that it uses included.
func (r *resolver) inputsUsed(s *spec.Scope) map[string]bool {
	names := map[string]bool{}
	r.references(func(ref *spec.Ref) {
		if ref.Root == "input" && len(ref.Path) > 0 {
			names[ref.Path[0]] = true
		}
	}).Creation(s)
	return names
}
