package model

import (
	"regexp"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
)

// dotted is a text that would be a reference with a dollar sign in front.
var dotted = regexp.MustCompile(`^([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)$`)

// meantReference is what a text that is not taken for one would refer to, with
// its dollar sign; "" for a text that refers to nothing.
func (r *resolver) meantReference(e spec.Expr, en *env) string {
	s, ok := e.(*spec.Scalar)
	if !ok || s.Kind != spec.String {
		return ""
	}
	if s.Text == "now" || s.Text == "new.uuid" || en.lookup(s.Text) != nil {
		return "$" + s.Text
	}
	m := dotted.FindStringSubmatch(s.Text)
	if m == nil || m[1] == "data" || m[1] == "new" {
		return ""
	}
	if m[1] == "input" && en.frame.scope.doc.Row != nil && !en.frame.purge &&
		slices.ContainsFunc(r.rowArgs(en.frame.scope.doc.Row), func(a *Arg) bool { return sameInput(a.Name, m[2]) }) {
		return "$" + s.Text // an input, if it were used
	}
	if r.resolves(&spec.Ref{Root: m[1], Path: []string{m[2]}, Pos: s.Pos}, en) {
		return "$" + s.Text
	}
	return ""
}

// resolves reports whether a reference is right; nothing is reported.
func (r *resolver) resolves(ref *spec.Ref, en *env) bool {
	quiet := *r
	quiet.problems = &diag.List{}
	return quiet.value(ref, en) != nil
}

// warnOfText tells of a text that is taken and reads like a reference: without
// its dollar sign, the text itself is stored.
func (r *resolver) warnOfText(e spec.Expr, en *env, to Shape, what string) {
	if s, ok := e.(*spec.Scalar); !ok || to.Kind != Text || !dotted.MatchString(s.Text) {
		return
	}
	if ref := r.meantReference(e, en); ref != "" {
		r.warnings.Add(diag.Problem{Pos: e.Position(), Severity: diag.Lint, Code: "SG225",
			Message: e.String() + " for " + what + " is a text, and reads like a reference", Fix: "write " + ref + ", if that is meant"})
	}
}
