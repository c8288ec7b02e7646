package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/specgen-dev/specgen/internal/code"
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/report"
)

// sample has a problem of every form.
func sample() report.Report {
	at := func(file string, line, col int) diag.Pos { return diag.Pos{File: file, Line: line, Col: col} }
	return report.Report{
		Tool: report.Tool{Version: "v1.2.3"},
		Problems: []diag.Problem{
			{Pos: at("specgen.yaml", 6, 52), Code: "SG214", Message: "CreateTeam has no parameter \"größe\"", Fix: "did you mean \"name\"?",
				Related: []diag.Related{{Pos: at("queries/a b.sql", 1, 1), Message: "CreateTeam is declared here"}, {Message: "nowhere"}}},
			{Pos: at("db/old,1.sql.go", 0, 0), Severity: diag.Warning, Code: "SG164", Message: "100% of it:\nis old"},
			{Pos: at("schema.sql", 3, 0), Severity: diag.Warning, Code: "SG102", Message: "a line without a column"},
			{Pos: at("specgen.yaml", 9, 1), Severity: diag.Hint, Code: "SG999", Message: "a hint"},
			{Code: "SG001", Message: "nowhere"},
		},
		Silenced: []report.Silenced{{Problem: diag.Problem{Pos: at("q.sql", 2, 1), Severity: diag.Warning, Code: "SG517", Message: "the query differs"}, Reason: "deployed on Monday"}},
		Source:   func(string) []byte { return nil },
		Path: func(file string) string {
			if file == "schema.sql" {
				return "/elsewhere/schema.sql"
			}
			return "sub/" + file
		},
	}
}

func write(t *testing.T, format string, r report.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, format, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The reports are what testdata has; SPECGEN_UPDATE=1 rewrites it.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, format := range report.Formats() {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			got := write(t, format, sample())
			name := filepath.Join("testdata", "sample."+format)
			if os.Getenv("SPECGEN_UPDATE") != "" {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		})
	}
}

// TestSchemas validates reports by the published schema of ours, and by that of
// OASIS for SARIF.
func TestSchemas(t *testing.T) {
	t.Parallel()
	var every report.Report // a problem of each code
	for _, c := range code.Codes() {
		every.Problems = append(every.Problems, diag.Problem{Pos: diag.Pos{File: "specgen.yaml", Line: 1, Col: 1}, Code: c, Message: "wrong"})
	}
	for format, schema := range map[string]string{report.JSON: "../../docs/problems.schema.json", report.SARIF: "testdata/sarif-schema-2.1.0.json"} {
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		s, err := compiler.Compile(schema)
		if err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]report.Report{"none": {}, "sample": sample(), "every code": every} {
			t.Run(format+" "+name, func(t *testing.T) {
				t.Parallel()
				text := write(t, format, r)
				doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Validate(doc); err != nil {
					t.Errorf("%v\n%s", err, text)
				}
			})
		}
		t.Run(format+" refuses", func(t *testing.T) {
			t.Parallel()
			broken := strings.Replace(write(t, format, sample()), `"message"`, `"massage"`, 1)
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(broken))
			if err != nil {
				t.Fatal(err)
			}
			if s.Validate(doc) == nil {
				t.Error("the schema accepts a problem without its message")
			}
		})
	}
}

// Every problem is in every format, in its order.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	var doc struct {
		Problems []struct{ Code string }
		Runs     []struct{ Results []struct{ RuleID string } }
	}
	var want, got []string
	for _, p := range sample().Problems {
		want = append(want, p.Code)
	}
	if err := json.Unmarshal([]byte(write(t, report.JSON, sample())), &doc); err != nil {
		t.Fatal(err)
	}
	for _, p := range doc.Problems {
		got = append(got, p.Code)
	}
	if !slices.Equal(got, want) {
		t.Errorf("JSON has %q, want %q", got, want)
	}
	if err := json.Unmarshal([]byte(write(t, report.SARIF, sample())), &doc); err != nil {
		t.Fatal(err)
	}
	got = nil
	for _, r := range doc.Runs[0].Results {
		got = append(got, r.RuleID)
	}
	if want := append(want, "SG517"); !slices.Equal(got, want) { // and what is silenced
		t.Errorf("SARIF has %q, want %q", got, want)
	}
	if n := strings.Count(write(t, report.GitHub, sample()), "\n"); n != len(sample().Problems) {
		t.Errorf("there are %d annotations, want one for each problem", n)
	}
}

func TestUnknownFormat(t *testing.T) {
	t.Parallel()
	if err := report.Write(&bytes.Buffer{}, "xml", sample()); err == nil {
		t.Error("xml is a format")
	}
}
