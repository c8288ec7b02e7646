// Package code holds a page of reference for each code of a problem: what is
// wrong and what would come of it, a small example that fails with that code and
// no other, and the cure.
//
// The pages are Markdown files of this package, and are embedded: specgen
// explain prints them without a network, and docs/errors.md is made of them.
package code

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed pages/*.md
var pages embed.FS

// The severities of problems, as [Page.Severity] has them.
const (
	Error   = "error"   // nothing is generated
	Warning = "warning" // generated all the same
	Note    = "note"    // nothing is wrong
	Lint    = "lint"    // shown on request only, as a warning
	Hint    = "hint"    // shown on request only
)

// Page explains one code.
type Page struct {
	Code     string // such as "SG201"
	Title    string // what is wrong, without a full stop
	Severity string // Error, Warning, Note, Lint or Hint: that of every problem with the code
	// Ignorable says that an `ignore` with a reason silences the problem. Of errors,
	// those that rest on a guess about what a statement does.
	Ignorable bool
	About     string // Markdown: what is wrong, and what would happen at run time
	Example   []Part // the files of a project that has the problem
	Cure      string // Markdown: what to do
}

// Part is a file of an example, or a piece of one.
type Part struct {
	File     string // slash-separated; "" for a piece of specgen.yaml that lacks the file's usual head
	Language string // of the file, as Markdown names it
	Appended bool   // Text stands at the end of a file that has other things
	Absent   bool   // there is no such file; Text is empty
	Text     string // ends in a line feed
}

// Codes lists the codes that have a page, in order.
func Codes() []string {
	entries, err := pages.ReadDir("pages")
	if err != nil {
		return nil // not possible: the directory is embedded
	}
	codes := make([]string, len(entries))
	for i, e := range entries {
		codes[i] = strings.TrimSuffix(e.Name(), path.Ext(e.Name()))
	}
	return codes
}

// Find returns the page of a code. It reports false when there is no such code.
func Find(code string) (*Page, bool) {
	if !slices.Contains(Codes(), code) {
		return nil, false
	}
	text, err := pages.ReadFile("pages/" + code + ".md")
	if err != nil {
		return nil, false
	}
	p, err := parse(code, string(text))
	return p, err == nil
}

// parse reads a page: a title, what is wrong, "## Example" with fenced blocks,
// and "## Cure".
func parse(code, text string) (*Page, error) {
	title, rest, _ := strings.Cut(text, "\n\n")
	p := &Page{Code: code, Severity: Error}
	var ok bool
	if p.Title, ok = strings.CutPrefix(title, "# "+code+": "); !ok {
		return nil, fmt.Errorf("the page of %s begins with %q", code, title)
	}
	if severity, ok := strings.CutPrefix(rest, "Severity: "); ok {
		severity, rest, _ = strings.Cut(severity, "\n\n")
		p.Severity, p.Ignorable = strings.CutSuffix(severity, ", ignorable")
	}
	p.Ignorable = p.Ignorable || p.Severity != Error
	about, rest, ok := strings.Cut(rest, "\n\n## Example\n\n")
	if !ok {
		return nil, fmt.Errorf("the page of %s has no example", code)
	}
	example, cure, ok := strings.Cut(rest, "\n## Cure\n\n")
	if !ok {
		return nil, fmt.Errorf("the page of %s has no cure", code)
	}
	p.About, p.Cure = about, strings.TrimSuffix(cure, "\n")
	for block := range strings.SplitSeq(strings.Trim(example, "\n"), "\n\n```") {
		part, err := parsePart(strings.TrimPrefix(block, "```"))
		if err != nil {
			return nil, fmt.Errorf("the page of %s: %w", code, err)
		}
		p.Example = append(p.Example, part)
	}
	return p, nil
}

// parsePart reads a fenced block without the fence that opens it. The words
// behind it are the language, the file, and "+" for text at the end of the file
// or "-" for a file that is not there.
func parsePart(block string) (Part, error) {
	info, text, _ := strings.Cut(block, "\n")
	text, closed := strings.CutSuffix(text, "```")
	words := strings.Fields(info)
	if !closed || len(words) == 0 || len(words) > 3 {
		return Part{}, fmt.Errorf("the block %q is malformed", info)
	}
	p := Part{Language: words[0], Text: text}
	if len(words) > 1 {
		p.File = words[1]
	}
	if len(words) > 2 {
		p.Appended, p.Absent = words[2] == "+", words[2] == "-"
	}
	return p, nil
}
