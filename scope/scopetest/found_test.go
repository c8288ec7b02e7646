package scopetest_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/scope/scopetest"
)

var allVariants = flag.Bool("variants", false, "try every broken coordinator, and compare what each fails with testdata/broken.txt; one in four is the default")

// failures are the invariants that each variant fails, by what it lacks.
type failures map[string][]scopetest.Invariant

// TestBrokenCoordinatorsAreFound runs the suite on coordinators that lack one
// thing each, prints what each fails, and compares that with a golden file. There
// are no foreign keys: PostgreSQL must not make up for what is missing. Without
// -variants it tries one in four, and no table is compared.
func TestBrokenCoordinatorsAreFound(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	table := failures{}
	t.Run("variants", func(t *testing.T) {
		for n, v := range variants() {
			if !*allVariants && n%4 != 1 { // the first lacks nothing
				continue
			}
			t.Run(v.minus, func(t *testing.T) {
				t.Parallel()
				rules := &rewriting{edits: v.edits, level: v.level, done: map[edit]bool{}}
				pool := newPool(t, withoutForeignKeys)
				failed := failing(t, scopetest.Check(t.Context(), pool, v.subject(pool, rules)))
				for _, want := range v.fails {
					if !slices.Contains(failed, want) {
						t.Errorf("it passes: %s", want)
					}
				}
				if len(v.fails) == 0 && len(failed) > 0 {
					t.Errorf("nothing is missing, and it fails %q", failed)
				}
				if unused := rules.unused(); len(unused) > 0 {
					t.Errorf("the text to change is not in %q", unused)
				}
				mu.Lock()
				defer mu.Unlock()
				table[v.minus] = failed
			})
		}
	})
	for _, i := range scopetest.Invariants() {
		if !slices.ContainsFunc(variants(), func(v variant) bool { return slices.Contains(v.fails, i) }) {
			t.Errorf("no broken coordinator is kept for: %s", i)
		}
	}
	if len(table) < len(variants()) {
		return // some were chosen
	}
	got := table.String()
	t.Log("the generated code minus one thing, and the invariants that it fails\n" + got)
	const golden = "testdata/broken.txt"
	if os.Getenv("SPECGEN_UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

// failing are the invariants that failed; why is logged.
func failing(t *testing.T, all []scopetest.Outcome) []scopetest.Invariant {
	t.Helper()
	var failed []scopetest.Invariant
	for _, o := range all {
		if o.Err != nil {
			failed = append(failed, o.Invariant)
			t.Logf("%s: %v", o.Invariant, o.Err)
		}
	}
	return failed
}

// String prints a table: a line for each variant, a column for each invariant.
func (f failures) String() string {
	var text strings.Builder
	all := scopetest.Invariants()
	for n, i := range all {
		fmt.Fprintf(&text, "%4d  %s\n", n+1, i)
	}
	fmt.Fprintf(&text, "\n%-40s", "minus")
	for n := range all {
		fmt.Fprintf(&text, "%4d", n+1)
	}
	for _, v := range variants() {
		fmt.Fprintf(&text, "\n%-40s", v.minus)
		for _, i := range all {
			mark := "."
			if slices.Contains(f[v.minus], i) {
				mark = "X"
			}
			fmt.Fprintf(&text, "%4s", mark)
		}
	}
	return text.String() + "\n"
}

// TestPlainCoordinatorLosesRaces runs the suite on a coordinator written by hand,
// at READ COMMITTED and without locks, and on the generated one.
func TestPlainCoordinatorLosesRaces(t *testing.T) {
	t.Parallel()
	lost := failing(t, scopetest.Check(t.Context(), newPool(t, withoutForeignKeys), oneByOne(plainProjects())))
	want := []scopetest.Invariant{
		scopetest.PresetsAreWhole, scopetest.ParentOutlivesChildren, scopetest.OppositePurgesEnd, scopetest.MembersGoToo,
	}
	if diff := cmp.Diff(want, lost); diff != "" {
		t.Errorf("what the plain coordinator loses (-want +got):\n%s", diff)
	}
	lostByGenerated := failing(t, scopetest.Check(t.Context(), newPool(t, withoutForeignKeys), oneByOne(projects(generated))))
	for _, i := range lost {
		if slices.Contains(lostByGenerated, i) {
			t.Errorf("the generated code loses, too: %s", i)
			continue
		}
		t.Logf("lost by the plain coordinator, won by the generated one: %s", i)
	}
}
