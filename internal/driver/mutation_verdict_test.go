//go:build !race

package driver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	verdictFile  = "testdata/mutation/verdicts.txt"
	survivorFile = "testdata/mutation/survivors.txt"
)

// compareVerdicts holds what was found out about each mutant, the harm that it
// does and what specgen says of it, against what is known: a change of a check
// shows in review which mistakes it finds now, or no longer. The file is of more
// mutants unless these are the whole sample.
func compareVerdicts(t *testing.T, mutants []*mutant, whole bool) {
	t.Helper()
	var b strings.Builder
	here := map[string]bool{}
	for _, m := range mutants {
		here[m.name()] = true
		b.WriteString(m.name() + "\n" + m.verdict())
	}
	if updating() && whole {
		writeFile(t, verdictFile, []byte(b.String()))
		return
	}
	var known strings.Builder
	wanted := whole
	for line := range strings.Lines(string(readFile(t, verdictFile))) {
		if !strings.HasPrefix(line, "\t") {
			wanted = whole || here[strings.TrimSuffix(line, "\n")]
		}
		if wanted {
			known.WriteString(line)
		}
	}
	if diff := cmp.Diff(known.String(), b.String()); diff != "" {
		t.Errorf("%s (-want +got), which %s=%d writes again:\n%s", verdictFile, mutationVariable, filedSample, diff)
	}
}

// explainSurvivors makes sure that a reason is known for every mutant that does
// harm and is not caught, and for no other of the whole sample.
func explainSurvivors(t *testing.T, mutants []*mutant, whole bool) {
	t.Helper()
	reasons := map[string]string{}
	reason := ""
	for line := range strings.Lines(string(readFile(t, survivorFile))) {
		line = strings.TrimSuffix(line, "\n")
		name, ok := strings.CutPrefix(line, "\t")
		if !ok {
			reason = line
			continue
		}
		if reason == "" {
			t.Errorf("%s: there is no reason above %s", survivorFile, name)
		}
		reasons[name] = reason
	}
	for _, m := range mutants {
		if m.survives() && reasons[m.name()] == "" {
			t.Errorf("%s gives no reason for %s: %s", survivorFile, m.name(), m.harm)
		}
		if m.survives() {
			delete(reasons, m.name())
		}
	}
	if !whole {
		return
	}
	for name := range reasons {
		t.Errorf("%s gives a reason for what is no survivor: %s", survivorFile, name)
	}
}

// survives reports a mutant that does harm and is not caught.
func (m *mutant) survives() bool {
	return m.counts() && m.harm != "" && len(m.caughtBy()) == 0
}

// counts reports a mutant of which it is known what it does, and that is not
// another one in other words.
func (m *mutant) counts() bool {
	return m.refused == "" && m.unknown == "" && m.callers == "" && m.same == ""
}

// verdict is what the file of verdicts holds below the name of a mutant.
func (m *mutant) verdict() string {
	if m.refused != "" {
		return fmt.Sprintf("\tsqlc: %s\n", m.refused)
	}
	harm := m.harm
	switch {
	case m.same != "":
		return "\tthe same as " + m.same + "\n"
	case m.callers != "":
		harm = m.callers
	case m.unknown != "":
		harm = "unknown: " + m.unknown
	case harm == "":
		harm = "harmless"
	}
	codes := m.caughtBy()
	caught := "not caught"
	switch {
	case len(codes) > 0 && m.onTheLine():
		caught = "caught on the line: " + strings.Join(codes, " ")
	case len(codes) > 0:
		caught = "caught: " + strings.Join(codes, " ")
	}
	return fmt.Sprintf("\t%s\n\t%s\n", harm, caught)
}
