// Package diag holds the positions and the problems that specgen reports about
// a user's files.
//
// Every stage of the pipeline appends to one [List]. Nothing stops at the first
// problem: a stage goes on as far as its input allows, and what depends on a
// broken thing is not reported again.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Pos is a place in a file: 1-based line and column, the column counted in
// runes. A zero Line means the whole file; a zero Pos means nowhere.
type Pos struct {
	File string // slash-separated, relative to the specification's directory where possible
	Line int
	Col  int
}

// IsValid reports whether p names at least a file.
func (p Pos) IsValid() bool { return p.File != "" }

// String formats p as file:line:column, leaving out what is unknown.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	default:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
	}
}

// Compare orders positions by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Col, q.Col))
}

// Severity says what a problem means for generation.
type Severity int

const (
	Error   Severity = iota // nothing is generated
	Warning                 // generated all the same
	Note                    // nothing is wrong, but it must not go unsaid; never a reason to fail
	Lint                    // a suspicion: shown on request only, and then as a warning
	Hint                    // shown on request only, and never a reason to fail
)

// String returns the severity as it is printed.
func (s Severity) String() string {
	switch s {
	case Warning:
		return "warning"
	case Note:
		return "note"
	case Lint:
		return "lint"
	case Hint:
		return "hint"
	default:
		return "error"
	}
}

// OnRequest reports whether problems of the severity are shown only when they are
// asked for: a correct specification may have them.
func (s Severity) OnRequest() bool { return s == Lint || s == Hint }

// Problem is one thing wrong with the user's input.
type Problem struct {
	Pos      Pos
	Severity Severity
	Code     string    // stable, such as "SG201"
	Message  string    // one sentence, lower case, no full stop: what is wrong
	Fix      string    // what to do about it; may be empty
	Related  []Related // the other places that matter, such as a declaration
	// Missing is the name that the problem says is not there, "" for other problems:
	// where something of that name was reported before, it is no problem of its own.
	Missing string
	// Cause is what is wrong where it shows in several places, "" for a problem of its
	// own: the problems of one cause are told as the first of them.
	Cause string
}

// Related is a second position that explains a problem.
type Related struct {
	Pos     Pos
	Message string
}

// List collects problems. The zero value is ready to use. A List is not safe
// for concurrent use.
type List struct {
	problems []Problem
}

// Add appends p.
func (l *List) Add(p Problem) { l.problems = append(l.problems, p) }

// Append appends the problems of another list.
func (l *List) Append(other *List) { l.problems = append(l.problems, other.problems...) }

// Errorf appends an error without a fix.
func (l *List) Errorf(pos Pos, code, format string, args ...any) {
	l.Add(Problem{Pos: pos, Code: code, Message: fmt.Sprintf(format, args...)})
}

// ErrorFix appends an error that says what to do about it.
func (l *List) ErrorFix(pos Pos, code, fix, format string, args ...any) {
	l.Add(Problem{Pos: pos, Code: code, Message: fmt.Sprintf(format, args...), Fix: fix})
}

// Len reports how many problems were added, whatever their severity.
func (l *List) Len() int { return len(l.problems) }

// HasErrors reports whether any problem is an [Error].
func (l *List) HasErrors() bool {
	return slices.ContainsFunc(l.problems, func(p Problem) bool { return p.Severity == Error })
}

// Sorted returns the problems by position, code and message, each mistake once: a
// name that is missing is one mistake, however often it is used.
func (l *List) Sorted() []Problem {
	out := slices.Clone(l.problems)
	slices.SortStableFunc(out, func(a, b Problem) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	out = slices.CompactFunc(out, func(a, b Problem) bool {
		return a.Pos == b.Pos && a.Code == b.Code && a.Message == b.Message
	})
	return sameName(out)
}

// sameName makes one problem of those that have one cause, and of those in one file
// that miss the same name in the same way.
func sameName(sorted []Problem) []Problem {
	type mistake struct{ file, code, message, missing string }
	first := map[mistake]int{}
	out := sorted[:0]
	for _, p := range sorted {
		m := mistake{p.Pos.File, p.Code, p.Message, p.Missing}
		told := p.Missing != "" && strings.Contains(p.Message, strconv.Quote(p.Missing))
		if p.Cause != "" {
			m, told = mistake{missing: p.Cause}, true
		}
		i, again := first[m]
		if !again || !told {
			first[m] = len(out)
			out = append(out, p)
			continue
		}
		out[i].Related = append(slices.Clip(out[i].Related), Related{Pos: p.Pos, Message: "here, too"})
	}
	return out
}
