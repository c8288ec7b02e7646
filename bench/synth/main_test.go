package main

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Both programs generate from a small project, and the table says so.
func TestTableHasARowForEachProgram(t *testing.T) {
	t.Chdir("..") // where it runs
	var out bytes.Buffer
	if err := run(t.Context(), "3", 1, &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	type row struct {
		Scopes, Queries int
		Program         string
	}
	var got []row
	for _, line := range lines[1:] {
		fields := strings.Fields(line)
		if len(fields) != 5 || !regexp.MustCompile(`^[1-9]\d*$`).MatchString(fields[3]) {
			t.Fatalf("the line %q has not the columns of %q, or no time", line, lines[0])
		}
		scopes, _ := strconv.Atoi(fields[0])
		queries, _ := strconv.Atoi(fields[1])
		got = append(got, row{scopes, queries, fields[2]})
	}
	want := []row{{3, 30, "sqlc"}, {3, 30, "specgen"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, &out)
	}
}

func TestMistakesInTheFlagsAreTold(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		sizes  string
		rounds int
	}{{"3", 0}, {"none", 1}, {"0", 1}} {
		if err := run(t.Context(), tc.sizes, tc.rounds, &bytes.Buffer{}); err == nil {
			t.Errorf("-scopes %s -n %d is accepted", tc.sizes, tc.rounds)
		}
	}
}
