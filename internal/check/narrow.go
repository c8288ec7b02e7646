package check

import (
	"fmt"
	"slices"
	"strings"

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
		v := plain(w.arg.Value)
		if _, ok := v.(*model.Literal); ok {
			continue
		}
		if v.Shape().Kind == model.UUID {
			c.uuidFits(s, w)
		} else if from := c.copied(v); from != nil {
			c.copyFits(s, w, from)
		}
	}
}

func isText(col *schema.Column) bool { return col.Type == "text" || col.Type == "varchar" }

// uuidFits refuses a uuid for a column that is too short for it, or whose CHECK
// lists words or asks for another form.
func (c *checker) uuidFits(s *model.Scope, w stored) {
	const uuid = "019a5d5c-7f2e-7b3a-8c41-5e6f708192a3" // the text form of RFC 9562
	p := diag.Problem{Pos: w.arg.Pos, Related: []diag.Related{{Pos: w.col.Pos, Message: "the column is declared here"}}}
	if w.col.Length > 0 && w.col.Length < len(uuid) {
		p.Code, p.Fix = codeLength, "give it another value, or make the column longer"
		p.Message = fmt.Sprintf("%s is a uuid, which has %d characters, and %s holds %d", w.arg.Source, len(uuid), w.column(), w.col.Length)
		c.report(s, p)
	}
	for _, x := range w.col.Allowed {
		p.Code, p.Fix = codeNotAllowed, "give it one of these"
		switch re, ok := pattern(x.Pattern); {
		case x.Pattern != "":
			if !ok || re.MatchString(uuid) {
				continue
			}
			p.Fix = "give it another value, or have the CHECK take uuids"
			p.Message = fmt.Sprintf("%s is a uuid, such as %s, which %s of %s does not match: %s", w.arg.Source, uuid, x.Check, w.column(), x.Pattern)
		case slices.ContainsFunc(x.Values, func(text string) bool { return strings.ContainsAny(text, "0123456789") }):
			continue
		default:
			p.Message = fmt.Sprintf("%s is a uuid, and none of the values that %s allows in %s: %s", w.arg.Source, x.Check, w.column(), list(x.Values, "and"))
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

// copied is the column whose value is written as it is, nil where that is not
// known, or where what was read says which values there can be.
func (c *checker) copied(v model.Value) *origin {
	var call *model.Call
	i := -1
	switch x := plain(v).(type) {
	case *model.ColumnValue:
		call, i = x.Call, x.Index
	case *model.FieldValue:
		e, ok := x.Of.(*model.ElemValue)
		if !ok {
			return nil
		}
		rows, ok := e.Loop.Over.(*model.RowsValue)
		if !ok || slices.ContainsFunc(e.Loop.Filters, func(f *model.Filter) bool { return reads(f.Field, e.Loop, x.Name) }) {
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
	if t == nil || t.Column(ret.Column) == nil || ret.Param > 0 || call.Facts.Kind == schema.Select && slices.Contains(call.Facts.Mentions, ret.Column) {
		return nil
	}
	return &origin{table: ret.Table, Column: t.Column(ret.Column)}
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
		c.reportCopy(s, w, p)
		return
	}
	for _, x := range w.col.Allowed {
		if extra, ok := c.beyond(from, x.Values); ok {
			p.Message = fmt.Sprintf("%s takes %s, and %s, which %s copies it into, only what %s allows: %s", from, extra, w.column(), w.call.Query.Name, x.Check, list(x.Values, "and"))
			p.Fix = fmt.Sprintf("have both columns take the same values, such as by the same CHECK on %s", from.table)
			c.reportCopy(s, w, p)
		}
	}
}

// reportCopy adds a problem that is one however many steps of a query have it.
func (c *checker) reportCopy(s *model.Scope, w stored, p diag.Problem) {
	f := c.reportAt(w.call.Query.Pos, s, p)
	if also := (diag.Related{Pos: w.arg.Pos, Message: "copied here, too"}); f.Pos != w.arg.Pos && !slices.Contains(f.Related, also) {
		f.Related = append(f.Related, also)
	}
}

// width is the number of characters of the longest text that a column gives, in
// words, too: -1 for any number, 0 where that is not known.
func (c *checker) width(col *origin) (words string, n int) {
	longest := func(texts []string) (string, int) {
		for _, text := range texts {
			n = max(n, len([]rune(text)))
		}
		return fmt.Sprintf("texts of up to %d characters", n), n
	}
	digits := map[string]int{"int2": 5, "int4": 10, "int8": 19}
	enum := c.catalog.Enum(col.Type)
	for _, x := range col.Allowed {
		if len(x.Values) > 0 {
			return longest(x.Values)
		}
	}
	switch {
	case col.Array:
		return "", 0
	case digits[col.Type] > 0:
		return fmt.Sprintf("numbers of up to %d digits", digits[col.Type]), digits[col.Type]
	case enum != nil:
		return longest(enum.Values)
	case !isText(col.Column):
		return "", 0
	case col.Length > 0:
		return fmt.Sprintf("texts of up to %d characters", col.Length), col.Length
	case col.Checked || len(col.Allowed) > 0:
		return "", 0 // the CHECK may bound the length
	default:
		return "texts of any length", -1
	}
}

// beyond says which values a column takes beside those of a list; ok is false
// where there are none, or that is not known.
func (c *checker) beyond(col *origin, values []string) (words string, ok bool) {
	if len(values) == 0 || col.Array {
		return "", false
	}
	takes := func(texts []string) (string, bool) {
		others := slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return slices.Contains(values, text) })
		return list(others, "and") + ", too", len(others) > 0
	}
	for _, x := range col.Allowed {
		if len(x.Values) > 0 {
			return takes(x.Values)
		}
	}
	if enum := c.catalog.Enum(col.Type); enum != nil {
		return takes(enum.Values)
	}
	return "any text", isText(col.Column) && len(col.Allowed) == 0 && !col.Checked
}
