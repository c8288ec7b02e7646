package breaking

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Has reports whether any of the changes is breaking.
func Has(changes []Change) bool {
	return slices.ContainsFunc(changes, func(c Change) bool { return c.Breaking })
}

// WriteText prints the changes as a person reads them, one a line, and how many
// they are. Positions of the state before are told with its name, ref, in front.
func WriteText(w io.Writer, ref string, changes []Change) error {
	var b strings.Builder
	breaking := 0
	for _, c := range changes {
		if c.Pos.IsValid() {
			if c.Before {
				b.WriteString(ref + ":")
			}
			b.WriteString(c.Pos.String() + ": ")
		}
		b.WriteString(c.level() + ": ")
		if c.Breaking {
			breaking++
		}
		if c.Where != "" {
			b.WriteString(c.Where + ": ")
		}
		b.WriteString(c.Message + " [" + c.Kind + "]\n")
	}
	switch {
	case len(changes) == 0:
		fmt.Fprintf(&b, "nothing has changed in meaning since %s\n", ref)
	default:
		fmt.Fprintf(&b, "%s since %s: %d breaking\n", count(len(changes)), ref, breaking)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing the changes: %w", err)
	}
	return nil
}

func count(n int) string {
	if n == 1 {
		return "1 change"
	}
	return fmt.Sprintf("%d changes", n)
}

func (c Change) level() string {
	if c.Breaking {
		return "breaking"
	}
	return "note"
}

// document is the JSON format. Fields may be added to it.
type document struct {
	Version int      `json:"version"`
	Against string   `json:"against"`
	Changes []change `json:"changes"`
}

type change struct {
	Ref     string `json:"ref,omitempty"` // of the file; absent for the working tree
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Level   string `json:"level"` // "breaking" or "note"
	Kind    string `json:"kind"`
	Where   string `json:"where,omitempty"`
	Message string `json:"message"`
}

// WriteJSON prints the changes for programs.
func WriteJSON(w io.Writer, ref string, changes []Change) error {
	doc := document{Version: 1, Against: ref, Changes: []change{}}
	for _, c := range changes {
		out := change{File: c.Pos.File, Line: c.Pos.Line, Column: c.Pos.Col, Level: c.level(), Kind: c.Kind, Where: c.Where, Message: c.Message}
		if c.Before && c.Pos.IsValid() {
			out.Ref = ref
		}
		doc.Changes = append(doc.Changes, out)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return fmt.Errorf("writing the changes: %w", err)
	}
	return nil
}
