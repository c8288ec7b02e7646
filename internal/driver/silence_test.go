package driver

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
)

const silencedSpec = `version: 1
sqlc: sqlc.yaml
output: {dir: gen}
scopes:
  team:
    row: CreateTeam
    create:
      - {query: CreateRole, ignore: {SG517: the old one is deployed}}
      - CreateGrant
`

func TestSilence(t *testing.T) {
	t.Parallel()
	at := func(line, col int) diag.Pos { return diag.Pos{File: "specgen.yaml", Line: line, Col: col} }
	sql := diag.Pos{File: "q.sql", Line: 3, Col: 1}
	warning := func(pos diag.Pos, code string) diag.Problem {
		return diag.Problem{Pos: pos, Severity: diag.Warning, Code: code, Message: "a warning"}
	}
	there := warning(sql, "SG517")
	there.Related = []diag.Related{{Pos: at(8, 17), Message: "called here"}}
	elsewhere := warning(sql, "SG517")
	elsewhere.Related = []diag.Related{{Pos: at(9, 9), Message: "called here"}}
	behind := warning(at(9, 9), "SG517")
	behind.Related = []diag.Related{{Pos: at(8, 17), Message: "unlike here"}}
	broken := warning(at(8, 17), "SG517")
	broken.Severity = diag.Error
	for name, tc := range map[string]struct {
		problem  diag.Problem
		silenced bool
		unused   bool
	}{
		"in the step":                    {warning(at(8, 17), "SG517"), true, false},
		"in SQL that the step calls":     {there, true, false},
		"in SQL that another step calls": {elsewhere, false, true},
		"in the next step":               {warning(at(9, 9), "SG517"), false, true},
		"explained by the step":          {behind, false, true},
		"another code":                   {warning(at(8, 17), "SG164"), false, true},
		"an error":                       {broken, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := &Generation{File: "specgen.yaml"}
			doc := spec.Parse(g.File, []byte(silencedSpec), &g.Problems)
			g.Problems.Add(tc.problem)
			g.silence(doc.Ignores)
			var want, got []string
			if !tc.silenced {
				want = append(want, tc.problem.Code)
			}
			if tc.unused {
				want = append(want, "SG044")
			}
			for _, p := range g.Problems.Sorted() {
				got = append(got, p.Code)
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if tc.silenced && (len(g.Silenced) != 1 || g.Silenced[0].Reason != "the old one is deployed") {
				t.Errorf("silenced: %+v", g.Silenced)
			}
		})
	}
}
