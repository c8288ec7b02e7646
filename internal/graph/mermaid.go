package graph

import (
	"fmt"
	"strings"
)

// Mermaid writes the graph as a flowchart of Mermaid.
func (g *Graph) Mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for _, n := range g.Nodes {
		open, end := mermaidShape(n.Kind)
		text := mermaidText(n.Name)
		if n.Note != "" {
			text += "<br/>" + mermaidText(n.Note)
		}
		fmt.Fprintf(&b, "  %s%s\"%s\"%s:::%s\n", n.ID, open, text, end, n.Kind)
	}
	for _, e := range g.Edges {
		arrow := "-->"
		switch e.Relation {
		case Reads, Refuses:
			arrow = "-.->"
		case Parent:
			arrow = "==>"
		}
		fmt.Fprintf(&b, "  %s %s|\"%s\"| %s\n", e.From.ID, arrow, mermaidText(e.label()), e.To.ID)
	}
	// Without colours of the text and the line, they stay those of the theme.
	b.WriteString("  classDef scope stroke-width:2px\n")
	b.WriteString("  classDef outside stroke-dasharray:4\n")
	b.WriteString("  classDef preset stroke-dasharray:1\n")
	b.WriteString("  classDef data stroke-dasharray:1\n")
	b.WriteString("  classDef table stroke-width:1px\n")
	return b.String()
}

func mermaidShape(k Kind) (open, end string) {
	switch k {
	case TableNode, PresetNode:
		return "[(", ")]"
	case DataNode:
		return "[/", "/]"
	default:
		return "([", "])"
	}
}

// mermaidText escapes text within quotes. Mermaid takes #…; for a character by
// its number, Markdown between backquotes, formulas between $$, and HTML.
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range oneLine(s) {
		if strings.ContainsRune("\"'#;&<>`\\|%$@", r) {
			fmt.Fprintf(&b, "#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// label says what an edge means. The steps that only read what others write are
// left to the plan.
func (e *Edge) label() string {
	switch e.Relation {
	case Writes:
		return e.Steps()
	case Reads:
		return "reads: " + e.Steps()
	}
	text := string(e.Relation)
	if e.Note != "" {
		text += ", " + e.Note
	}
	for _, also := range e.Also {
		text += "; " + also.label()
	}
	return text
}
