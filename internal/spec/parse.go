package spec

import (
	"fmt"

	"github.com/specgen-dev/specgen/internal/diag"
)

// Parse reads the text of one specgen.yaml. It reports everything that it can
// find to problems, and goes on after each: what is broken is reported once,
// and left out of the document. The document is never nil. Its positions name
// file as it is given here.
//
// A document with reported errors is not complete: its ParseLoss says what is
// missing, so that what follows from that is not reported, too.
func Parse(file string, text []byte, problems *diag.List) *Document {
	start := diag.Pos{File: file, Line: 1, Col: 1}
	doc := &Document{File: file, Go: Text{Pos: start}}
	doc.Output = Output{Dir: Text{Pos: start}, Package: Text{Pos: start}}
	text = withoutMark(text)
	if !checkCharacters(file, text, problems) {
		return doc
	}
	p := &parser{src: newSource(file, text), problems: problems, reported: map[report]bool{}}
	root, ok := p.decode(text)
	if !ok || !p.checkSize(root) {
		return doc
	}
	p.document(p.value(root, start), doc)
	doc.Ignores = p.placed(root)
	doc.ParseLoss = p.parseLoss(root)
	return doc
}

// parser holds what the parsing of one file shares.
type parser struct {
	src      *source
	problems *diag.List
	// reported keeps a mistake inside an anchor from being told once for each alias.
	reported map[report]bool
	ignored  []ignored
}

type report struct {
	pos  diag.Pos
	code string
	text string
}

// errorf reports a problem with its fix, which may be empty.
func (p *parser) errorf(pos diag.Pos, code, fix, format string, args ...any) {
	p.add(diag.Problem{Pos: pos, Code: code, Fix: fix, Message: fmt.Sprintf(format, args...)})
}

func (p *parser) add(problem diag.Problem) {
	r := report{problem.Pos, problem.Code, problem.Message}
	if !p.reported[r] {
		p.reported[r] = true
		p.problems.Add(problem)
	}
}

// quoted writes the user's text into a message.
func quoted(text string) string { return fmt.Sprintf("%q", cut(text)) }

// shown writes an expression into a message.
func shown(e Expr) string { return cut(e.String()) }

// cut shortens a text where it would hide the rest of the sentence.
func cut(text string) string {
	const limit = 60
	n := 0
	for i := range text {
		if n++; n > limit {
			return text[:i] + "…"
		}
	}
	return text
}
