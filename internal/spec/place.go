package spec

import (
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/diag"
)

// place says where the characters of a scalar are in the file.
type place struct {
	start diag.Pos
	// columns are the columns of the scalar's runes and of its end, counted
	// from start. nil for a scalar whose characters are not all on one line as
	// they are: there everything is at start.
	columns []int
}

// at returns the position of the i-th rune.
func (pl place) at(i int) diag.Pos {
	pos := pl.start
	if i < len(pl.columns) {
		pos.Col += pl.columns[i]
	}
	return pos
}

// place finds where n begins: at its first character or quote, after an anchor
// and a tag on the same line.
func (p *parser) place(n *yaml.Node) place {
	pos := p.src.pos(n.Line, n.Column)
	if n.Kind != yaml.ScalarNode || (n.Anchor == "" && n.Style&yaml.TaggedStyle == 0) {
		return place{start: pos}
	}
	line := p.src.line(pos.Line)
	i := pos.Col - 1
	for i < len(line) && (line[i] == '&' || line[i] == '!') {
		for i < len(line) && line[i] != ' ' && line[i] != '\t' {
			i++
		}
		for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
			i++
		}
	}
	if i < len(line) && line[i] != '#' {
		pos.Col = i + 1
	}
	return place{start: pos}
}

// textPlace is place with the columns of the text that n stands for.
func (p *parser) textPlace(n *yaml.Node) place {
	pl := p.place(n)
	source := p.src.line(pl.start.Line)[pl.start.Col-1:]
	text := []rune(n.Value)
	switch n.Style &^ yaml.TaggedStyle {
	case 0:
		if len(source) >= len(text) && slices.Equal(source[:len(text)], text) {
			pl.columns = columnsFrom(0, len(text))
		}
	case yaml.SingleQuotedStyle:
		pl.columns = quotedColumns(source, '\'', len(text))
	case yaml.DoubleQuotedStyle:
		pl.columns = quotedColumns(source, '"', len(text))
	}
	return pl
}

func columnsFrom(first, n int) []int {
	columns := make([]int, n+1)
	for i := range columns {
		columns[i] = first + i
	}
	return columns
}

// quotedColumns walks a quoted scalar of n characters through its escapes. It
// returns nil when the scalar does not end on this line.
func quotedColumns(source []rune, quote rune, n int) []int {
	if len(source) == 0 || source[0] != quote {
		return nil
	}
	columns := make([]int, 0, n+1)
	for i := 1; i < len(source); {
		columns = append(columns, i)
		switch r := source[i]; {
		case r == quote && quote == '\'' && i+1 < len(source) && source[i+1] == quote:
			i += 2
		case r == quote:
			if len(columns) != n+1 {
				return nil
			}
			return columns
		case r == '\\' && quote == '"':
			i += escapeLength(source[i:])
		default:
			i++
		}
	}
	return nil
}

// escapeLength is the length of the escape that source begins with.
func escapeLength(source []rune) int {
	if len(source) < 2 {
		return 2
	}
	switch source[1] {
	case 'x':
		return 4
	case 'u':
		return 6
	case 'U':
		return 10
	default:
		return 2
	}
}
