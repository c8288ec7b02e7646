package graph

import (
	"fmt"
	"strings"
)

// DOT writes the graph in the language of Graphviz.
func (g *Graph) DOT() string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n", dotText(g.Package))
	b.WriteString("  rankdir=LR;\n  node [fontname=\"sans-serif\", fontsize=11];\n  edge [fontname=\"sans-serif\", fontsize=9];\n")
	for _, n := range g.Nodes {
		text := oneLine(n.Name)
		if n.Note != "" {
			text += "\n" + oneLine(n.Note)
		}
		fmt.Fprintf(&b, "  %s [label=%s, %s];\n", n.ID, dotText(text), dotStyle(n.Kind))
	}
	for _, e := range g.Edges {
		style := "solid"
		switch e.Relation {
		case Reads, Refuses:
			style = "dashed"
		case Parent:
			style = "bold"
		}
		fmt.Fprintf(&b, "  %s -> %s [label=%s, style=%s];\n", e.From.ID, e.To.ID, dotText(oneLine(e.label())), style)
	}
	b.WriteString("}\n")
	return b.String()
}

func dotStyle(k Kind) string {
	switch k {
	case TableNode:
		return "shape=cylinder"
	case PresetNode:
		return "shape=cylinder, style=dashed"
	case DataNode:
		return "shape=note"
	case OutsideNode:
		return "shape=box, style=\"rounded,dashed\""
	default:
		return "shape=box, style=\"rounded,bold\""
	}
}

// dotText quotes text. Within quotes only a quote is special to the language,
// and to labels a backslash, since `\N` is the node's name, and an ampersand.
func dotText(s string) string {
	s = strings.ReplaceAll(clean(s), `\`, `\\`)
	s = strings.ReplaceAll(s, "&", "&amp;")
	s = strings.ReplaceAll(s, `"`, `\"`)
	return `"` + strings.ReplaceAll(s, "\n", `\n`) + `"`
}
