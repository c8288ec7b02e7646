package model

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
)

// withoutMeant takes from the names that something lacks those that unknown names
// were most likely meant to be: a misspelt name is one mistake.
func withoutMeant(lacking, unknown []string) []string {
	rest := slices.Clone(lacking)
	for _, name := range unknown {
		meant := diag.Nearest(name, rest)
		rest = slices.DeleteFunc(rest, func(x string) bool { return x == meant })
	}
	return rest
}

// misses notes that a name is unknown, and reports whether that is a mistake of its
// own: not where a block is missing that may declare it.
func (f *frame) misses(name string, known []string) bool {
	if f.unknown == nil {
		f.unknown = map[string]bool{}
	}
	f.unknown[name] = true
	return !f.lacksBlock || diag.Nearest(name, known) != ""
}

// bodyUses reports whether the steps of a block refer to a name.
func (r *resolver) bodyUses(b *spec.Block, name string) bool {
	found := false
	r.references(func(ref *spec.Ref) { found = found || ref.Root == name }).Steps(b.Steps)
	return found
}

// blockParams declares the parameters of a block in inner. A name that the uses of
// the block give and its steps refer to, and that it does not declare, is a mistake
// of the block and not of each use.
func (r *resolver) blockParams(s *spec.UseStep, b *spec.Block, en, inner *env) {
	var known, lacking, unknown []string
	for _, p := range b.Params {
		known = append(known, p.Value)
		if !slices.ContainsFunc(s.With, func(w *spec.Binding) bool { return w.Name.Value == p.Value }) {
			lacking = append(lacking, p.Value)
		}
	}
	for _, w := range s.With {
		inner.names[w.Name.Value] = &symbol{expr: w.Value, in: en, pos: w.Name.Pos}
		if slices.Contains(known, w.Name.Value) {
			continue
		}
		unknown = append(unknown, w.Name.Value)
		if !r.bodyUses(b, w.Name.Value) {
			delete(inner.names, w.Name.Value)
			r.failNear(w.Name.Pos, "SG214", w.Name.Value, known, "block %q has no parameter %q", b.Name.Value, w.Name.Value)
			continue
		}
		at := b.Name.Pos
		if i := slices.IndexFunc(b.Params, func(p spec.Text) bool { return !r.bodyUses(b, p.Value) }); i >= 0 {
			at = b.Params[i].Pos
		}
		r.failMissing(at, "SG214", w.Name.Value, "name it under `params`", "block %q does not declare the parameter %q, which its steps and its uses name", b.Name.Value, w.Name.Value)
	}
	missing := withoutMeant(lacking, unknown)
	for _, p := range b.Params {
		if inner.names[p.Value] != nil {
			continue
		}
		if slices.Contains(missing, p.Value) {
			r.fail(s.Pos, "SG401", "give it in `with`: {"+p.Value+": …}", "block %q needs parameter %q", b.Name.Value, p.Value)
		}
		inner.names[p.Value] = &symbol{pos: s.Pos}
	}
}
