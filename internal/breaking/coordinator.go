package breaking

import (
	"slices"
	"strconv"
	"strings"

	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// coordinator compares what is done in the transaction, and behind it.
func (c *comparison) coordinator(old, now *side) {
	before, after := gather(old.Operation), gather(now.Operation)
	pairs, gone, fresh := match(before.calls, after.calls)
	for _, call := range gone {
		c.lost(call)
	}
	for _, call := range fresh {
		c.gained(call)
	}
	for _, p := range pairs {
		c.call(p.old, p.now)
	}
	c.nested(before.nested, after.nested)
	c.constraints(old.Constraints, now.Constraints, now)
	switch {
	case old.Found != nil && now.Found == nil:
		c.breaking("found-removed", was(old.Found.Pos), "a COMMIT without an answer is scope.ErrCommitUnknown again: nothing looks for the scope")
	case old.Found == nil && now.Found != nil:
		c.note("found-added", is(now.Found.Pos), "after a COMMIT without an answer %s looks for the scope", now.Found.Query.Name)
	}
	c.hooks("after_commit", old.AfterCommit, now.AfterCommit, now.Pos)
}

// lost tells of a call that is made no more.
func (c *comparison) lost(x *model.Call) {
	at, q := was(x.Pos), x.Query.Name
	switch {
	case x.Role == model.ParentLock, x.Role == model.PurgeLock:
		c.breaking("lock-removed", at, "does not lock %s (%s)", x.Table(), q)
	case x.Role == model.Refusal:
		c.breaking("refusal-removed", at, "is not refused for the rows of %s: it purges what it kept", q)
	case x.Role == model.ChildList && x.Cascade:
		c.breaking("keeps-more", at, "does not purge the scopes of %s below it", x.Child.Name)
	case x.Role == model.ChildList:
		c.breaking("refusal-removed", at, "is not refused while there are scopes of %s below it", x.Child.Name)
	case x.Deletes():
		c.breaking("keeps-more", at, "does not delete from %s (%s): the rows stay", x.Table(), q)
	case x.Facts.Kind == schema.Select && x.LocksRows():
		c.breaking("lock-removed", at, "gone: %s (%s)", x.Action(), q)
	case x.Facts.Kind == schema.Select:
		c.note("read-removed", at, "gone: %s (%s)", x.Action(), q)
	default:
		c.breaking("step-removed", at, "gone: %s (%s)", x.Action(), q)
	}
}

// gained tells of a call that was not made.
func (c *comparison) gained(x *model.Call) {
	at, q := is(x.Pos), x.Query.Name
	switch {
	case x.Role == model.ParentLock:
		c.breaking("parent-added", at, "needs a row of %s, which it locks (%s)", x.Table(), q)
	case x.Role == model.PurgeLock:
		c.note("lock-added", at, "locks %s (%s)", x.Table(), q)
	case x.Role == model.Refusal:
		c.breaking("refusal-added", at, "is refused for the rows of %s: it keeps what it purged", q)
	case x.Role == model.ChildList && x.Cascade:
		c.breaking("deletes-more", at, "purges the scopes of %s below it, too", x.Child.Name)
	case x.Role == model.ChildList:
		c.breaking("refusal-added", at, "is refused while there are scopes of %s below it", x.Child.Name)
	case x.Deletes():
		c.breaking("deletes-more", at, "deletes from %s, too (%s)", x.Table(), q)
	case x.Missing != nil || x.Expect != nil:
		c.breaking("check-added", at, "may fail at %s: %s", q, strings.Join(failures(x), ", "))
	case x.Facts.Kind == schema.Select:
		c.note("read-added", at, "new: %s (%s)", x.Action(), q)
	default:
		c.note("step-added", at, "new: %s (%s); scopes that are there already do not have it", x.Action(), q)
	}
}

// call compares a call with what it was.
func (c *comparison) call(old, now *model.Call) {
	at := is(now.Pos)
	if queryName(old) != queryName(now) {
		c.replaced(old, now)
		return
	}
	if old.Role == model.ChildList && old.Cascade != now.Cascade {
		if now.Cascade {
			c.breaking("deletes-more", at, "purges the scopes of %s below it, and was refused while there were any", now.Child.Name)
		} else {
			c.breaking("refusal-added", at, "is refused while there are scopes of %s below it, and purged them", now.Child.Name)
		}
	}
	c.context(old, now)
	c.arguments(old, now)
	c.failures(old, now)
}

// replaced tells of another query in a place of which there is one.
func (c *comparison) replaced(old, now *model.Call) {
	at := is(now.Pos)
	kind := "query-changed"
	switch {
	case now.Role == model.PurgeRow && old.Deletes() && !now.Deletes():
		kind = "keeps-more"
	case now.Role == model.PurgeRow && !old.Deletes() && now.Deletes():
		kind = "deletes-more"
	case now.Role == model.PurgeLock && old.Action() == now.Action():
		c.note(kind, at, "locks by %s, and locked by %s: specgen cannot tell whether it is the same row", now.Query.Name, old.Query.Name)
		return
	}
	c.breaking(kind, at, "is now: %s (%s); was: %s (%s)", now.Action(), now.Query.Name, old.Action(), old.Query.Name)
}

// context compares the loops and conditions around a call.
func (c *comparison) context(old, now *model.Call) {
	at, q := is(now.Pos), now.Query.Name
	if repeats(old) != repeats(now) {
		c.breaking("loop-changed", at, "%s is called %s, and was %s", q, loopText(now), loopText(old))
	}
	if guards(old) == guards(now) {
		return
	}
	text, before := condText(now), condText(old)
	// Done always, a step of a creation does all that it did.
	if len(conditions(now)) == 0 && !now.Deletes() && now.Role == model.PlainStep {
		c.note("condition-changed", at, "%s is called %s, and was %s", q, text, before)
		return
	}
	c.breaking("condition-changed", at, "%s is called %s, and was %s", q, text, before)
}

func loopText(c *model.Call) string {
	around := model.InnerLoops(c.Loops)
	if len(around) == 0 {
		return "once"
	}
	var out []string
	for _, l := range around {
		text := "for each " + l.Var + " in " + l.Over.String()
		for _, f := range l.Filters {
			text += " whose " + column(f.Field.String()) + " fits"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func condText(c *model.Call) string {
	var out []string
	for _, g := range conditions(c) {
		out = append(out, g.Key())
	}
	if len(out) == 0 {
		return "always"
	}
	return "when " + strings.Join(out, " and ")
}

// arguments compares what is bound to the parameters. A parameter that only one
// of the states has is a matter of the query.
func (c *comparison) arguments(old, now *model.Call) {
	before := map[string]*model.Arg{}
	for _, a := range old.Args {
		before[a.Name] = a
	}
	for _, a := range now.Args {
		if b := before[a.Name]; b != nil && canon(b.Value) != canon(a.Value) && !(ofType(a) && ofType(b)) {
			source, was := a.Source, b.Source
			if source == was { // written in a block, with other values of its parameters
				source, was = a.Value.String(), b.Value.String()
			}
			if source == was { // of steps that go by the same name
				source, was = canon(a.Value), canon(b.Value)
			}
			c.breaking("binding-changed", is(now.Pos), "%s gets %s as %s, and got %s", now.Query.Name, source, a.Name, was)
		}
	}
}

// failures compares what a call may fail as.
func (c *comparison) failures(old, now *model.Call) {
	at, q := is(now.Pos), now.Query.Name
	c.named(at, q+" finds no row", old.Missing, now.Missing)
	c.named(at, "it is refused because of "+q, old.Error, now.Error)
	if o, n := expect(old), expect(now); o != n {
		verb := counted(now)
		c.breaking("check-changed", at, "%s must %s %s, and had to %s %s", q, verb, n, verb, o)
	}
}

// ofType reports whether an argument is the scope's stored type, whose change is
// told once.
func ofType(a *model.Arg) bool { return a.Source == "$scope.type" }

func expect(c *model.Call) string {
	switch {
	case c.Expect == nil:
		return "any number of rows"
	case c.Expect.AtMost:
		return "at most " + rows(c.Expect.N)
	case c.Expect.AtLeast:
		return "at least " + rows(c.Expect.N)
	default:
		return rows(c.Expect.N)
	}
}

// counted is what a call does to the rows of which a number is expected.
func counted(c *model.Call) string {
	if c.Query.Cmd == "many" {
		return "return"
	}
	return "affect"
}

func rows(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return strconv.FormatInt(n, 10) + " rows"
}

// named compares the error of one place. An error that is gone altogether, or
// has another name, was told.
func (c *comparison) named(at place, when string, old, now *model.ErrorDef) {
	switch {
	case old == nil && now == nil, old != nil && now != nil && old.Name == now.Name:
	case old == nil:
		c.note("error-named", at, "when %s, the error is %s; it is a case of scope.%s, too", when, now.Name, now.Is)
	case errorsOf(c.after.Project)[old.Name] == nil:
	case now == nil:
		c.breaking("error-changed", at, "when %s, the error is not %s", when, old.Name)
	default:
		c.breaking("error-changed", at, "when %s, the error is %s, and was %s", when, now.Name, old.Name)
	}
}

func failures(c *model.Call) []string {
	var out []string
	if c.Missing != nil {
		out = append(out, c.Missing.Name)
	}
	if c.Expect != nil {
		out = append(out, "it must "+counted(c)+" "+expect(c))
	}
	return out
}

// constraints compares the errors of violated constraints.
func (c *comparison) constraints(old, now []*model.ConstraintError, at *side) {
	before, after := constraintsOf(old), constraintsOf(now)
	for _, name := range bothKeys(before, after) {
		c.named(is(at.Pos), "the constraint "+name+" is violated", before[name], after[name])
	}
}

func constraintsOf(list []*model.ConstraintError) map[string]*model.ErrorDef {
	out := map[string]*model.ErrorDef{}
	for _, e := range list {
		out[e.Constraint] = e.Error
	}
	return out
}

// nested compares the scopes that are made within another one. Those that are
// purged are children, which their list tells of; and what is done for a scope
// wherever it is made is told once, of the scope itself.
func (c *comparison) nested(old, now []*model.Nested) {
	made := func(list []*model.Nested) []*model.Nested {
		return slices.DeleteFunc(slices.Clone(list), func(n *model.Nested) bool { return n.Purge })
	}
	whole := func(n *model.Nested) string { return nestedKey(n) + "\n" + nestedText(n) }
	gone, fresh := missing(made(old), made(now), whole), missing(made(now), made(old), whole)
	for _, n := range fresh {
		i := slices.IndexFunc(gone, func(o *model.Nested) bool { return nestedKey(o) == nestedKey(n) })
		switch {
		case i < 0:
			c.note("scope-made", is(n.Pos), "makes a scope of %s", n.Scope.Name)
			continue
		case text(gone[i].Scope.Create) == text(n.Scope.Create): // else the scope's own steps differ
			c.breaking("binding-changed", is(n.Pos), "makes the scope of %s with other values", n.Scope.Name)
		}
		gone = slices.Delete(gone, i, i+1)
	}
	for _, o := range gone {
		c.breaking("scope-not-made", was(o.Pos), "does not make a scope of %s as before", o.Scope.Name)
	}
}

// nestedKey is what is made, for each of what, and when.
func nestedKey(n *model.Nested) string {
	return n.Scope.Name + "\n" + strings.Join(loops(n.Loops), "\n") + "\n" + strings.Join(conds(n.Guards), "\n")
}

func nestedText(n *model.Nested) string { return text(&model.Operation{Body: n.Body}) }

// text writes all calls of a coordinator.
func text(co *model.Operation) string {
	var b strings.Builder
	for _, call := range gather(co).calls {
		b.WriteString(identity(call) + context(call) + arguments(call) + "\n\n")
	}
	return b.String()
}
