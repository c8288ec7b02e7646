package report

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/specgen-dev/specgen/internal/diag"
)

// document is the JSON format, which docs/problems.schema.json describes.
// Fields may be added to it; a change of those that are there is another version.
type document struct {
	Version  int       `json:"version"`
	Problems []problem `json:"problems"`
}

type problem struct {
	place
	Severity string    `json:"severity"`
	Code     string    `json:"code"`
	Message  string    `json:"message"`
	Fix      string    `json:"fix,omitempty"`
	Related  []related `json:"related,omitempty"`
}

type related struct {
	place
	Message string `json:"message"`
}

// place is a position. What is not known is left out.
type place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"` // in code points
}

func (r Report) place(p diag.Pos) place {
	at := place{File: r.path(p.File), Line: p.Line}
	if p.Line > 0 {
		at.Column = p.Col
	}
	return at
}

func writeJSON(w io.Writer, r Report) error {
	doc := document{Version: 1, Problems: []problem{}}
	for _, p := range r.Problems {
		out := problem{place: r.place(p.Pos), Severity: p.Severity.String(), Code: p.Code, Message: p.Message, Fix: p.Fix}
		for _, rel := range p.Related {
			out.Related = append(out.Related, related{place: r.place(rel.Pos), Message: rel.Message})
		}
		doc.Problems = append(doc.Problems, out)
	}
	return encode(w, doc)
}

func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
