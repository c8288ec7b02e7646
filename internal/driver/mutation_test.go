//go:build !race

// The race detector would make this ten times as slow, and has nothing to look
// for in it: the mutants are played by a program of their own.

package driver_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var mutationFlag = flag.Int("mutation", 0, "apply each rule of TestMutation at every n-th place of each example: 1 for all of them, 48 in CI; 0 for every tenth mutant of 48")

// usualSample is the n of a usual run, of whose mutants it takes one in oneIn.
// Rewrites are played, too, where n is no more than rewritesPlayed.
const (
	usualSample    = 48
	oneIn          = 10
	rewritesPlayed = 12
)

// TestMutation makes single mistakes in the examples, by rule, and asks how many
// of those that do harm specgen finds. What does harm is not for us to say: the
// mutant is generated and compiled as if nothing had been checked, and a scenario
// of callers and races is played with it on PostgreSQL. It is harmful when it
// cannot be generated or compiled, or when the scenario does not leave the rows
// that it leaves with the original. What sqlc refuses is not counted.
//
// The score is printed, and no goal: a rule that finds more mistakes must not warn of
// what is right. Each example is also said in other ways, of which nothing may be
// reported.
func TestMutation(t *testing.T) {
	t.Parallel()
	root := newModule(t)
	all := examples()
	var mutants, rewrites []*mutant
	for _, x := range all {
		x.load(t, root)
		mutants = append(mutants, x.mutants(t, sample(t))...)
		rewrites = append(rewrites, x.rewrites(t, sample(t))...)
	}
	if *mutationFlag == 0 {
		mutants, rewrites = some(mutants), some(rewrites)
	}
	everything := slices.Concat(mutants, rewrites)
	layOutAll(t, root, all, everything)
	c := newCompilation(t, root, all)
	originals := map[string]*mutant{}
	for _, x := range all {
		x.read(t)
		originals[x.name] = x.original()
		c.consider(t, originals[x.name])
	}
	for _, m := range everything {
		c.consider(t, m)
	}
	began := time.Now()
	binary := c.build(t)
	t.Logf("%d packages were compiled, in %.0f s", len(c.imports), time.Since(began).Seconds())
	played := everything
	if sample(t) > rewritesPlayed {
		played = mutants
	}
	judge(t, c, startPlayer(t, binary, 3), originals, played)
	countOnce(mutants)
	report(t, mutants, *mutationFlag != 0)
	reportRewrites(t, rewrites, *mutationFlag != 0)
}

// sample is the n of every n-th place.
func sample(t *testing.T) int {
	t.Helper()
	switch {
	case *mutationFlag < 0:
		t.Fatalf("-mutation is %d, and no number of places", *mutationFlag)
	case *mutationFlag == 0:
		return usualSample
	}
	return *mutationFlag
}

// some are one in oneIn of all.
func some(all []*mutant) []*mutant {
	var some []*mutant
	for i := 0; i < len(all); i += oneIn {
		some = append(some, all[i])
	}
	return some
}

// layOutAll writes the examples and their mutants, and has sqlc make its code of
// those whose SQL is changed.
func layOutAll(t *testing.T, root string, all []*example, mutants []*mutant) {
	t.Helper()
	dirs := map[string]*example{}
	for _, x := range all {
		x.layOut(t, x.dir, nil)
		dirs[x.name] = x
	}
	for i, m := range mutants {
		m.dir = m.example.name
		if m.isSpec() {
			continue
		}
		m.dir = fmt.Sprintf("%s%d", m.example.name, i)
		m.example.layOut(t, filepath.Join(root, m.dir), m.changed)
		if !m.stale {
			dirs[m.dir] = m.example
		}
	}
	began := time.Now()
	refused := runSqlc(t, root, dirs)
	t.Logf("sqlc ran on %d projects, in %.0f s", len(dirs), time.Since(began).Seconds())
	for _, m := range mutants {
		m.refused = refused[m.dir]
		if m.stale {
			out := filepath.FromSlash(m.example.out)
			if err := os.CopyFS(filepath.Join(root, m.dir, out), os.DirFS(filepath.Join(m.example.dir, out))); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// original is the example without a mistake.
func (x *example) original() *mutant {
	return &mutant{example: x, kind: "original", dir: x.name, changed: map[string]string{"specgen.yaml": x.files["specgen.yaml"]}}
}

// consider has specgen look at a mutant, and adds its code.
func (c *compilation) consider(t *testing.T, m *mutant) {
	t.Helper()
	if m.refused != "" {
		return
	}
	m.check(t, c.root)
	if m.noCode != "" {
		m.harm = "no code: " + m.noCode
		return
	}
	c.add(t, m)
}

// countOnce marks harmful mutants that are one mistake said in two ways: the same
// code, statements and schema come of them, and the same is said of them.
func countOnce(mutants []*mutant) {
	first := map[string]string{}
	for _, m := range mutants {
		if m.variant == "" || m.harm == "" {
			continue
		}
		var schema []string
		for _, name := range m.example.schemaFiles(m.changed) {
			schema = append(schema, m.text(name))
		}
		key := fmt.Sprint(m.example.name, m.variant, m.sql, schema, m.caughtBy())
		if before, ok := first[key]; ok {
			m.same = before
			continue
		}
		first[key] = m.name()
	}
}

// judge plays the scenario with every mutant that compiles.
func judge(t *testing.T, c *compilation, p *player, originals map[string]*mutant, mutants []*mutant) {
	t.Helper()
	want := map[string]execution{}
	var runnable []*mutant
	for _, o := range originals {
		if o.noCode+c.failed[o.variant] != "" || len(o.caughtBy()) > 0 {
			t.Fatalf("%s: %s%s %v", o.name(), o.noCode, c.failed[o.variant], o.problems)
		}
	}
	for _, a := range p.play(t, slices.Collect(maps.Values(originals)), nil) {
		if a.Error != "" {
			t.Fatalf("%s: %s", a.ID, a.Error)
		}
		example, _, _ := strings.Cut(a.ID, ":")
		want[example] = a
	}
	for _, x := range originals {
		runnable = append(runnable, x) // once more, to see that it leaves the same
	}
	for _, m := range mutants {
		switch {
		case m.refused != "" || m.noCode != "":
		case c.failed[m.variant] != "":
			m.harm = "does not compile: " + c.failed[m.variant]
		default:
			runnable = append(runnable, m)
		}
	}
	began := time.Now()
	answers := p.play(t, runnable, want)
	t.Logf("the scenario was played %d times, in %.0f s", len(runnable), time.Since(began).Seconds())
	for _, m := range runnable {
		a := answers[m.name()]
		switch {
		case strings.HasPrefix(a.Error, "preparing the database: the schema"):
			m.harm = a.Error
		case strings.HasPrefix(a.Error, "callers do not compile"):
			m.callers = a.Error
		case a.Error != "":
			m.unknown = a.Error
		default:
			m.harm = harmOf(want[m.example.name], a)
		}
	}
	for _, o := range originals {
		if o.harm+o.unknown+o.callers != "" {
			t.Errorf("%s: played again, it is not what it was: %s%s", o.example.name, o.harm, o.unknown+o.callers)
		}
	}
}

// report prints what was caught.
func report(t *testing.T, mutants []*mutant, measured bool) {
	t.Helper()
	var harmful, caught, onTheLine, bySqlc, unknown, accepted, again int
	var left, harmless, callers []string
	kinds := map[string]bool{}
	for _, m := range mutants {
		found := len(m.caughtBy()) > 0
		switch {
		case m.refused != "":
			bySqlc++
			continue
		case m.unknown != "":
			unknown++
			continue
		case m.same != "":
			again++
			continue
		case m.callers != "":
			callers = append(callers, m.name()+": "+m.callers)
			continue
		case m.harm == "" && found:
			harmless = append(harmless, m.name()+": "+strings.Join(m.caughtBy(), " "))
		case m.harm == "":
			accepted++
		case found:
			caught++
			if m.onTheLine() {
				onTheLine++
			}
		default:
			left = append(left, m.name()+": "+m.harm)
		}
		kinds[m.kind] = true
		if m.harm != "" {
			harmful++
		}
	}
	rate := 100 * float64(caught) / float64(harmful)
	t.Logf("%d mutants of %d kinds: %d are harmful, and %d of them (%.1f %%) were caught, %d by a diagnostic on the mutated line (%.1f %%)",
		harmful+accepted+len(harmless), len(kinds), harmful, caught, rate, onTheLine, 100*float64(onTheLine)/float64(caught))
	t.Logf("harmless, and accepted: %d; not counted: %d that sqlc refuses, %d on whose tables the scenario cannot begin, %d that are others in other words", accepted, bySqlc, unknown, again)
	t.Logf("not counted either: %d that change the API, so that callers do not compile\n\t%s", len(callers), strings.Join(callers, "\n\t"))
	t.Logf("harmful, and not caught: %d\n\t%s", len(left), strings.Join(left, "\n\t"))
	t.Logf("harmless in the scenario, and reported all the same: %d\n\t%s", len(harmless), strings.Join(harmless, "\n\t"))
	if measured && (harmful < 200 || len(kinds) < 25) {
		t.Errorf("%d harmful mutants of %d kinds, want 200 of 25 at least", harmful, len(kinds))
	}
}

// reportRewrites prints what was reported of the examples in other words.
func reportRewrites(t *testing.T, rewrites []*mutant, measured bool) {
	t.Helper()
	kinds := map[string]bool{}
	n := 0
	for _, m := range rewrites {
		if m.refused != "" {
			continue
		}
		n++
		kinds[m.kind] = true
		if codes := m.caughtBy(); len(codes) > 0 {
			t.Errorf("a false alarm: %s: %v", m.name(), m.problems)
		}
		if m.harm+m.unknown+m.callers != "" {
			t.Errorf("it is not another way to say the same: %s: %s%s", m.name(), m.harm, m.unknown+m.callers)
		}
	}
	t.Logf("%d equivalent rewrites of %d kinds, without a false alarm unless said above", n, len(kinds))
	if measured && n < 50 {
		t.Errorf("%d equivalent rewrites, want 50 at least", n)
	}
}
