package plan

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// bulk makes a call of a :copyfrom query.
func bulk(name, table string, needs ...*model.Call) *model.Call {
	c := step(name, schema.Insert, table, needs...)
	c.Query.Cmd = "copyfrom"
	return c
}

func TestScheduleOfBulkCalls(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		calls func() []*model.Call
		want  string
	}{
		{"it goes behind the single calls", func() []*model.Call {
			return []*model.Call{step("a", schema.Insert, "x"), bulk("b", "y"), step("c", schema.Insert, "z")}
		}, "a:1 b:2 c:1"},
		{"it needs an answer of the flush in front", func() []*model.Call {
			a := step("a", schema.Insert, "x")
			return []*model.Call{a, bulk("b", "y", a), step("c", schema.Insert, "z", a)}
		}, "a:1 b:2 c:3"},
		{"each is alone", func() []*model.Call {
			return []*model.Call{step("a", schema.Insert, "x"), bulk("b", "y"), bulk("c", "y"), step("d", schema.Insert, "y")}
		}, "a:1 b:2 c:3 d:4"},
		{"no empty flush in front", func() []*model.Call {
			return []*model.Call{bulk("a", "x"), step("b", schema.Delete, "x")}
		}, "a:1 b:2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := flushesOf(nil, tc.calls()...); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}

// Whatever the calls are: a bulk call has its flush to itself, no flush is empty,
// an answer comes before those who need it, and calls that conflict keep their order.
func TestScheduleOfBulkCallsHolds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		var body []model.Node
		var calls []*model.Call
		for i := range 3 + rnd.IntN(8) {
			var needs []*model.Call
			if len(calls) > 0 && rnd.IntN(3) == 0 {
				if other := calls[rnd.IntN(len(calls))]; !other.Bulk() {
					needs = append(needs, other)
				}
			}
			c := step(fmt.Sprint("s", i), []schema.Kind{schema.Insert, schema.Select, schema.Delete}[rnd.IntN(3)], string(rune('p'+rnd.IntN(5))), needs...)
			if c.Facts.Kind == schema.Insert && rnd.IntN(2) == 0 {
				c.Query.Cmd = "copyfrom"
			}
			calls, body = append(calls, c), append(body, c)
		}
		tables := model.Tables{}
		s := newSchedule(body, tables)
		in := map[int][]string{}
		for i, c := range calls {
			at := s.flush[c]
			in[at] = append(in[at], c.Step)
			for _, a := range c.Args {
				if need := a.Value.(*model.RowValue).Call; s.flush[need] >= at {
					t.Errorf("seed %d: %s in flush %d needs %s in flush %d", seed, c.Step, at, need.Step, s.flush[need])
				}
			}
			for _, b := range calls[:i] {
				if tables.KeepOrder(b, c) && s.flush[b] > at {
					t.Errorf("seed %d: %s in flush %d overtakes %s in flush %d", seed, c.Step, at, b.Step, s.flush[b])
				}
			}
		}
		for _, c := range calls {
			if c.Bulk() && len(in[s.flush[c]]) > 1 {
				t.Errorf("seed %d: %s shares its flush: %s", seed, c.Step, strings.Join(in[s.flush[c]], " "))
			}
		}
		if len(in) != s.count {
			t.Errorf("seed %d: %d flushes, %d of them with calls", seed, s.count, len(in))
		}
	}
}

func TestRoundTripsOfBulkFlushes(t *testing.T) {
	t.Parallel()
	single, own := &Flush{}, &Flush{Own: "copyfrom"}
	for _, tc := range []struct {
		flushes []*Flush
		rides   bool
		want    int
	}{
		{[]*Flush{single}, true, 1},
		{[]*Flush{single, own}, false, 3},
		{[]*Flush{single, own, single}, true, 3},
		{[]*Flush{own, single}, true, 3},
	} {
		c := &Coordinator{Flushes: tc.flushes, Rides: tc.rides}
		if got := c.RoundTrips(); got != tc.want {
			t.Errorf("%d round trips, want %d", got, tc.want)
		}
	}
}
