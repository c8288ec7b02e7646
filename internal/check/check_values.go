package check

import (
	"fmt"
	"slices"
	"strings"

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

// refusedBy is a CHECK that does not take a constant, nil for none.
func refusedBy(w storedConstant) *schema.Allowed {
	if w.col.Inexact || !isText(w.col) {
		return nil
	}
	for _, x := range w.col.Allowed {
		if takes, known := allows(x, w.Text, w.stored); known && !takes {
			return &x
		}
	}
	return nil
}

// refusedConstants refuses constants that a CHECK of the column that they are
// written into does not take.
func (c *checker) refusedConstants(s *model.Scope) {
	for _, w := range c.constants(s) {
		x := refusedBy(w)
		if x == nil {
			continue
		}
		at, related := w.place()
		p := diag.Problem{Pos: at, Related: related}
		if x.Pattern != "" {
			p.Message = fmt.Sprintf("%s does not match what %s asks of %s: %s", w.Literal, x.Check, w.column(), shown(x.Pattern))
			p.Fix = "write a text that matches, or correct the CHECK"
		} else {
			p.Message = fmt.Sprintf("%s is none of the values that %s allows in %s: %s", w.Literal, x.Check, w.column(), listed(x.Values))
			p.Fix = diag.DidYouMean(w.Text, x.Values)
		}
		c.report(s, p)
	}
}

// refusedUUIDs refuses a uuid for a column whose CHECK lists words, or asks for
// another form.
func (c *checker) refusedUUIDs(s *model.Scope) {
	// The text form of RFC 9562, of the versions that are drawn at random or by time.
	uuids := []string{"019a5d5c-7f2e-7b3a-8c41-5e6f708192a3", "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"}
	for _, w := range c.uuidsAsText(s) {
		for _, x := range w.col.Allowed {
			may := func(uuid string) bool {
				takes, known := allows(x, uuid, w)
				return takes || !known
			}
			digits := func(text string) bool { return strings.ContainsAny(text, "0123456789") } // it may be meant to be one
			if slices.ContainsFunc(uuids, may) || slices.ContainsFunc(x.Values, digits) {
				continue
			}
			p := diag.Problem{Pos: w.arg.Pos, Related: []diag.Related{{Pos: w.col.Pos, Message: "the column is declared here"}}}
			if x.Pattern != "" {
				p.Fix = "give it another value, or have the CHECK take uuids"
				p.Message = fmt.Sprintf("%s is a uuid, such as %s, which does not match what %s asks of %s: %s", w.arg.Source, uuids[0], x.Check, w.column(), shown(x.Pattern))
			} else {
				p.Fix = "give it one of these values"
				p.Message = fmt.Sprintf("%s is a uuid, and none of the values that %s allows in %s: %s", w.arg.Source, x.Check, w.column(), listed(x.Values))
			}
			c.report(s, p)
		}
	}
}

// uuidsAsText lists the uuids that are written into columns of text.
func (c *checker) uuidsAsText(s *model.Scope) []stored {
	return slices.DeleteFunc(c.storedBy(s), func(w stored) bool {
		if w.col.Inexact || w.col.Array || !isText(w.col) {
			return true
		}
		v := untexted(w.arg.Value)
		_, constant := plain(v).(*model.Literal)
		return constant || v.Shape().Kind != model.UUID
	})
}

func isText(col *schema.Column) bool { return col.Type == "text" || col.Type == "varchar" }
