package spec

import (
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/diag"
)

// An `ignore` covers what is written in its step, scope or block, and nothing
// of its neighbours. The places marked by « and » are inside of the one of SG1.
func TestIgnoreCovers(t *testing.T) {
	t.Parallel()
	for name, marked := range map[string]string{
		"step":           "create:\n      - A\n      - «query: B\n        with: {a: $x}\n        ignore: {SG167: meant}\n      »- C\n",
		"steps in flow":  "create: [{query: A}, «{query: B, ignore: {SG167: meant}, with: {a: x}}, »{query: C}]\n",
		"key first":      "create: [{query: A}, «{ignore: {SG167: meant}, query: B}, »C]\n",
		"loop":           "create:\n      - «for: x in $input.x\n        ignore: {SG167: meant}\n        do:\n          - A\n          - {query: B}\n      »- C\n",
		"last":           "create:\n      - A\n      - «{query: B, ignore: {SG167: meant}}»",
		"nothing behind": "create: [«{query: B, ignore: {SG167: meant}}»]",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkCovers(t, "version: 1\nsqlc: s\noutput: {dir: g}\nscopes:\n  team:\n    row: R\n    "+marked)
		})
	}
	t.Run("scope", func(t *testing.T) {
		t.Parallel()
		checkCovers(t, "version: 1\nsqlc: s\noutput: {dir: g}\nscopes:\n  a: {row: A}\n  «b:\n    ignore: {SG167: meant}\n    row: B\n    create: [C]\n  »c: {row: C}\n")
	})
	t.Run("block", func(t *testing.T) {
		t.Parallel()
		checkCovers(t, "version: 1\nsqlc: s\noutput: {dir: g}\nblocks:\n  «a: {steps: [A], ignore: {SG167: meant}}\n  »b: {steps: [B]}\nscopes: {a: {row: A}}\n")
	})
}

func checkCovers(t *testing.T, marked string) {
	t.Helper()
	text := strings.NewReplacer("«", "", "»", "").Replace(marked)
	var problems diag.List
	doc := Parse(specFile, []byte(text), &problems)
	if problems.Len() > 0 || len(doc.Ignores) != 1 {
		t.Fatalf("%d entries:\n%s", len(doc.Ignores), printProblems(t, &problems, []byte(text)))
	}
	line, col, inside := 1, 1, false
	for _, r := range marked {
		if r == '«' || r == '»' {
			inside = r == '«'
			continue
		}
		pos := diag.Pos{File: specFile, Line: line, Col: col}
		// Problems are at what is written: what stands between two values is of neither.
		if !strings.ContainsRune(" \n-:,[]{}", r) && doc.Ignores[0].Covers(pos) != inside {
			t.Errorf("%s (%q) is covered: %v, want %v", pos, r, !inside, inside)
		}
		if col++; r == '\n' {
			line, col = line+1, 1
		}
	}
	for _, pos := range []diag.Pos{{}, {File: specFile}, {File: "q.sql", Line: 7, Col: 9}} {
		if doc.Ignores[0].Covers(pos) {
			t.Errorf("%s is covered", pos)
		}
	}
}

// A step that stands where an alias does is silenced at the alias, and where it
// is written.
func TestIgnoreCoversAlias(t *testing.T) {
	t.Parallel()
	text := "version: 1\nsqlc: s\noutput: {dir: g}\nscopes:\n  a: {row: A, create: [&s {query: B, ignore: {SG167: meant}}]}\n  b: {row: B, create: [*s]}\n"
	var problems diag.List
	doc := Parse(specFile, []byte(text), &problems)
	if problems.Len() > 0 || len(doc.Ignores) != 2 {
		t.Fatalf("%d entries:\n%s", len(doc.Ignores), printProblems(t, &problems, []byte(text)))
	}
	at := func(line, col int) diag.Pos { return diag.Pos{File: specFile, Line: line, Col: col} }
	if !doc.Ignores[1].Covers(at(6, 24)) || doc.Ignores[0].Covers(at(6, 24)) || !doc.Ignores[1].Covers(at(5, 36)) {
		t.Error("the alias is not covered by its own entry")
	}
}
