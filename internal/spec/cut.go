package spec

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// cutExpression recognises an expression that YAML has cut at its commas, for
// want of quotes: {a: $go.F($x, $y)} is a mapping of a to "$go.F($x" and of
// "$y)" to nothing. It reports the first piece and returns how many of the
// pieces after it belong to it, 0 where n is no such piece. next gives the k-th
// scalar after n that can be a piece, nil for none.
func (p *parser) cutExpression(collection, n *yaml.Node, next func(k int) *yaml.Node) int {
	if collection.Style&yaml.FlowStyle == 0 || !isPlain(n) || !strings.Contains(n.Value, "$") {
		return 0
	}
	var b bracketCount
	if b.add(n.Value); b.depth <= 0 {
		return 0
	}
	pieces := []string{n.Value}
	for b.depth > 0 {
		piece := next(len(pieces))
		if piece == nil || !isPlain(piece) {
			break
		}
		pieces = append(pieces, piece.Value)
		b.add(", " + piece.Value)
	}
	if len(pieces) == 1 {
		return 0
	}
	fix := "quote this expression, and close its bracket"
	if b.depth <= 0 {
		fix = "quote this expression: " + quoteYAML(strings.Join(pieces, ", "))
	}
	p.errorf(p.place(n).start, "SG020", fix, "YAML ends this value at the comma")
	return len(pieces) - 1
}

func isPlain(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0
}

// bracketCount counts the brackets of an expression that are still open, and
// knows that those inside quotes are text.
type bracketCount struct {
	depth int
	quote rune
}

func (b *bracketCount) add(text string) {
	for _, r := range text {
		switch {
		case b.quote != 0:
			if r == b.quote {
				b.quote = 0
			}
		case r == '"' || r == '\'':
			b.quote = r
		case r == '(' || r == '[' || r == '{':
			b.depth++
		case r == ')' || r == ']' || r == '}':
			b.depth--
		}
	}
}
