package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// storedConstant is a constant of the document that a call writes into a column.
type storedConstant struct {
	stored
	*model.Literal
}

func (c *checker) constants(s *model.Scope) []storedConstant {
	var out []storedConstant
	for _, w := range c.storedBy(s) {
		for _, l := range constantsOf(w.arg.Value, w.call) {
			if !l.Null && (l.Of.Kind == model.Text || l.Of.Kind == model.UUID) {
				out = append(out, storedConstant{w, l})
			}
		}
	}
	return out
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
	default: // no constant of the document
	}
	return nil
}

// place is where a constant stands, and what else is to be shown.
func (w storedConstant) place() (diag.Pos, []diag.Related) {
	at := w.Pos
	if at == (diag.Pos{}) {
		at = w.arg.Pos
	}
	related := []diag.Related{{Pos: w.col.Pos, Message: "the column is declared here"}}
	if at != w.arg.Pos {
		related = append(related, diag.Related{Pos: w.arg.Pos, Message: w.call.Query.Name + " writes it"})
	}
	return at, related
}

// refusedBy is a CHECK that does not take a constant, nil for none. A regular
// expression in a CHECK is PostgreSQL's to read: package regexp has other rules
// (PostgreSQL manual, section 9.7.3).
func refusedBy(w storedConstant) *schema.Allowed {
	if !w.listsDecide() {
		return nil
	}
	i := slices.IndexFunc(w.col.Allowed, func(x schema.Allowed) bool { return !slices.Contains(x.Values, w.Text) })
	if i < 0 {
		return nil
	}
	return &w.col.Allowed[i]
}

// listsDecide reports whether the column holds the very text that is written
// into it, or nothing.
func (w stored) listsDecide() bool {
	return isText(w.col) && !w.col.Nondeterministic && !w.table.Rewrites(w.call.Facts.Events())
}

// refusedConstants refuses constants that a CHECK of the column that they are
// written into does not list.
func (c *checker) refusedConstants(s *model.Scope) {
	for _, w := range c.constants(s) {
		if x := refusedBy(w); x != nil {
			at, related := w.place()
			c.report(s, diag.Problem{Pos: at, Related: related, Fix: diag.DidYouMean(w.Text, x.Values),
				Message: fmt.Sprintf("%s is none of the values that %s allows in %s: %s", w.Literal, x.Check, w.column(), listed(x.Values))})
		}
	}
}

// refusedUUIDs refuses a uuid for a column whose CHECK lists words.
func (c *checker) refusedUUIDs(s *model.Scope) {
	digits := func(text string) bool { return strings.ContainsAny(text, "0123456789") } // it may be meant to be a uuid
	for _, w := range c.uuidsAsText(s) {
		if !w.listsDecide() {
			continue
		}
		for _, x := range w.col.Allowed {
			if !slices.ContainsFunc(x.Values, digits) {
				c.report(s, diag.Problem{Pos: w.arg.Pos, Related: []diag.Related{{Pos: w.col.Pos, Message: "the column is declared here"}},
					Message: fmt.Sprintf("%s is a uuid, and none of the values that %s allows in %s: %s", w.arg.Source, x.Check, w.column(), listed(x.Values)),
					Fix:     "give it one of these values"})
			}
		}
	}
}

// listed is an enumeration of values, quoted where they could not be read.
func listed(values []string) string {
	var out []string
	for _, v := range values {
		if v == "" || v != strings.TrimSpace(v) || strings.ContainsFunc(v, unicode.IsControl) {
			v = strconv.Quote(v)
		}
		out = append(out, v)
	}
	return list(out, "and")
}

// uuidsAsText lists the uuids that are written into columns of text.
func (c *checker) uuidsAsText(s *model.Scope) []stored {
	return slices.DeleteFunc(c.storedBy(s), func(w stored) bool {
		if w.col.Nondeterministic || w.col.Array || !isText(w.col) {
			return true
		}
		v := untexted(w.arg.Value)
		_, constant := plain(v).(*model.Literal)
		return constant || v.Shape().Kind != model.UUID
	})
}

func isText(col *schema.Column) bool { return col.Type == "text" || col.Type == "varchar" }
