// Package report writes problems as other tools read them: as JSON, as the
// annotations of GitHub's workflows, and as SARIF. Text for people is in package
// diag.
package report

import (
	"fmt"
	"io"

	"github.com/specgen-dev/specgen/internal/diag"
)

// The formats of problems.
const (
	Text   = "text"
	JSON   = "json"
	GitHub = "github"
	SARIF  = "sarif"
)

// Formats lists the formats.
func Formats() []string { return []string{Text, JSON, GitHub, SARIF} }

// Tool is what made the report.
type Tool struct {
	Version string // such as "v1.2.3"; "" for unknown
}

// Report is what is to be written.
type Report struct {
	Tool     Tool
	Problems []diag.Problem
	// Silenced are warnings that the specification says are meant, with the reason.
	// SARIF tells them as suppressed, and the other formats not at all.
	Silenced []Silenced
	// Source gives the text of files, for the lines in text; may be nil.
	Source diag.Source
	// Path makes the path of a file that tools resolve, from one in a position; nil
	// for none. Text shows files as positions have them.
	Path func(file string) string
}

// Silenced is a warning with the reason why it is none.
type Silenced struct {
	Problem diag.Problem
	Reason  string
}

// Write writes a report in one of the formats.
func Write(w io.Writer, format string, r Report) error {
	switch format {
	case Text:
		return diag.PrintText(w, r.Problems, r.Source)
	case JSON:
		return writeJSON(w, r)
	case GitHub:
		return writeGitHub(w, r)
	case SARIF:
		return writeSARIF(w, r)
	default:
		return fmt.Errorf("unknown format %q", format)
	}
}

func (r Report) path(file string) string {
	if r.Path == nil || file == "" {
		return file
	}
	return r.Path(file)
}
