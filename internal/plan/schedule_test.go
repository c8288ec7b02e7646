package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// step makes a call that writes or reads one table and needs the answers of others.
func step(name string, kind schema.Kind, table string, needs ...*model.Call) *model.Call {
	c := &model.Call{Step: name, Query: &sqlcapi.Query{Name: name, Cmd: "one"}, Facts: &schema.Query{Kind: kind}}
	if kind == schema.Select {
		c.Facts.Reads, c.Facts.Effects.Reads = []string{table}, []schema.Effect{{Table: table}}
	} else {
		c.Facts.Target, c.Facts.Writes, c.Facts.Effects.Writes = table, []string{table}, []schema.Effect{{Table: table}}
	}
	for _, n := range needs {
		c.Args = append(c.Args, &model.Arg{Name: "x", Value: &model.RowValue{Call: n}, Source: "$" + n.Step})
	}
	return c
}

func flushesOf(refs map[string][]string, calls ...*model.Call) string {
	var body []model.Node
	for _, c := range calls {
		body = append(body, c)
	}
	s := newSchedule(body, model.Tables{References: refs})
	var out []string
	for _, c := range calls {
		out = append(out, fmt.Sprintf("%s:%d", c.Step, s.flush[c]))
	}
	return strings.Join(out, " ")
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	t.Run("independent calls share the first flush", func(t *testing.T) {
		t.Parallel()
		if got := flushesOf(nil, step("a", schema.Insert, "x"), step("b", schema.Select, "y"), step("c", schema.Delete, "z")); got != "a:1 b:1 c:1" {
			t.Error(got)
		}
	})
	t.Run("a call waits for the answers it needs", func(t *testing.T) {
		t.Parallel()
		a := step("a", schema.Insert, "x")
		b := step("b", schema.Insert, "y", a)
		if got := flushesOf(nil, a, b, step("c", schema.Insert, "z", a, b)); got != "a:1 b:2 c:3" {
			t.Error(got)
		}
	})
	t.Run("an independent call overtakes one that waits", func(t *testing.T) {
		t.Parallel()
		a := step("a", schema.Select, "x")
		if got := flushesOf(nil, a, step("b", schema.Insert, "y", a), step("c", schema.Insert, "z")); got != "a:1 b:2 c:1" {
			t.Error(got)
		}
	})
	t.Run("nobody overtakes a writer of the same table, or of one that a foreign key ties to it", func(t *testing.T) {
		t.Parallel()
		a := step("a", schema.Select, "x")
		b := step("b", schema.Insert, "roles", a)
		refs := map[string][]string{"permissions": {"roles"}}
		if got := flushesOf(refs, a, b, step("c", schema.Insert, "permissions"), step("d", schema.Select, "roles"), step("e", schema.Insert, "other")); got != "a:1 b:2 c:2 d:2 e:1" {
			t.Error(got)
		}
	})
	t.Run("what may refuse a purge is read before anything is deleted", func(t *testing.T) {
		t.Parallel()
		lock := step("lock", schema.Select, "x")
		lock.Role = model.PurgeLock
		count := step("count", schema.Select, "y")
		count.Role = model.Refusal
		gone := step("delete", schema.Delete, "z")
		gone.Role = model.PurgeStep
		if got := flushesOf(nil, lock, count, gone); got != "lock:1 count:1 delete:2" {
			t.Error(got)
		}
	})
	t.Run("a column that the statement fixes is known before its answer", func(t *testing.T) {
		t.Parallel()
		a := step("a", schema.Insert, "x")
		known := &model.Arg{Name: "id", Value: &model.NewUUID{}}
		b := step("b", schema.Insert, "y")
		b.Args = []*model.Arg{{Name: "x_id", Value: &model.ColumnValue{Call: a, Known: known}}}
		if got := flushesOf(nil, a, b); got != "a:1 b:1" {
			t.Error(got)
		}
	})
}

// TestScheduleOrders checks, on random coordinators, what must hold of every
// schedule: inputs come first, conflicting calls keep their order, and each
// call that waits would break one of these rules a flush earlier.
func TestScheduleOrders(t *testing.T) {
	t.Parallel()
	tables := []string{"a", "b", "c", "d", "e"}
	refs := map[string][]string{"b": {"a"}, "d": {"c"}}
	kinds := []schema.Kind{schema.Insert, schema.Update, schema.Delete, schema.Select, schema.Select}
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		var calls []*model.Call
		var body []model.Node
		for i := range 2 + rnd.IntN(12) {
			var needs []*model.Call
			for _, c := range calls {
				if rnd.IntN(5) == 0 {
					needs = append(needs, c)
				}
			}
			c := step(fmt.Sprint("s", i), kinds[rnd.IntN(len(kinds))], tables[rnd.IntN(len(tables))], needs...)
			calls, body = append(calls, c), append(body, c)
		}
		s := newSchedule(body, model.Tables{References: refs})
		for i, c := range calls {
			earliest := 1
			for _, a := range c.Args {
				earliest = max(earliest, s.flush[a.Value.(*model.RowValue).Call]+1)
			}
			for _, b := range calls[:i] {
				if s.tables.KeepOrder(b, c) {
					earliest = max(earliest, s.flush[b])
				}
			}
			if s.flush[c] != earliest {
				t.Errorf("seed %d: %s is in flush %d, and may go to %d", seed, c.Step, s.flush[c], earliest)
			}
			if (s.why[c] != "") != (earliest > 1) {
				t.Errorf("seed %d: %s in flush %d waits because of %q", seed, c.Step, earliest, s.why[c])
			}
		}
		if all := slices.Collect(func(yield func(int) bool) {
			for _, c := range calls {
				if !yield(s.flush[c]) {
					return
				}
			}
		}); slices.Max(all) != s.count {
			t.Errorf("seed %d: %d flushes are counted, and the last is %d", seed, s.count, slices.Max(all))
		}
	}
}
