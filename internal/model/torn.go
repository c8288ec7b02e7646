package model

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
)

// copier is a statement that copies rows which the creator did not make.
type copier struct {
	call   *Call
	tables []string
	set    bool // an INSERT … SELECT, which cannot be done twice to compare
}

// torn finds two statements that copy rows which belong together, of which one is
// an INSERT … SELECT: at READ COMMITTED each has a snapshot of its own, and nothing
// shows that they differ. One in a loop is two by itself. What SELECTs alone copy is
// read again and compared.
func (r *resolver) torn(calls []*Call, reasons map[spec.Text]bool) (first, second *Call) {
	var all []copier
	for _, x := range copiers(calls) {
		other := x.call
		if !x.set || !x.call.Repeats() {
			i := slices.IndexFunc(all, func(earlier copier) bool {
				return (x.set || earlier.set) && r.tied(x.tables, earlier.tables)
			})
			if all = append(all, x); i < 0 {
				continue
			}
			other = all[i].call
		}
		switch {
		case x.call.unsafe.Value != "":
			reasons[x.call.unsafe] = true
		case first == nil:
			first, second = other, x.call
		}
	}
	return first, second
}

func copiers(calls []*Call) []copier {
	var own []string // tables that the creator writes
	for _, c := range calls {
		own = append(own, c.Writes()...)
	}
	reads := copiesOf(calls)
	var out []copier
	for _, c := range calls {
		x := copier{call: c, set: c.Facts.Kind == schema.Insert}
		switch {
		case x.set:
			x.tables = slices.Clone(c.Facts.Copies)
		case slices.Contains(reads, c):
			x.tables = slices.Clone(c.Facts.Reads)
		}
		x.tables = slices.DeleteFunc(x.tables, func(table string) bool { return slices.Contains(own, table) })
		if len(x.tables) > 0 {
			out = append(out, x)
		}
	}
	return out
}

// tied reports whether a table is in both lists, or refers to one in the other.
func (r *resolver) tied(a, b []string) bool {
	refs := r.project.Tables.References
	return slices.ContainsFunc(a, func(x string) bool {
		return slices.ContainsFunc(b, func(y string) bool {
			return x == y || slices.Contains(refs[x], y) || slices.Contains(refs[y], x)
		})
	})
}
