package check

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// narrow looks at texts that are written into columns which do not take all that
// there may be to write: uuids, and what is copied from another column.
func (c *checker) narrow(s *model.Scope) {
	for _, w := range c.storedBy(s) {
		if w.col.Inexact || w.col.Array || !isText(w.col) {
			continue
		}
		v := untexted(w.arg.Value)
		if _, ok := plain(v).(*model.Literal); ok {
			continue
		}
		if v.Shape().Kind == model.UUID {
			c.uuidFits(s, w)
		} else if from := c.copied(v, w.call); from != nil {
			c.copyFits(s, w, from)
		}
	}
}

func isText(col *schema.Column) bool { return col.Type == "text" || col.Type == "varchar" }

// uuidFits refuses a uuid for a column that is too short for it, or whose CHECK
// lists words or asks for another form.
func (c *checker) uuidFits(s *model.Scope, w stored) {
	// The text form of RFC 9562, of the versions that are drawn at random or by time.
	uuids := []string{"019a5d5c-7f2e-7b3a-8c41-5e6f708192a3", "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"}
	p := diag.Problem{Pos: w.arg.Pos, Related: []diag.Related{{Pos: w.col.Pos, Message: "the column is declared here"}}}
	if length := len(uuids[0]); w.col.Length > 0 && w.col.Length < length {
		p.Code, p.Fix = codeLength, "give it another value, or make the column longer"
		p.Message = fmt.Sprintf("%s is a uuid, which has %d characters, and %s holds %d", w.arg.Source, length, w.column(), w.col.Length)
		c.report(s, p)
	}
	for _, x := range w.col.Allowed {
		may := func(uuid string) bool {
			takes, known := allows(x, uuid, w.table)
			return takes || !known
		}
		digits := func(text string) bool { return strings.ContainsAny(text, "0123456789") } // it may be meant to be one
		if slices.ContainsFunc(uuids, may) || slices.ContainsFunc(x.Values, digits) {
			continue
		}
		p.Code = codeNotAllowed
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

// origin is the column that a value was read from.
type origin struct {
	table string
	*schema.Column
}

func (o origin) String() string { return o.table + "." + o.Name }

// copied is the column whose value a call writes as it is, nil where that is not
// known, or where something else says which values there can be: a condition, a
// filter, a foreign key, or the statement that wrote the row.
func (c *checker) copied(v model.Value, by *model.Call) *origin {
	if len(by.Guards) > 0 {
		return nil
	}
	var call *model.Call
	i := -1
	switch x := v.(type) {
	case *model.ColumnValue:
		call, i = x.Call, x.Index
	case *model.FieldValue:
		e, ok := x.Of.(*model.ElemValue)
		if !ok {
			return nil
		}
		rows, ok := e.Loop.Over.(*model.RowsValue)
		if !ok || filtered(x, e.Loop, by.Loops) {
			return nil
		}
		call = rows.Call
		i = slices.IndexFunc(call.Facts.Returns, func(r schema.Result) bool { return r.Name == x.Name })
	}
	if call == nil || i < 0 || i >= len(call.Facts.Returns) {
		return nil
	}
	ret := call.Facts.Returns[i]
	t := c.catalog.Table(ret.Table)
	if t == nil || t.Column(ret.Column) == nil || ret.Param > 0 || t.Column(ret.Column).Generated || foreignKey(t, ret.Column) != nil {
		return nil
	}
	from := &origin{table: ret.Table, Column: t.Column(ret.Column)}
	switch call.Facts.Kind {
	case schema.Insert: // what it does not set has the default
		if given(call, ret.Column) == nil && !from.Identity {
			return nil
		}
	case schema.Update:
		if slices.ContainsFunc(call.Facts.Sets, func(x schema.ColumnValue) bool { return x.Column == ret.Column && x.Param == 0 }) {
			return nil
		}
	case schema.Select:
		if slices.Contains(call.Facts.Mentions, ret.Column) {
			return nil
		}
	}
	return from
}

// filtered reports whether a filter around a call looks at a field of a loop's
// elements.
func filtered(v *model.FieldValue, of *model.Loop, around []*model.Loop) bool {
	return slices.ContainsFunc(around, func(l *model.Loop) bool {
		return filtersLookAt(l.Filters, of, v.Name) || slices.ContainsFunc(l.Filters, func(f *model.Filter) bool { return reads(f.List, of, v.Name) })
	})
}

// copyFits warns of a column that takes less than the one that it is copied from:
// the first row that has more makes the whole fail.
func (c *checker) copyFits(s *model.Scope, w stored, from *origin) {
	p := diag.Problem{Pos: w.arg.Pos, Severity: diag.Warning, Code: codeNarrow,
		Related: []diag.Related{{Pos: w.col.Pos, Message: w.column() + " is declared here"}, {Pos: from.Pos, Message: from.String() + " is declared here"}}}
	if holds, wider := c.width(from); w.col.Length > 0 && (wider < 0 || wider > w.col.Length) {
		p.Message = fmt.Sprintf("%s holds %s, and %s, which %s copies it into, no more than %d", from, holds, w.column(), w.call.Query.Name, w.col.Length)
		p.Fix = fmt.Sprintf("make %s text, or bound %s", w.column(), from)
		if wider > 0 {
			p.Fix = fmt.Sprintf("make %s varchar(%d), or text", w.column(), wider)
		}
		c.report(s, p)
		return
	}
	if w.table.Active {
		return // a trigger may write another value
	}
	for _, x := range w.col.Allowed {
		if extra, ok := c.beyond(from, x.Values); ok {
			p.Message = fmt.Sprintf("%s takes %s, and %s, which %s copies it into, only what %s allows: %s", from, extra, w.column(), w.call.Query.Name, x.Check, listed(x.Values))
			p.Fix = fmt.Sprintf("have both columns take the same values, such as by the same CHECK on %s", from.table)
			c.report(s, p)
		}
	}
}

// values are those that an enum or a CHECK lists for a column; ok is false for
// none, or where another CHECK may take some away.
func (c *checker) values(col *schema.Column) (values []string, ok bool) {
	if enum := c.catalog.Enum(col.Type); enum != nil {
		values, ok = enum.Values, true
	}
	for _, x := range col.Allowed {
		switch {
		case x.Pattern != "":
			return nil, false
		case ok:
			values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return !slices.Contains(x.Values, v) })
		default:
			values, ok = x.Values, true
		}
	}
	return values, ok && !col.Checked && !col.Array
}

// width is the number of characters of the longest text that a column gives, in
// words, too: -1 for any number, 0 where that is not known.
func (c *checker) width(col *origin) (words string, n int) {
	if values, ok := c.values(col.Column); ok {
		for _, v := range values {
			n = max(n, utf8.RuneCountInString(v))
		}
		return fmt.Sprintf("texts of up to %d characters", n), n
	}
	digits := map[string]int{"int2": 5, "int4": 10, "int8": 19}
	switch {
	case col.Array || col.Checked || len(col.Allowed) > 0:
		return "", 0 // the CHECK may bound it
	case digits[col.Type] > 0 && col.Identity:
		return fmt.Sprintf("numbers of up to %d digits", digits[col.Type]), digits[col.Type]
	case digits[col.Type] > 0:
		n = digits[col.Type] + len("-")
		return fmt.Sprintf("numbers of up to %d characters", n), n
	case !isText(col.Column):
		return "", 0
	case col.Length > 0:
		return fmt.Sprintf("texts of up to %d characters", col.Length), col.Length
	default:
		return "texts of any length", -1
	}
}

// beyond says which values a column takes beside those of a list; ok is false
// where there are none, or that is not known.
func (c *checker) beyond(col *origin, values []string) (words string, ok bool) {
	if len(values) == 0 {
		return "", false
	}
	if all, ok := c.values(col.Column); ok {
		others := slices.DeleteFunc(slices.Clone(all), func(v string) bool { return slices.Contains(values, v) })
		return listed(others) + ", too", len(others) > 0
	}
	return "any text", isText(col.Column) && !col.Array && !col.Checked && len(col.Allowed) == 0
}
