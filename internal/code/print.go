package code

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Where says in words where a part of an example stands.
func (p Part) Where() string {
	switch {
	case p.Absent:
		return "There is no " + p.File + "."
	case p.Appended:
		return "At the end of " + p.File + ":"
	case p.File == "":
		return "In specgen.yaml:"
	default:
		return p.File + ":"
	}
}

// Markdown writes the page, its title as a heading of the given level, 1 being
// the topmost.
func (p *Page) Markdown(level int) string {
	var b strings.Builder
	head := strings.Repeat("#", level)
	b.WriteString(head + " " + p.Code + ": " + p.Title + "\n\n")
	switch {
	case p.Severity != Error:
		b.WriteString("Severity: " + p.Severity + ".\n\n")
	case p.Ignorable:
		b.WriteString("Severity: error; `ignore` silences it, with a reason.\n\n")
	}
	b.WriteString(p.About + "\n\n")
	for _, part := range p.Example {
		b.WriteString(part.Where() + "\n\n")
		if !part.Absent {
			b.WriteString("```" + part.Language + "\n" + part.Text + "```\n\n")
		}
	}
	b.WriteString("Cure: " + p.Cure + "\n")
	return b.String()
}

// Text writes the page for a terminal: prose is wrapped to width characters, at
// least 40; examples are indented and stay as they are.
func (p *Page) Text(width int) string {
	width = max(width, 40)
	var b strings.Builder
	b.WriteString(wrap(p.Severity+"["+p.Code+"]: "+p.Title, width) + "\n")
	prose := func(text string) {
		for paragraph := range strings.SplitSeq(text, "\n\n") {
			b.WriteString(wrap(paragraph, width) + "\n")
		}
	}
	prose(p.About)
	for _, part := range p.Example {
		b.WriteString(part.Where() + "\n\n")
		for line := range strings.Lines(part.Text) {
			if line != "\n" {
				b.WriteString("    ")
			}
			b.WriteString(line)
		}
		if !part.Absent {
			b.WriteString("\n")
		}
	}
	prose("Cure: " + p.Cure)
	return strings.TrimSuffix(b.String(), "\n")
}

// wrap breaks a paragraph into lines of at most width characters, longer words
// aside.
func wrap(paragraph string, width int) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(paragraph) {
		n := utf8.RuneCountInString(word)
		switch {
		case column == 0:
		case column+1+n > width:
			b.WriteString("\n")
			column = 0
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	b.WriteString("\n")
	return b.String()
}

// Anchor is the fragment that GitHub gives the page's heading in a Markdown
// file: in lower case, without punctuation, and with hyphens for spaces.
func (p *Page) Anchor() string {
	var b strings.Builder
	for _, r := range strings.ToLower(p.Code + ": " + p.Title) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			b.WriteRune(r)
		}
	}
	return b.String()
}
