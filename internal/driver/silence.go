package driver

import (
	"fmt"

	"github.com/specgen-dev/specgen/internal/code"
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
)

// Silenced is a problem that the specification says is meant.
type Silenced struct {
	Problem diag.Problem
	Reason  string
}

// silence takes the problems out that an `ignore` covers, and reports the
// entries of `ignore` that name what cannot be silenced, or silence nothing.
func (g *Generation) silence(ignores []*spec.Ignore) {
	type entry struct {
		*spec.Ignore
		severity string
	}
	var valid []entry
	var wrong diag.List
	for _, i := range ignores {
		switch page, ok := code.Find(i.Code.Value); {
		case !ok:
			wrong.ErrorFix(i.Code.Pos, "SG042", diag.DidYouMean(i.Code.Value, code.Codes()), "no problem has the code %q", i.Code.Value)
		case !page.Ignorable:
			wrong.ErrorFix(i.Code.Pos, "SG042", "correct what it is about; specgen explain "+page.Code+" tells how", "%s is an error that cannot be silenced", page.Code)
		default:
			valid = append(valid, entry{i, page.Severity})
		}
	}
	var kept diag.List
	used := map[diag.Pos]bool{} // by the place of the code: an alias repeats an entry
	for _, p := range g.Problems.Sorted() {
		reason := ""
		for _, i := range valid {
			meant := p.Code == i.Code.Value && (p.Severity != diag.Error || i.severity == code.Error)
			if meant && g.covers(i.Ignore, p) {
				used[i.Code.Pos] = true
				reason = i.Reason.Value
			}
		}
		if reason == "" {
			kept.Add(p)
			continue
		}
		g.Silenced = append(g.Silenced, Silenced{p, reason})
	}
	complete := !kept.HasErrors() // else what would be silenced may not have been looked for
	for _, p := range wrong.Sorted() {
		kept.Add(p)
	}
	for _, i := range valid {
		if complete && !used[i.Code.Pos] {
			kept.Add(diag.Problem{Pos: i.Code.Pos, Severity: diag.Warning, Code: "SG044", Message: fmt.Sprintf("there is no %s here to silence", i.Code.Value), Fix: "remove it"})
		}
	}
	g.Problems = kept
}

// covers reports whether a problem belongs to the place of an entry: by its own
// position, or where that is in another file, by one that explains it.
func (g *Generation) covers(i *spec.Ignore, p diag.Problem) bool {
	if p.Pos.File == g.File {
		return i.Covers(p.Pos)
	}
	for _, r := range p.Related {
		if i.Covers(r.Pos) {
			return true
		}
	}
	return false
}
