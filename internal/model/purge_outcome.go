package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/schema"
)

// What a purge does depends on two answers: whether its lock found the row, and
// whether its row's query took it. What else than the key decides about them is
// told apart here:
//
//   - A mark is a condition that the row's own SET makes false: it tells the rows
//     that were purged before. What was purged before is not there.
//   - A tenant condition compares a column with a value of the context or an input
//     of the purge. A row that does not pass it is somebody else's: nothing of it
//     may be touched. Row-level security says the same.
//   - A guard is anything else, such as NOT builtin. A row that does not pass it is
//     there, and is not to be purged: the purge fails.

// conditionClass is what a condition is to a purge.
type conditionClass int

const (
	guardCondition conditionClass = iota // also what is not understood
	keyCondition                         // the id, or a join that drops no row
	markCondition                        // exactly the rows that were purged do not pass
	doubtfulMark                         // those do not pass, nor do rows of which the column is NULL
	tenantCondition
)

// purgeOutcome classifies the conditions of a purge's lock and row, decides what
// their answers mean, and notes what generation can tell, for package check. lock
// may be nil. before are the calls between the two.
type purgeOutcome struct {
	r         *resolver
	scope     *Scope
	frame     *frame
	lock, row *Call
	before    []*Call
	silent    bool // a cascade: the scope's own purge is checked

	looked bool // why is what guarded found
	why    string
}

// decide fills in Decisive of the lock and Guarded of the row.
func (o *purgeOutcome) decide() {
	o.row.Lock = o.lock
	if o.lock != nil {
		o.lockConditions()
	}
	o.rowConditions()
	if o.lock != nil {
		o.row.Guarded = o.guarded()
	}
}

// lockConditions looks at what may keep the lock from finding a row.
func (o *purgeOutcome) lockConditions() {
	for _, cond := range o.lock.Facts.Conditions {
		switch o.class(cond, o.lock) {
		case guardCondition:
			if o.comparesID(cond, o.lock) {
				continue // not by =, which is SG520, or with another id, SG533
			}
			if len(o.before) == 0 && o.settled(cond, o.lock, o.row) {
				continue // what the lock does not find, the row does not take, and nothing else is removed
			}
			o.report("SG557", o.lock, fmt.Sprintf("add the condition to a query under `refuse`, which fails the purge, and lock the row by its id alone: SELECT … WHERE %s FOR UPDATE", o.keyText()),
				"%s may not find a row that is there, by %s: the purge would then remove what belongs to the %s, and leave it", o.lock.Query.Name, conditionText(cond), o.scope.Name)
		case doubtfulMark:
			o.decisive("where " + cond.Column + " is NULL the row is there and not found")
		case tenantCondition:
			o.decisive("its condition on " + cond.Column)
		case markCondition:
			if !o.settled(cond, o.lock, o.row) {
				o.report("SG551", o.row, fmt.Sprintf("add AND %s to its WHERE, and run sqlc generate", markText(cond)),
					"%s takes a row that was purged before, and marks it again: its lock looks at %s, and it does not", o.row.Query.Name, cond.Column)
			}
		case keyCondition:
		}
	}
	for _, table := range o.lock.Facts.Reads {
		if t := o.r.catalog.Table(table); t != nil && t.RowSecurity {
			o.decisive("row-level security of " + table)
		}
	}
	if o.frame.outer == nil && o.chosenID() {
		o.decisive("its id can be chosen, so that another " + o.scope.Name + " of that id may come meanwhile")
	}
}

func (o *purgeOutcome) decisive(why string) {
	if o.lock.Decisive == "" {
		o.lock.Decisive = why
	}
}

// rowConditions looks at what the row's query asks beyond its lock.
func (o *purgeOutcome) rowConditions() {
	var marks, settledMarks int
	var guard *schema.Condition
	var mark schema.Condition
	for _, cond := range o.row.Facts.Conditions {
		class := o.class(cond, o.row)
		if o.lock != nil && o.settled(cond, o.row, o.lock) {
			if class == markCondition || class == doubtfulMark {
				settledMarks++
			}
			continue
		}
		switch class {
		case markCondition:
			marks++
			mark = cond
		case doubtfulMark:
			marks++
			o.report("SG552", o.row, fmt.Sprintf("write %s IS NOT TRUE or IS DISTINCT FROM, make the column NOT NULL, or put the condition into the lock, too", cond.Column),
				"%s leaves a row whose %s is NULL, as if it was purged before: what belongs to it would be removed", o.row.Query.Name, cond.Column)
		case tenantCondition:
			o.report("SG552", o.row, "put the condition into the lock, too: where that finds nothing, nothing is touched",
				"%s leaves the rows of others, by %s, and the steps in front of it do not look at it", o.row.Query.Name, conditionText(cond))
		case guardCondition:
			if o.comparesID(cond, o.row) {
				continue
			}
			guard = &cond
			o.row.guards = append(o.row.guards, conditionText(cond))
		case keyCondition:
		}
	}
	switch {
	case guard != nil && o.lock == nil:
		o.report("SG552", o.row, "add a `lock`: SELECT … WHERE "+o.keyText()+" FOR UPDATE",
			"%s may leave a row that is there, by %s, and without a lock nothing tells that from a row that is not there", o.row.Query.Name, conditionText(*guard))
	case marks > 0 && o.lock != nil && (guard != nil || o.guarded() != ""):
		why := o.guarded()
		if guard != nil {
			why = conditionText(*guard)
		}
		o.report("SG552", o.lock, fmt.Sprintf("add AND %s to the WHERE of %s, and run sqlc generate", markText(mark), o.lock.Query.Name),
			"%s may leave a row because it was purged before, or because of %s, and nothing tells which: the lock has to look at %s", o.row.Query.Name, why, mark.Column)
	case o.row.Facts.Kind == schema.Update && marks+settledMarks == 0 && !o.lockMarks() && !o.once():
		if column := o.markable(); column != "" {
			o.report("SG551", o.row, fmt.Sprintf("add AND %s to its WHERE, and run sqlc generate", column),
				"%s takes a row that was purged before, and marks it again: its WHERE does not look whether it was", o.row.Query.Name)
		}
	}
}

// lockMarks reports whether the lock looks at a mark; that the row does not was reported.
func (o *purgeOutcome) lockMarks() bool {
	return o.lock != nil && slices.ContainsFunc(o.lock.Facts.Conditions, func(c schema.Condition) bool {
		class := o.class(c, o.lock)
		return class == markCondition
	})
}

// markable is a condition by which an UPDATE can tell a purged row, of a column that
// it sets; "" for none that is known.
func (o *purgeOutcome) markable() string {
	first := ""
	for _, set := range o.row.Facts.Assigns {
		col := o.r.tableColumn(set.Table, set.Column)
		switch {
		case col == nil || set.Null:
		case !col.NotNull && col.Type != "bool":
			if strings.Contains(col.Type, "time") || col.Type == "date" {
				return set.Column + " IS NULL"
			}
			first = or(first, set.Column+" IS NULL")
		case set.Value != nil && set.Value.Param == 0 && set.Value.Text == "true":
			return set.Column + " IS NOT TRUE"
		case set.Value != nil && set.Value.Param == 0 && set.Value.Text == "false":
			return set.Column + " IS NOT FALSE"
		case set.Value != nil && set.Value.Param == 0:
			first = or(first, set.Column+" <> '"+set.Value.Text+"'")
		}
	}
	return first
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// guarded says why the row's query may leave the row that the lock found, "" when
// it takes it for certain, or leaves what was purged before.
func (o *purgeOutcome) guarded() string {
	if !o.looked {
		o.looked, o.why = true, o.leaves()
	}
	return o.why
}

func (o *purgeOutcome) leaves() string {
	if len(o.row.guards) > 0 {
		return o.row.guards[0]
	}
	table := o.row.Facts.Target
	t := o.r.catalog.Table(table)
	if t == nil {
		return "what is not known of " + table
	}
	event := o.row.Facts.Events()
	if t.RowSecurity {
		return "row-level security of " + table
	}
	for _, rule := range t.Rules {
		if !rule.Disabled && rule.Event&event != 0 {
			if rule.Instead && !rule.Conditional {
				o.report("SG553", o.row, "write the statement that the rule runs instead",
					"the rule %s runs something else instead of %s: the row is never taken", rule.Name, o.row.Query.Name)
			}
			return "the rule " + rule.Name + " of " + table
		}
	}
	for _, x := range t.Fired(event) {
		if event == schema.OnDelete && o.r.catalog.Becomes(x, t) {
			o.report("SG553", o.row, "name an UPDATE that does what the trigger does",
				"the trigger %s makes an UPDATE of %s: the row is never deleted", x.Name, o.row.Query.Name)
		}
	}
	if !o.r.catalog.Takes(t, event) {
		return "a trigger of " + table
	}
	if t.Foreign {
		return "the server that has " + table
	}
	for _, call := range o.before {
		if o.mayTake(call, table) {
			return call.Query.Name + ", which may take or change the row"
		}
	}
	return ""
}

// mayTake reports whether a call may delete or change rows of a table, by itself or
// by what its statement sets off.
func (o *purgeOutcome) mayTake(c *Call, table string) bool {
	if c.Facts.Effects.Unknown != "" {
		return true
	}
	w, ok := c.Facts.Effects.Write(o.r.catalog.Root(table))
	return ok && !w.Append
}

func (o *purgeOutcome) report(code string, c *Call, fix, format string, args ...any) {
	if o.silent {
		return
	}
	o.scope.Purge.Problems = append(o.scope.Purge.Problems, diag.Problem{Pos: c.Pos, Code: code, Message: fmt.Sprintf(format, args...), Fix: fix,
		Related: []diag.Related{{Pos: c.Query.Pos, Message: c.Query.Name + " is declared here"}}})
}

// keyText is the WHERE of a lock by the id alone.
func (o *purgeOutcome) keyText() string {
	for _, c := range append(slices.Clone(o.row.Facts.Conditions), o.lockFacts()...) {
		if c.Kind == schema.Among && len(c.Values) == 1 && c.Values[0].Param > 0 {
			return c.Column + " = @" + c.Column
		}
	}
	return "id = @id"
}

func (o *purgeOutcome) lockFacts() []schema.Condition {
	if o.lock == nil {
		return nil
	}
	return o.lock.Facts.Conditions
}

// conditionText names a condition in messages.
func conditionText(c schema.Condition) string {
	switch {
	case c.Column != "":
		return "its condition on " + c.Column
	case len(c.Columns) > 0:
		return "its condition on " + strings.Join(c.Columns, " and ")
	default:
		return "what is not understood of its text"
	}
}

// markText is a mark as SQL.
func markText(c schema.Condition) string {
	values := func() string {
		var out []string
		for _, v := range c.Values {
			if v.Param > 0 {
				out = append(out, "@"+c.Column)
			} else {
				out = append(out, "'"+v.Text+"'")
			}
		}
		return strings.Join(out, ", ")
	}
	switch {
	case c.Column == "":
		return "the condition"
	case len(c.Values) == 0 && c.Kind == schema.Among:
		return c.Column + " IS NULL"
	case len(c.Values) == 0:
		return c.Column + " IS NOT NULL"
	case len(c.Values) == 1 && c.Values[0].Text == "true" && c.Kind == schema.NotAmong:
		return "NOT " + c.Column
	case len(c.Values) == 1 && c.Values[0].Text == "true":
		return c.Column
	case c.Kind == schema.NotAmong:
		return c.Column + " NOT IN (" + values() + ")"
	default:
		return c.Column + " IN (" + values() + ")"
	}
}
