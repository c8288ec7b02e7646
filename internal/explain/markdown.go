package explain

import (
	"fmt"
	"strings"

	"github.com/specgen-dev/specgen/internal/plan"
)

// Markdown writes the document in CommonMark, with the tables of GitHub.
func (d *Document) Markdown() string {
	w := &writer{}
	w.line("# Plans of package %s", text(d.Package))
	for _, s := range d.Scopes {
		w.scope(s)
	}
	return w.b.String()
}

type writer struct{ b strings.Builder }

// line writes a block of one line, behind an empty one.
func (w *writer) line(format string, args ...any) {
	if w.b.Len() > 0 {
		w.b.WriteByte('\n')
	}
	fmt.Fprintf(&w.b, format+"\n", args...)
}

func (w *writer) scope(s Scope) {
	w.line("## %s", text(s.Name))
	if s.Doc != "" {
		w.line("%s", text(s.Doc))
	}
	w.line("Type %s, declared at %s.", code(s.Type), text(s.At))
	for i, p := range s.Parents {
		kind := "a"
		switch {
		case p.Many:
			kind = "any number of"
		case p.Optional:
			kind = "at times a"
		}
		lock := ""
		if p.Lock != "" {
			lock = ", locked by " + code(p.Lock)
		} else if p.Unsafe != "" {
			lock = ", not locked: " + text(p.Unsafe)
		}
		w.item(i, "- lies in %s %s%s", kind, code(p.Type), lock)
	}
	for i, name := range s.Makes {
		w.item(i+len(s.Parents), "- its creation makes a %s, too", code(name))
	}
	for i, c := range s.Children {
		does := "its purge refuses while there is a"
		if c.Found == "cascade" {
			does = "its purge purges each"
		}
		w.item(i+len(s.Parents)+len(s.Makes), "- %s %s below it", does, code(c.Scope))
	}
	for _, o := range s.Operations {
		w.operation(o)
	}
}

// item writes an item of a list; the first one starts it.
func (w *writer) item(i int, format string, args ...any) {
	if i == 0 {
		w.line(format, args...)
		return
	}
	fmt.Fprintf(&w.b, format+"\n", args...)
}

func (w *writer) operation(c Operation) {
	w.line("### %s: %s", text(c.Method), plan.Trips(c.RoundTrips))
	w.hooks("Before, outside of the transaction:", c.Before)
	for _, f := range c.Flushes {
		own := ""
		if f.Own != "" {
			own = ", on its own: " + code(":"+f.Own)
		}
		w.line("**Flush %d of %d%s**", f.Number, len(c.Flushes), own)
		for _, s := range f.Steps {
			w.step(s)
		}
	}
	w.line("%s. %s.", text(c.Begin), text(c.Commit))
	if c.Isolation != "" {
		w.line("Isolation: %s.", text(c.Isolation))
	}
	if c.LookUp != "" {
		w.line("After a COMMIT without an answer %s looks for the scope; if it finds nothing, all is done again.", code(c.LookUp))
	}
	w.hooks("After the commit:", c.After)
	once := ""
	if len(c.Many.Once) > 0 {
		once = ", of them once for all: " + codes(c.Many.Once)
	}
	w.line("%s: any number in %s%s.", code(c.Many.Method), plan.Trips(c.Many.RoundTrips), once)
}

func (w *writer) hooks(title string, hooks []Hook) {
	if len(hooks) > 0 {
		w.line("%s", title)
	}
	for i, h := range hooks {
		when := ""
		for _, c := range h.When {
			when += ", when " + code(c)
		}
		w.item(i, "- %s%s (%s)", code(h.Call), when, text(h.At))
	}
}

func (w *writer) step(s Step) {
	w.line("%d. **%s**: %s (%s, %s, %s; step at %s)", s.Number, text(s.Name), text(s.Action), code(s.Query), code(":"+s.Command), text(s.QueryAt), text(s.At))
	for i, note := range s.notes() {
		if i == 0 {
			w.b.WriteByte('\n')
		}
		fmt.Fprintf(&w.b, "   - %s\n", note)
	}
	fence := strings.Repeat("`", max(3, longestRun(s.SQL)+1))
	w.line("   %ssql\n   %s\n   %[1]s", fence, strings.ReplaceAll(s.SQL, "\n", "\n   "))
	if len(s.Parameters) > 0 {
		w.line("   | parameter | value | bound by |\n   |---|---|---|")
		for _, p := range s.Parameters {
			fmt.Fprintf(&w.b, "   | %s | %s | %s |\n", cell(text(p.Name)), cell(code(p.Value)), cell(text(p.Rule)))
		}
	}
	if len(s.Fails) > 0 {
		w.line("   | fails when | error |\n   |---|---|")
		for _, f := range s.Fails {
			fmt.Fprintf(&w.b, "   | %s | %s |\n", cell(text(f.When)), cell(code(f.Error)))
		}
	}
}

// notes are what there is to say of a step beside its tables.
func (s Step) notes() []string {
	var out []string
	for _, l := range s.Loops {
		out = append(out, "for each "+code(l))
	}
	for _, l := range s.Gathers {
		out = append(out, "once for every "+code(l))
	}
	for _, c := range s.When {
		out = append(out, "when "+code(c))
	}
	if len(s.Locks) > 0 {
		out = append(out, "locks "+codes(s.Locks))
	}
	if len(s.Defaults) > 0 {
		out = append(out, "by default: "+codes(s.Defaults))
	}
	if s.Answer != "" {
		out = append(out, text(s.Answer))
	}
	if s.Waits != "" {
		out = append(out, "waits: "+text(s.Waits))
	}
	for _, h := range s.Hints {
		out = append(out, text(h.Code)+": "+text(h.Text))
	}
	return out
}

func codes(list []string) string {
	var out []string
	for _, s := range list {
		out = append(out, code(s))
	}
	return strings.Join(out, ", ")
}

// code is a code span: its fence is longer than any run of backquotes in it.
func code(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	fence := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || s == "" {
		s = " " + s + " "
	}
	return fence + s + fence
}

func longestRun(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// text is text on one line in which nothing is markup. Underscores within a
// word are none.
func text(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		if strings.ContainsRune("\\`*[]<>#|&~!$", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cell keeps a bar from ending a cell of a table, also within code.
func cell(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, `\|`, "|"), "|", `\|`)
}
