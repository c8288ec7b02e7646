package model

import (
	"fmt"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
)

// checkUnused warns of what the document declares and nothing uses: most often
// the use has a misspelt name, or was forgotten. Beside errors it is silent: the
// use may be what is wrong.
func (r *resolver) checkUnused() {
	if r.problems.HasErrors() || r.doc.ParseLoss.Any() {
		return
	}
	all := &nameWalk{roots: map[string]bool{}, members: map[[2]string]bool{}, blocks: map[string]bool{}}
	for _, b := range r.doc.Blocks {
		used := all.blocks[b.Name.Value]
		all.steps(b.Steps)
		all.blocks[b.Name.Value] = used // by others
	}
	for _, s := range r.doc.Scopes {
		all.scope(s)
	}
	for _, b := range r.doc.Blocks {
		if !all.blocks[b.Name.Value] {
			r.unused(b.Name, fmt.Sprintf("no step uses the block %q", b.Name.Value), "use it, or remove it")
		}
		inside := &nameWalk{roots: map[string]bool{}, members: map[[2]string]bool{}, blocks: map[string]bool{}}
		inside.steps(b.Steps)
		for _, p := range b.Params {
			if !inside.roots[p.Value] {
				r.unused(p, fmt.Sprintf("the block %q does not use its parameter %q", b.Name.Value, p.Value), "use it as $"+p.Value+", or remove it")
			}
		}
	}
	for _, d := range r.doc.Data {
		if !all.members[[2]string{"data", d.Name.Value}] {
			r.unused(d.Name, fmt.Sprintf("nothing uses the data %q", d.Name.Value), "use it as $data."+d.Name.Value+", or remove it")
		}
	}
	for _, d := range r.doc.Context {
		if !all.members[[2]string{"context", d.Name.Value}] {
			r.unused(d.Name, fmt.Sprintf("nothing uses the context value %q", d.Name.Value), "use it as $context."+d.Name.Value+", or remove it")
		}
	}
	for _, s := range r.doc.Scopes {
		r.unusedInputs(s)
	}
	r.unusedLists(all)
}

// unusedLists warns of rows that are gathered for nothing: no scope gives the
// list back, and no step goes over it.
func (r *resolver) unusedLists(all *nameWalk) {
	given := map[string]bool{}
	for _, s := range r.doc.Scopes {
		for _, name := range s.Result {
			given[name.Value] = true
		}
	}
	told := map[string]bool{}
	for _, into := range all.lists {
		if name := into.Value; name != "" && !given[name] && !all.roots[name] && !told[name] {
			told[name] = true
			r.unused(into, fmt.Sprintf("nothing uses the list %q", name), "give it back: result: ["+name+"], or remove `into`")
		}
	}
}

func (r *resolver) unusedInputs(s *spec.Scope) {
	if s.Row == nil {
		return
	}
	used := r.inputsUsed(s)
	declared := declaredInputs(s)
	for _, a := range r.rowArgs(s.Row) {
		used[a.Name] = true
		if d := declaredFor(declared, a); d != nil {
			used[d.Name.Value] = true
		}
	}
	for _, d := range s.Inputs {
		if inputNamed(used, d.Name.Value) == "" {
			r.unused(d.Name, fmt.Sprintf("nothing uses the input %q of scope %q", d.Name.Value, s.Name.Value), "use it as $input."+d.Name.Value+", or remove it")
		}
	}
}

func (r *resolver) unused(at spec.Text, message, fix string) {
	r.problems.Add(diag.Problem{Pos: at.Pos, Severity: diag.Warning, Code: "SG224", Message: message, Fix: fix})
}

// nameWalk collects the names that steps use.
type nameWalk struct {
	roots   map[string]bool    // x of $x…
	members map[[2]string]bool // x and y of $x.y…
	blocks  map[string]bool
	lists   []spec.Text // of `into`
}

// walk notes the names as it goes through them.
func (w *nameWalk) walk() *spec.Walk {
	return &spec.Walk{
		Ref: func(ref *spec.Ref) {
			w.roots[ref.Root] = true
			if len(ref.Path) > 0 {
				w.members[[2]string{ref.Root, ref.Path[0]}] = true
			}
		},
		Step: func(s spec.Step) {
			if q, ok := s.(*spec.QueryStep); ok {
				w.lists = append(w.lists, q.Into)
			} else if use, ok := s.(*spec.UseStep); ok {
				w.blocks[use.Block.Value] = true
			}
		},
	}
}

func (w *nameWalk) scope(s *spec.Scope) { w.walk().Scope(s) }

func (w *nameWalk) steps(steps []spec.Step) { w.walk().Steps(steps) }
