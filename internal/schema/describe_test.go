package schema

import (
	"fmt"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
)

// describe spells a catalog in lines, without positions.
func describe(c *Catalog) string {
	var b strings.Builder
	for _, e := range c.Enums {
		fmt.Fprintf(&b, "enum %s %s\n", e.Name, strings.Join(e.Values, ","))
	}
	for _, name := range sortedKeys(c.Domains) {
		fmt.Fprintf(&b, "domain %s %s\n", name, c.Domains[name])
	}
	for _, t := range c.Tables {
		b.WriteString("table " + t.QualifiedName())
		mark(&b, t.Rewrites(AnyEvent), "rewritten")
		mark(&b, t.RowSecurity, "secured")
		mark(&b, t.ForceRowSecurity, "forced")
		comment(&b, t.Comment)
		for _, col := range t.Columns {
			b.WriteString("  " + col.Name + " " + col.Type)
			if col.Length > 0 {
				fmt.Fprintf(&b, "(%d)", col.Length)
			}
			if col.Array {
				b.WriteString("[]")
			}
			mark(&b, col.NotNull, "notnull")
			mark(&b, col.Default, "default")
			mark(&b, col.Identity, "identity")
			mark(&b, col.Generated, "generated")
			mark(&b, col.Nondeterministic, "nondeterministic")
			comment(&b, col.Comment)
		}
		if t.PrimaryKey != nil {
			fmt.Fprintf(&b, "  primary %s(%s)\n", t.PrimaryKey.Name, strings.Join(t.PrimaryKey.Columns, ","))
		}
		for _, k := range t.Uniques {
			fmt.Fprintf(&b, "  unique %s(%s)", k.Name, strings.Join(k.Columns, ","))
			mark(&b, k.Partial, "partial")
			b.WriteByte('\n')
		}
		for _, f := range t.ForeignKeys {
			fmt.Fprintf(&b, "  foreign %s(%s) %s(%s) %s", f.Name, strings.Join(f.Columns, ","), f.RefTable, strings.Join(f.RefColumns, ","), f.OnDelete)
			mark(&b, f.Deferrable, "deferrable")
			b.WriteByte('\n')
		}
		for _, name := range t.Checks {
			fmt.Fprintf(&b, "  check %s\n", name)
		}
	}
	return b.String()
}

func sortedKeys(m map[string]string) []string {
	set := map[string]bool{}
	for k := range m {
		set[k] = true
	}
	return sortedNames(set)
}

func mark(b *strings.Builder, on bool, word string) {
	if on {
		b.WriteString(" " + word)
	}
}

func comment(b *strings.Builder, text string) {
	if text != "" {
		b.WriteString(" -- " + text)
	}
	b.WriteByte('\n')
}

// problemLines spells problems in lines.
func problemLines(l *diag.List) []string {
	var out []string
	for _, p := range l.Sorted() {
		out = append(out, fmt.Sprintf("%s: %s %s: %s", p.Pos, p.Severity, p.Code, p.Message))
	}
	return out
}

// outdent removes the tabs that a test's text is indented with.
func outdent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimPrefix(s, "\n")) {
		b.WriteString(strings.TrimLeft(line, "\t"))
	}
	return b.String()
}

// describeQuery spells facts in lines, and leaves out what is empty.
func describeQuery(q *Query) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	values := func(list []ColumnValue) string {
		var out []string
		for _, v := range list {
			out = append(out, fmt.Sprintf("%s.%s=%s", v.Table, v.Column, parameter(v.Param)))
		}
		return strings.Join(out, " ")
	}
	fmt.Fprintf(&b, "%s", q.Kind)
	mark(&b, q.Target != "", q.Target)
	mark(&b, q.SingleRow, "single")
	mark(&b, q.OnConflict != "", "conflict-"+q.OnConflict)
	mark(&b, q.Ordered, "ordered")
	b.WriteByte('\n')
	line("writes", strings.Join(q.Writes, " "))
	line("reads", strings.Join(q.Reads, " "))
	line("sets", values(q.Sets))
	line("equal", values(q.Equal))
	for _, r := range q.Returns {
		b.WriteString("returns " + r.Name)
		mark(&b, r.Table != "", r.Table+"."+r.Column)
		mark(&b, r.MayBeNull, "null")
		mark(&b, r.Param != 0, parameter(r.Param))
		b.WriteByte('\n')
	}
	for _, l := range q.Locks {
		b.WriteString("locks " + l.Table + " " + l.Strength)
		mark(&b, l.SkipLocked, "skip")
		mark(&b, l.NoWait, "nowait")
		b.WriteByte('\n')
	}
	for i, p := range q.Params {
		fmt.Fprintf(&b, "$%d", i+1)
		mark(&b, p.Column != "", p.Table+"."+p.Column)
		mark(&b, p.Cast != "", "::"+p.Cast)
		mark(&b, p.Array, "array")
		b.WriteByte('\n')
	}
	return b.String()
}

func parameter(n int) string {
	if n == 0 {
		return "?"
	}
	return fmt.Sprintf("$%d", n)
}
