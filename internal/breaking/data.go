package breaking

import (
	"strings"

	"github.com/specgen-dev/specgen/internal/model"
)

// data compares the lists of constants that steps use. A row is known by its
// key; where a list has none, a row that differs is another one.
func (c *comparison) data() {
	before, after := dataOf(c.before.Project), dataOf(c.after.Project)
	for _, name := range bothKeys(before, after) {
		old, now := before[name], after[name]
		if old == nil || now == nil {
			continue // the steps that use it are there, or are not
		}
		c.where = "data " + name
		key := now.Key()
		if old.Key() != key {
			key = ""
		}
		c.rows("", constants(old.Struct, old.Rows, key), constants(now.Struct, now.Rows, key), is(now.Pos))
	}
	c.where = ""
}

func dataOf(p *model.Project) map[string]*model.DataSet {
	out := map[string]*model.DataSet{}
	for _, set := range p.Data {
		out[set.Name] = set
	}
	return out
}

// constant is one row of constants.
type constant struct {
	name   string            // the value of its key, or all of it
	keyed  bool              // the name is the value of the key
	fields map[string]string // those that are values
	lists  map[string][]constant
	text   string
}

func constants(of *model.DataStruct, rows []*model.DataRow, key string) []constant {
	var out []constant
	for _, row := range rows {
		x := constant{fields: map[string]string{}, lists: map[string][]constant{}}
		var parts []string
		for i, f := range of.Fields {
			text := ""
			if f.Nested != nil {
				x.lists[f.Name] = constants(f.Nested, row.Cells[i].Rows, "")
				text = "[" + strings.Join(names(x.lists[f.Name]), ", ") + "]"
			} else if l := row.Cells[i].Literal; l != nil {
				text = l.String()
				x.fields[f.Name] = text
			}
			parts = append(parts, f.Name+": "+text)
		}
		x.text = "{" + strings.Join(parts, ", ") + "}"
		if x.name, x.keyed = x.fields[key]; !x.keyed {
			x.name = x.text
		}
		out = append(out, x)
	}
	return out
}

func names(rows []constant) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.name
	}
	return out
}

// rows compares two lists; in names the row that they belong to.
func (c *comparison) rows(in string, old, now []constant, at place) {
	nameOf := func(r constant) string { return r.name }
	for _, r := range missing(old, now, nameOf) {
		c.breaking("data-removed", at, "%sthe row %s is gone", in, r.name)
	}
	for _, r := range missing(now, old, nameOf) {
		c.note("data-added", at, "%sthere is a row %s; scopes that are there already do not have it", in, r.name)
	}
	for _, n := range now {
		for _, o := range old {
			if n.keyed && o.keyed && n.name == o.name {
				c.row(in+n.name+": ", o, n, at)
			}
		}
	}
}

// row compares the fields of one row. A field that only one of them has is told
// of by the steps that use it.
func (c *comparison) row(in string, old, now constant, at place) {
	for _, field := range bothKeys(old.fields, now.fields) {
		o, had := old.fields[field]
		n, has := now.fields[field]
		if had && has && o != n {
			c.breaking("data-changed", at, "%s%s is %s, and was %s", in, field, n, o)
		}
	}
	for _, field := range bothKeys(old.lists, now.lists) {
		o, had := old.lists[field]
		n, has := now.lists[field]
		if had && has {
			c.rows(in+field+": ", o, n, at)
		}
	}
}
