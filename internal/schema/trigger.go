package schema

import (
	"slices"
	"strings"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/specgen-dev/specgen/internal/diag"
)

// Events is a set of what triggers and rules react to.
type Events uint8

// The events of a statement. An INSERT … ON CONFLICT DO UPDATE has two.
const (
	OnInsert Events = 1 << iota
	OnUpdate
	OnDelete
	OnTruncate

	AnyEvent = OnInsert | OnUpdate | OnDelete | OnTruncate
)

// String spells a set as "insert or delete".
func (e Events) String() string {
	var words []string
	for i, word := range []string{"insert", "update", "delete", "truncate"} {
		if e&(1<<i) != 0 {
			words = append(words, word)
		}
	}
	return strings.Join(words, " or ")
}

// Timing is when a trigger runs.
type Timing string

// The timings of a trigger.
const (
	Before    Timing = "before"
	After     Timing = "after"
	InsteadOf Timing = "instead of"
)

// Trigger is a trigger that a statement on a table may fire.
type Trigger struct {
	Name     string
	Table    string // where it was created: the table itself, or a partition, a child or a parent of it
	Timing   Timing
	Events   Events
	Columns  []string // of UPDATE OF; nil for every UPDATE
	Row      bool     // FOR EACH ROW, as opposed to once a statement
	When     bool     // it has a WHEN condition
	Function string   // what it executes, by its qualified name
	// Constraint, Deferrable and Deferred are those of CREATE CONSTRAINT TRIGGER.
	Constraint, Deferrable, Deferred bool
	Disabled                         bool // it does not run in an ordinary session
	// Unknown stands for what a DO block may have made of the table: see [Table.Uncertain].
	Unknown bool
	Pos     diag.Pos

	when *pg.Node
	args []string // what the function is called with
}

// Rule is a rewrite rule.
type Rule struct {
	Name        string
	Event       Events
	Instead     bool
	Conditional bool // it has a WHERE
	Disabled    bool
	Pos         diag.Pos

	where   *pg.Node
	actions []*pg.Node
}

// Fired returns the triggers that may run when a statement with one of these
// events names the table. Those of its partitions and children count: the
// statement writes their rows, too.
func (t *Table) Fired(events Events) []*Trigger {
	var out []*Trigger
	for _, x := range t.Triggers {
		of := events
		if t.Partitioned && x.Row && of&OnUpdate != 0 {
			// PostgreSQL moves a row to another partition by DELETE and INSERT.
			of |= OnInsert | OnDelete
		}
		if !x.Disabled && x.Events&of != 0 {
			out = append(out, x)
		}
	}
	return out
}

// Rewrites reports whether something may change which rows a statement with one
// of these events writes, or what it writes into them: a BEFORE ROW or INSTEAD OF
// trigger, a rule, or another server. Nothing that the statement writes is
// certain before its answer then.
//
// AFTER triggers are not among these: RETURNING gives the row as it was before them.
func (t *Table) Rewrites(events Events) bool {
	return t.ruled(events) || slices.ContainsFunc(t.Fired(events), func(x *Trigger) bool {
		return x.Timing == InsteadOf || x.Timing == Before && x.Row
	})
}

// Reacts reports whether anything beside the statement itself may happen when a
// statement with one of these events runs: any trigger, rule, or another server's
// doing. It may write other tables.
func (t *Table) Reacts(events Events) bool {
	return t.ruled(events) || len(t.Fired(events)) > 0
}

func (t *Table) ruled(events Events) bool {
	return t.Foreign || slices.ContainsFunc(t.Rules, func(r *Rule) bool { return !r.Disabled && r.Event&events != 0 })
}

// Events are those of the statement on its Target; every one for MERGE and for
// what is not known.
func (q *Query) Events() Events {
	switch q.Kind {
	case Insert:
		if q.OnConflict == "update" {
			return OnInsert | OnUpdate
		}
		return OnInsert
	case Update:
		return OnUpdate
	case Delete:
		return OnDelete
	case Select:
		return 0
	default:
		return AnyEvent
	}
}
