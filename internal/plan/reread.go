package plan

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/model"
)

// rereads are the steps of a creator of whose rows others are made, where several
// statements read them: at READ COMMITTED they are read again behind the last one.
type rereads struct {
	reads []*model.Call // in order
	flush int           // of the last one; 0 for none
}

// newRereads finds them. One statement alone, without a lock, sees one state.
func newRereads(s *schedule, body []model.Node) rereads {
	all := compared(body)
	reads := slices.DeleteFunc(slices.Clone(all), func(c *model.Call) bool { return s.ownWrites(c, all) })
	if len(reads) == 1 && !reads[0].Repeats() && !locks(reads[0]) {
		return rereads{}
	}
	r := rereads{reads: reads}
	for _, c := range reads {
		r.flush = max(r.flush, s.flush[c])
	}
	return r
}

// compared are the steps whose rows are copied, and those that lock rows of which
// there must be some: such a step may have waited for somebody who replaced them.
func compared(body []model.Node) []*model.Call {
	copied := model.Copies(body)
	return slices.DeleteFunc(model.Calls(body), func(c *model.Call) bool {
		waits := c.Expect != nil && c.Query.Cmd == "many" && locks(c) && !c.SkipsLocked()
		return !waits && !slices.Contains(copied, c)
	})
}

func (r rereads) has(c *model.Call) bool { return slices.Contains(r.reads, c) }

// locks reports whether a query waits for those who hold its rows: they may be a
// mix then of what was there before and after the wait.
func locks(c *model.Call) bool { return c.Selects() && c.LocksRows() }

// ownWrites reports whether the creator itself writes what a step has read before
// the last of the others reads: read again, it would always differ.
func (s *schedule) ownWrites(c *model.Call, reads []*model.Call) bool {
	last := reads[0]
	for _, r := range reads {
		if s.before(last, r) {
			last = r
		}
	}
	return slices.ContainsFunc(s.calls, func(w *model.Call) bool {
		return s.tables.Changes(w, c) && (s.before(c, w) || together(c, w)) && (s.before(w, last) || together(w, last))
	})
}

// before reports whether a call is sent before another one.
func (s *schedule) before(a, b *model.Call) bool {
	if s.flush[a] != s.flush[b] {
		return s.flush[a] < s.flush[b]
	}
	return slices.Index(s.calls, a) < slices.Index(s.calls, b)
}

// together reports whether two calls take turns in one loop. The items take none:
// what one writes that was read for another is sent in a loop of its own.
func together(a, b *model.Call) bool {
	x, y := model.InnerLoops(a.Loops), model.InnerLoops(b.Loops)
	return len(x) > 0 && len(y) > 0 && x[0] == y[0]
}

// steps names the steps that are sent again: all but the last one, unless that
// one locks its rows, or is sent several times.
func (r rereads) steps() []string {
	var out []string
	for i, c := range r.reads {
		if i < len(r.reads)-1 || locks(c) || c.Repeats() {
			out = append(out, c.Step)
		}
	}
	return out
}
