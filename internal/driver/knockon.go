package driver

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
)

// partial are the codes of problems that a part of a document may have because
// something in it was reported and left out.
var partial = []string{"SG206", "SG210", "SG213", "SG216", "SG303", "SG304", "SG401", "SG402", "SG406", "SG407", "SG408", "SG502"}

// fragile are the codes that say something of how steps, locks, loops and data
// fit together: of nothing can that be said while some of them are missing.
var fragile = []string{"SG217", "SG409", "SG410", "SG503", "SG504", "SG505"}

// followsFrom reports whether a problem may be one only because of what is missing
// from the document, which was reported.
func followsFrom(d *spec.Damage, p diag.Problem) bool {
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
