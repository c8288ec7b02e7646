package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Ten times the scopes take about ten times the processor's time: nothing goes through
// all tables, or all scopes, for each scope. Both are measured in one run, as the least
// of five, so that a busy machine does not tell.
func TestGrowth(t *testing.T) {
	t.Chdir("..") // where it runs
	const few, many, most = 50, 500, 14
	dir := t.TempDir()
	programs, err := build(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	spent := func(scopes int) time.Duration {
		project := filepath.Join(dir, strconv.Itoa(scopes))
		if err := writeProject(project, scopes); err != nil {
			t.Fatal(err)
		}
		run := func(p program) time.Duration {
			cmd := exec.CommandContext(t.Context(), p.path, "generate")
			cmd.Dir = project
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", p.name, err, out)
			}
			return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		}
		run(programs[0])
		least := run(programs[1])
		for range 4 {
			least = min(least, run(programs[1]))
		}
		return least
	}
	small, large := spent(few), spent(many)
	t.Logf("%d scopes take %v, %d take %v: %.1f times", few, small, many, large, float64(large)/float64(small))
	if large > most*small {
		t.Errorf("%d times the scopes take %.1f times the processor's time, want %d at most", many/few, float64(large)/float64(small), most)
	}
}

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

// A written project has the scopes that were asked for, and nothing of what the
// programs generate.
func TestProjectIsWrittenAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := writeOnly(dir, "4"); err != nil {
		t.Fatal(err)
	}
	spec, err := os.ReadFile(filepath.Join(dir, "specgen.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(spec), "doc: A thing"); n != 4 {
		t.Errorf("the specification has %d scopes, want 4", n)
	}
	if _, err := os.Stat(filepath.Join(dir, "db")); !os.IsNotExist(err) {
		t.Errorf("there is a generated package: %v", err)
	}
	if err := writeOnly(dir, "none"); err == nil {
		t.Error("a size that is no number is accepted")
	}
}
