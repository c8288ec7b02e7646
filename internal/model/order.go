package model

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/schema"
)

// Tables says which tables hang together by foreign keys.
type Tables struct {
	// References lists, for each table, the tables that its foreign keys refer to;
	// partitions go by the name of their root, as in [schema.Effects].
	References map[string][]string

	constraints map[string][]Constraint // of each table
	referrers   []Constraint            // foreign keys that keep rows from being deleted
	defaults    map[string][]string     // the columns of each table that have one
}

// Defaults are the columns that an INSERT leaves to their defaults: nothing in
// the document sets them.
func (t Tables) Defaults(c *Call) []string {
	if c.Facts.Kind != schema.Insert {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.defaults[c.Facts.Target]), func(name string) bool {
		return slices.ContainsFunc(c.Facts.Sets, func(s schema.ColumnValue) bool { return s.Column == name })
	})
}

// KeepOrder reports whether b, the later of two calls, must not overtake a: the
// effects of one say something of those of the other. Nothing else decides it.
func (t Tables) KeepOrder(a, b *Call) bool {
	_, keep := t.Order(a, b)
	return keep
}

// Order is KeepOrder, and says what is between the queries and the table on
// which they meet, such as "trigger bump on a may write counters"; "" where both
// name it themselves.
//
// a comes first when it locks rows, as what is behind it sees what was committed
// while it waited; when one of both may do anything; or when one writes a table
// that the other touches, or that a foreign key ties to one that it writes.
func (t Tables) Order(a, b *Call) (why string, keep bool) {
	x, y := &a.Facts.Effects, &b.Facts.Effects
	switch {
	case len(x.Locks) > 0:
		if l := x.Locks[0]; l.Via != "" {
			why = l.Via + " locks " + l.Table
		}
		return why, true
	case a.Role == PurgeLock:
		return "", true
	case x.Unknown != "":
		return x.Unknown, true
	case y.Unknown != "":
		return y.Unknown, true
	}
	if why, meets := t.meet(x, y); meets {
		return why, true
	}
	return t.meet(y, x)
}

// meet reports whether a writes a table that b touches, or one that a foreign
// key ties to one that b writes.
func (t Tables) meet(a, b *schema.Effects) (why string, meets bool) {
	for _, w := range a.Writes {
		if r, ok := b.Read(w.Table); ok {
			return between(w, r, "reads"), true
		}
		if v, ok := b.Write(w.Table); ok && !(w.Append && v.Append) {
			return between(w, v, "may write"), true
		}
		for _, v := range b.Writes {
			if slices.Contains(t.References[v.Table], w.Table) || slices.Contains(t.References[w.Table], v.Table) {
				return between(w, v, "may write"), true
			}
		}
	}
	return "", false
}

// between says what is between two queries and where they meet: on the way of
// the one that writes, else of the other.
func between(w, other schema.Effect, does string) string {
	switch {
	case w.Via != "":
		return w.Via + " may write " + w.Table
	case other.Via != "":
		return other.Via + " " + does + " " + other.Table
	default:
		return ""
	}
}

// Changes reports whether a call may change what another one reads: that reads
// something else behind it than in front of it.
func (t Tables) Changes(a, b *Call) bool {
	x, y := &a.Facts.Effects, &b.Facts.Effects
	if x.Unknown != "" || y.Unknown != "" {
		return true
	}
	_, meets := t.meet(x, y)
	return meets
}

// tablesOf reads the foreign keys of a schema.
func tablesOf(c *schema.Catalog) Tables {
	return Tables{References: references(c), constraints: constraintsOf(c), referrers: referrersOf(c), defaults: defaultsOf(c)}
}

func defaultsOf(c *schema.Catalog) map[string][]string {
	out := map[string][]string{}
	for _, t := range c.Tables {
		for _, col := range t.Columns {
			if col.Default {
				out[t.QualifiedName()] = append(out[t.QualifiedName()], col.Name)
			}
		}
	}
	return out
}

// references lists, for each table, those that its foreign keys refer to.
func references(c *schema.Catalog) map[string][]string {
	refs := map[string][]string{}
	for _, t := range c.Tables {
		name := c.Root(t.QualifiedName())
		for _, k := range t.ForeignKeys {
			refs[name] = append(refs[name], c.Root(k.RefTable))
		}
	}
	return refs
}
