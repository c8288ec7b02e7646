package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// What rows are made of must come of one state of the database: what several
// statements read is read again, unless the creator itself has changed it.
func TestRereads(t *testing.T) {
	t.Parallel()
	read := func(name, table string) *model.Call {
		c := step(name, schema.Select, table)
		c.Query.Cmd = "many"
		return c
	}
	locking := func(c *model.Call) *model.Call {
		c.Facts.Effects.Locks = []schema.Effect{{Table: c.Facts.Reads[0]}}
		return c
	}
	copied := func(name, table string, from ...*model.Call) *model.Call {
		return step(name, schema.Insert, table, from...)
	}
	presets, entries := read("presets", "presets"), read("entries", "entries")
	locked := locking(read("locked", "presets"))
	first := step("first", schema.Insert, "presets")
	skipping := locking(read("skipping", "presets"))
	skipping.Facts.Locks = []schema.Lock{{SkipLocked: true}}
	for name, tc := range map[string]struct {
		calls []*model.Call
		want  string // the steps whose rows are copied
		again string // those that are sent again
		flush int
	}{
		"nothing is read":               {[]*model.Call{copied("a", "roles")}, "", "", 0},
		"nothing is made of it":         {[]*model.Call{read("idle", "presets"), read("other", "entries")}, "", "", 0},
		"one statement":                 {[]*model.Call{presets, copied("role", "roles", presets)}, "", "", 0},
		"one that waits for locks":      {[]*model.Call{locked, copied("role", "roles", locked)}, "locked", "locked", 1},
		"one that skips what is locked": {[]*model.Call{skipping, copied("role", "roles", skipping)}, "", "", 0},
		"two":                           {[]*model.Call{presets, entries, copied("role", "roles", presets, entries)}, "presets entries", "presets", 1},
		"what the creator wrote before": {[]*model.Call{first, presets, copied("role", "roles", presets)}, "", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var body []model.Node
			for _, c := range tc.calls {
				body = append(body, c)
			}
			r := newRereads(newSchedule(body, model.Tables{}), body)
			var got []string
			for _, c := range r.reads {
				got = append(got, c.Step)
			}
			if got := strings.Join(got, " "); got != tc.want || strings.Join(r.steps(), " ") != tc.again || r.flush != tc.flush {
				t.Errorf("%q of flush %d, again %q; want %q of %d, again %q", got, r.flush, r.steps(), tc.want, tc.flush, tc.again)
			}
		})
	}
}

// Calls take turns in one loop where its turns are not the items.
func TestTogether(t *testing.T) {
	t.Parallel()
	items, outer, inner := &model.Loop{Items: true}, &model.Loop{}, &model.Loop{}
	in := func(loops ...*model.Loop) *model.Call {
		return &model.Call{Query: &sqlcapi.Query{}, Loops: slices.Clone(loops)}
	}
	for name, tc := range map[string]struct {
		a, b *model.Call
		want bool
	}{
		"no loop":              {in(), in(), false},
		"one loop":             {in(outer), in(outer), true},
		"a loop within":        {in(outer), in(outer, inner), true},
		"two loops":            {in(outer), in(inner), false},
		"one in a loop":        {in(outer), in(), false},
		"the items alone":      {in(items), in(items), false},
		"a loop for each item": {in(items, outer), in(items, outer), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := together(tc.a, tc.b); got != tc.want {
				t.Errorf("%t, want %t", got, tc.want)
			}
		})
	}
}
