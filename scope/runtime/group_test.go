package runtime_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/scope/runtime"
)

func TestGroup(t *testing.T) {
	t.Parallel()
	type row struct{ Preset, Entry string }
	type key struct{ preset string }
	rows := []row{{"b", "1"}, {"a", "2"}, {"b", "3"}, {"", "4"}, {"a", "5"}}
	want := [][]row{{{"b", "1"}, {"b", "3"}}, {{"a", "2"}, {"a", "5"}}, {{"", "4"}}}
	if diff := cmp.Diff(want, runtime.Group(rows, func(r row) string { return r.Preset })); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, runtime.Group(rows, func(r row) key { return key{r.Preset} })); diff != "" {
		t.Errorf("groups by a struct (-want +got):\n%s", diff)
	}
	if got := runtime.Group(nil, func(r row) string { return r.Preset }); got != nil {
		t.Errorf("groups of nothing: %v", got)
	}
}
