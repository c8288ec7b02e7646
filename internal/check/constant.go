package check

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
)

// constants refuses constants that the column that they are written into does
// not take: longer ones, though blanks past the length are cut without an error
// (PostgreSQL manual, section 8.3), and those that a CHECK does not list.
func (c *checker) constants(s *model.Scope) {
	for _, w := range c.storedBy(s) {
		for _, l := range constantsOf(w.arg.Value, w.call) {
			if !l.Null && (l.Of.Kind == model.Text || l.Of.Kind == model.UUID) {
				c.constant(s, w, l)
			}
		}
	}
}

// constantsOf are the constants of the document that a value may be. Of data that
// is filtered, or used under a condition, some may never be.
func constantsOf(v model.Value, call *model.Call) []*model.Literal {
	switch x := plain(v).(type) {
	case *model.Literal:
		return []*model.Literal{x}
	case *model.InputValue:
		if x.Input.Default != nil {
			return []*model.Literal{x.Input.Default}
		}
	case *model.FieldValue:
		filtered := slices.ContainsFunc(call.Loops, func(l *model.Loop) bool { return len(l.Filters) > 0 })
		if x.Data != nil && !filtered && len(call.Guards) == 0 {
			return x.Data.Constants()
		}
	}
	return nil
}

// constant refuses a constant that a column does not take.
func (c *checker) constant(s *model.Scope, w stored, l *model.Literal) {
	at := l.Pos
	if at == (diag.Pos{}) {
		at = w.arg.Pos
	}
	related := []diag.Related{{Pos: w.col.Pos, Message: "the column is declared here"}}
	if at != w.arg.Pos {
		related = append(related, diag.Related{Pos: w.arg.Pos, Message: w.call.Query.Name + " writes it"})
	}
	for _, x := range w.col.Allowed {
		p := diag.Problem{Pos: at, Code: codeNotAllowed, Related: related}
		if takes, known := allows(x, l.Text, w.table); takes || !known || w.col.Inexact || !isText(w.col) {
			continue
		}
		if x.Pattern != "" {
			p.Message = fmt.Sprintf("%s does not match what %s asks of %s: %s", l, x.Check, w.column(), shown(x.Pattern))
			p.Fix = "write a text that matches, or correct the CHECK"
		} else {
			p.Message = fmt.Sprintf("%s is none of the values that %s allows in %s: %s", l, x.Check, w.column(), listed(x.Values))
			p.Fix = diag.DidYouMean(l.Text, x.Values)
		}
		c.report(s, p)
		return // that it is too long, too, is the same mistake
	}
	if n := utf8.RuneCountInString(strings.TrimRight(l.Text, " ")); w.col.Length > 0 && n > w.col.Length {
		c.report(s, diag.Problem{Pos: at, Code: codeLength,
			Message: fmt.Sprintf("%s has %d characters, and %s holds %d", l, n, w.column(), w.col.Length),
			Fix:     "shorten it, or make the column longer", Related: related})
	}
}
