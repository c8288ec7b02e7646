package driver

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// partial are codes suppressed for a step, or another part of the document, in
// which something failed to parse.
var partial = []string{"SG206", "SG210", "SG213", "SG216", "SG303", "SG304", "SG401", "SG402", "SG406", "SG407", "SG408", "SG502"}

// fragile are codes suppressed while any part of the document failed to parse: they
// are about how steps, locks, loops and data fit together.
var fragile = []string{"SG217", "SG305", "SG409", "SG410", "SG503", "SG504", "SG505", "SG562"}

// followsFrom reports whether a problem may exist only because a part of the
// document failed to parse, which was reported.
func followsFrom(d *spec.ParseLoss, p diag.Problem) bool {
	if !d.Any() {
		return false
	}
	if p.Missing != "" && d.Lost(p.Missing) || slices.Contains(fragile, p.Code) {
		return true
	}
	if !slices.Contains(partial, p.Code) {
		return false
	}
	return d.At(p.Pos) || slices.ContainsFunc(p.Related, func(r diag.Related) bool { return d.At(r.Pos) })
}

// ofOneQuery are codes of problems that make one query unusable, and no other.
var ofOneQuery = []string{"SG162", "SG163", "SG166", codeStaleQuery}

// breaksAll reports whether a problem of the files that a document names makes it
// impossible to resolve the document.
func breaksAll(p diag.Problem) bool {
	return p.Severity == diag.Error && !slices.Contains(ofOneQuery, p.Code)
}

// codeStaleQuery is reported for a query whose statement sqlc has not read. It
// matters only to a document that calls the query.
const codeStaleQuery = "SG167"

// unusable are the queries that a document calls, and that were reported as
// unusable.
type unusable map[string]bool

// codeUnknownQuery is reported for a call of a query that does not exist.
const codeUnknownQuery = "SG201"

// unusableIn finds the unusable queries that are called: resolution takes them
// as absent.
func unusableIn(api *sqlcapi.API, resolved *diag.List) unusable {
	called := unusable{}
	for _, p := range resolved.Sorted() {
		for _, pkg := range api.Packages {
			if p.Code == codeUnknownQuery && slices.Contains(pkg.Unusable, p.Missing) {
				called[p.Missing] = true
			}
		}
	}
	return called
}

// explains reports whether a problem may exist only because a query is unusable.
func (u unusable) explains(p diag.Problem) bool {
	return len(u) > 0 && (p.Code == codeUnknownQuery && u[p.Missing] || slices.Contains(fragile, p.Code))
}

// concerning leaves out problems of queries that the document does not call.
func (u unusable) concerning(found *diag.List) diag.List {
	var kept diag.List
	for _, p := range found.Sorted() {
		if p.Code != codeStaleQuery || u[p.Missing] {
			kept.Add(p)
		}
	}
	return kept
}
