package plan

import (
	"fmt"
	"strings"
)

// Explain prints the plans of a package, or of one scope, as a person reads
// them: flush by flush, what each statement does and where its parameters come
// from. An empty scope stands for all.
func Explain(p *Package, scope string) (string, error) { return explain(p, scope, false) }

// ExplainFully adds to each step its place in the document, the locks that it
// takes, the constraints that it may violate, and its SQL.
func ExplainFully(p *Package, scope string) (string, error) { return explain(p, scope, true) }

func explain(p *Package, scope string, full bool) (string, error) {
	scopes, err := p.Choose(scope)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, s := range scopes {
		for _, o := range s.Operations {
			explainCoordinator(&b, fmt.Sprintf("%s %s: %s", o.Kind, s.Name, o.Method()), o.Plan, o.Summary(), full)
		}
	}
	return b.String(), nil
}

// Choose returns the scope of a name, or all of them for an empty one.
func (p *Package) Choose(name string) ([]*Scope, error) {
	if name == "" {
		return p.Scopes, nil
	}
	var known []string
	for _, s := range p.Scopes {
		if s.Name == name {
			return []*Scope{s}, nil
		}
		known = append(known, s.Name)
	}
	return nil, fmt.Errorf("no scope is named %q; there are: %s", name, strings.Join(known, ", "))
}

func explainCoordinator(b *strings.Builder, title string, c *Coordinator, many string, full bool) {
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	fmt.Fprintf(b, "%s, in %s\n", title, Trips(c.RoundTrips()))
	explainHooks(b, "before, outside of the transaction", c.Before, full)
	if begin := c.Begin(); begin != "" {
		fmt.Fprintf(b, "  %s\n", begin)
	}
	if c.Isolation != "" {
		fmt.Fprintf(b, "  isolation: %s\n", c.Isolation)
	}
	n := 0
	for i, f := range c.Flushes {
		fmt.Fprintf(b, "  flush %d of %d%s\n", i+1, len(c.Flushes), f.OnItsOwn())
		for _, call := range f.Calls {
			n++
			explainCall(b, n, call)
			if full {
				explainRest(b, call)
			}
		}
		if again := f.Rereads(); again != "" {
			fmt.Fprintf(b, "      %s\n", again)
		}
	}
	fmt.Fprintf(b, "  %s\n", c.Commit())
	if settle := c.Settle(); settle != "" {
		fmt.Fprintf(b, "  %s\n", settle)
	}
	explainHooks(b, "after the commit", c.After, full)
	fmt.Fprintf(b, "  %s\n", many)
	if len(c.Constraints) > 0 {
		b.WriteString("  errors by constraint\n")
		for _, x := range c.Constraints {
			fmt.Fprintf(b, "    %s: %s\n", x.Name, x.Error)
		}
	}
}

func explainHooks(b *strings.Builder, title string, hooks []*Hook, full bool) {
	if len(hooks) == 0 {
		return
	}
	fmt.Fprintf(b, "  %s\n", title)
	for _, h := range hooks {
		fmt.Fprintf(b, "    %s\n", h.Call)
		for _, w := range h.When {
			fmt.Fprintf(b, "        when %s\n", w)
		}
		if h.As != "" {
			fmt.Fprintf(b, "        named %s\n", h.As)
		}
		if full {
			fmt.Fprintf(b, "        at %s\n", h.At)
		}
	}
}

// OnItsOwn says that a flush is one call that cannot share a round trip, as a
// clause that follows the flush's number; "" for other flushes.
func (f *Flush) OnItsOwn() string {
	if f.Own == "" {
		return ""
	}
	return ", on its own: :" + f.Own
}

// Rereads says what is read again in a flush, "" for nothing.
func (f *Flush) Rereads() string {
	if len(f.Again) == 0 {
		return ""
	}
	return "read again, and compared: " + strings.Join(f.Again, ", ")
}

// Begin says how BEGIN is sent, "" where it travels with the first flush.
func (c *Coordinator) Begin() string {
	if c.begins() {
		return "BEGIN is a trip of its own: flush 1 goes on its own"
	}
	return ""
}

// Commit says how COMMIT is sent.
func (c *Coordinator) Commit() string {
	if c.Rides {
		return fmt.Sprintf("COMMIT travels with flush %d", len(c.Flushes))
	}
	return "COMMIT is a trip of its own: " + c.Waits
}

// Settle says what is done when COMMIT was not answered, "" for nothing.
func (c *Coordinator) Settle() string {
	if c.Found == "" {
		return ""
	}
	return "after a COMMIT without an answer: " + c.Found + ", and again if it finds nothing"
}

// Trips is a number of round trips in words.
func Trips(n int) string {
	if n == 1 {
		return "1 round trip"
	}
	return fmt.Sprintf("%d round trips", n)
}

func explainCall(b *strings.Builder, n int, c *Call) {
	fmt.Fprintf(b, "  %3d %s: %s (%s, :%s, %s)\n", n, c.Step, c.Action, c.Query, c.Cmd, c.Origin)
	for _, r := range c.Repeats {
		fmt.Fprintf(b, "        for each %s\n", r)
	}
	for _, r := range c.Gathers {
		fmt.Fprintf(b, "        once for every %s\n", r)
	}
	for _, w := range c.When {
		fmt.Fprintf(b, "        when %s\n", w)
	}
	width := 0
	for _, a := range c.Args {
		width = max(width, len(a.Name))
	}
	for _, a := range c.Args {
		fmt.Fprintf(b, "        %-*s <- %s  [%s]\n", width, a.Name, a.Source, a.Rule)
	}
	if len(c.Defaults) > 0 {
		fmt.Fprintf(b, "        by default: %s\n", strings.Join(c.Defaults, ", "))
	}
	if c.Gives != "" {
		fmt.Fprintf(b, "        %s\n", c.Gives)
	}
	for _, f := range c.Fails {
		fmt.Fprintf(b, "        %s: %s\n", f.When, f.Error)
	}
	if c.Waits != "" {
		fmt.Fprintf(b, "        waits: %s\n", c.Waits)
	}
	for _, h := range c.Hints {
		fmt.Fprintf(b, "        hint[%s]: %s\n", h.Code, h.Text)
	}
}

func explainRest(b *strings.Builder, c *Call) {
	for _, l := range c.Locks {
		fmt.Fprintf(b, "        locks %s\n", l)
	}
	for _, f := range c.Violates {
		fmt.Fprintf(b, "        %s: %s\n", f.When, f.Error)
	}
	fmt.Fprintf(b, "        step at %s\n", c.At)
	for line := range strings.SplitSeq(c.SQL, "\n") {
		fmt.Fprintf(b, "        | %s\n", line)
	}
}
