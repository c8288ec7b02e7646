package report

import (
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/code"
	"github.com/specgen-dev/specgen/internal/diag"
)

// The types below are the part of SARIF 2.1.0 that is written; the names in the
// comments are sections of the standard,
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.

const (
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifVersion = "2.1.0"
	homepage     = "https://github.com/specgen-dev/specgen"
	errorsPage   = homepage + "/blob/main/docs/errors.md"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"` // 3.14.17
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

// sarifRule is a code with its page (3.49).
type sarifRule struct {
	ID               string             `json:"id"`
	ShortDescription sarifMessage       `json:"shortDescription"`
	Help             sarifMultiformat   `json:"help"`
	HelpURI          string             `json:"helpUri"`
	Default          sarifConfiguration `json:"defaultConfiguration"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifMultiformat struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID           string             `json:"ruleId"`
	RuleIndex        int                `json:"ruleIndex"`
	Level            string             `json:"level"`
	Message          sarifMessage       `json:"message"`
	Locations        []sarifLocation    `json:"locations,omitempty"`
	RelatedLocations []sarifLocation    `json:"relatedLocations,omitempty"`
	Suppressions     []sarifSuppression `json:"suppressions,omitempty"` // 3.27.23
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
	Message  *sarifMessage `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
	// The root that a relative URI starts from: what was checked out (3.14.14).
	URIBaseID string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
}

func writeSARIF(w io.Writer, r Report) error {
	rules := sarifRules(r)
	run := sarifRun{
		Tool:       sarifTool{Driver: sarifDriver{Name: "specgen", Version: r.Tool.Version, InformationURI: homepage, Rules: rules}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	for _, p := range r.Problems {
		run.Results = append(run.Results, sarifOf(r, rules, p))
	}
	for _, s := range r.Silenced {
		result := sarifOf(r, rules, s.Problem)
		result.Suppressions = []sarifSuppression{{Kind: "inSource", Justification: s.Reason}}
		run.Results = append(run.Results, result)
	}
	return encode(w, sarifLog{Schema: sarifSchema, Version: sarifVersion, Runs: []sarifRun{run}})
}

// sarifRules are the codes that occur, in order.
func sarifRules(r Report) []sarifRule {
	var codes []string
	for _, p := range r.Problems {
		codes = append(codes, p.Code)
	}
	for _, s := range r.Silenced {
		codes = append(codes, s.Problem.Code)
	}
	slices.Sort(codes)
	rules := []sarifRule{}
	for _, c := range slices.Compact(codes) {
		rule := sarifRule{ID: c, ShortDescription: sarifMessage{c}, Help: sarifMultiformat{c, c}, HelpURI: errorsPage, Default: sarifConfiguration{"error"}}
		if page, ok := code.Find(c); ok {
			rule.ShortDescription.Text = page.Title
			rule.Help = sarifMultiformat{Text: page.Text(80), Markdown: page.Markdown(1)}
			rule.HelpURI += "#" + page.Anchor()
			rule.Default.Level = sarifLevel(page.Severity)
		}
		rules = append(rules, rule)
	}
	return rules
}

func sarifLevel(severity string) string {
	switch severity {
	case code.Lint:
		return code.Warning
	case code.Note, code.Hint:
		return "note"
	}
	return severity
}

func sarifOf(r Report, rules []sarifRule, p diag.Problem) sarifResult {
	text := p.Message
	if p.Fix != "" {
		text += "\nfix: " + p.Fix
	}
	result := sarifResult{
		RuleID: p.Code, RuleIndex: slices.IndexFunc(rules, func(rule sarifRule) bool { return rule.ID == p.Code }),
		Level: sarifLevel(p.Severity.String()), Message: sarifMessage{text},
	}
	if p.Pos.IsValid() {
		result.Locations = []sarifLocation{{Physical: r.physical(p.Pos)}}
	}
	for _, rel := range p.Related {
		if rel.Pos.IsValid() {
			result.RelatedLocations = append(result.RelatedLocations, sarifLocation{Physical: r.physical(rel.Pos), Message: &sarifMessage{rel.Message}})
		}
	}
	return result
}

func (r Report) physical(p diag.Pos) sarifPhysical {
	file := r.path(p.File)
	out := sarifPhysical{Artifact: sarifArtifact{URI: (&url.URL{Path: file}).String(), URIBaseID: "%SRCROOT%"}}
	if path.IsAbs(file) || len(file) > 1 && file[1] == ':' {
		out.Artifact = sarifArtifact{URI: (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(file, "/")}).String()}
	}
	if p.Line > 0 {
		out.Region = &sarifRegion{StartLine: p.Line, StartColumn: max(p.Col, 0)}
	}
	return out
}
