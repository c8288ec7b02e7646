package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	times := regexp.MustCompile(`\[ *[0-9.]+ s\]`)
	if n := len(times.FindAllString(out.String(), -1)); n != 4 {
		t.Errorf("%d parts were timed, want 4", n)
	}
	want := `[time] create a domain, and a project in it

  after create  rows
       domains     1
      projects     1
         roles     4
   permissions    20
  associations     5

purge of the domain refused: it has a project
purged project vision: 10 permissions, 3 associations
purged domain acme: 10 permissions, 2 associations
[time] purge the project, then the domain

   after purge  rows
       domains     0
      projects     0
         roles     4
   permissions     0
  associations     0
`
	_, printed, _ := strings.Cut(times.ReplaceAllString(out.String(), "[time]"), "two presets a scope type\n")
	if diff := cmp.Diff(want, printed); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	for _, line := range []string{"the committed ones in gen/rbac are the same", "create project: CreateProject", "flush 1 of 2", "purge project: PurgeProject", "flush 1 of 1"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the output lacks %q", line)
		}
	}
}
