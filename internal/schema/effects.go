package schema

import (
	"cmp"
	"maps"
	"slices"
)

// Effects are what running a statement may read, write and lock, once views are
// resolved to their tables, partitions and children to their root, and triggers,
// rules, functions, policies, defaults and the actions of foreign keys to what
// they do. They decide what may be sent before what.
//
// CHECK constraints, generated columns and expressions of indexes have none, nor
// have the functions, operators and casts of PostgreSQL and of the usual
// extensions, but for a closed list ([acting]).
type Effects struct {
	Reads, Writes, Locks []Effect // by table, each table once
	// Unknown says why the statement may do anything, "" when it may not: it keeps
	// its place among all others.
	Unknown string
	// ReadsAll says why it may read any table, "" when Reads are all.
	ReadsAll string
	// Varies reports that the same statement may answer differently each time,
	// although nothing was written: it calls random(), or the like.
	Varies bool
}

// Effect is one table that a statement may read, write or lock. What PostgreSQL
// keeps outside of tables has a name in angle brackets.
type Effect struct {
	// Table is the qualified name, of the root for a partition or a child.
	Table string
	// Via says what is between the statement and the table, such as "trigger bump
	// on a"; "" where the statement itself names the table.
	Via string
	// Append, of a write: triggers and rules insert rows, and nothing is updated
	// or deleted. Two statements that only append may do so in either order: what
	// is different then is the order in which a sequence numbers the rows.
	Append bool
}

// What PostgreSQL keeps outside of tables.
const (
	sequences     = "<sequences>"
	notifications = "<notifications>"
)

// IsNone reports that a statement reads and writes nothing, as far as is known.
func (e Effects) IsNone() bool {
	return len(e.Reads)+len(e.Writes)+len(e.Locks) == 0 && e.Unknown == "" && e.ReadsAll == ""
}

// Write returns the effect on a table that the statement may write.
func (e Effects) Write(table string) (Effect, bool) { return find(e.Writes, table) }

// Read returns the effect on a table that the statement may read: on every one,
// when it may read all.
func (e Effects) Read(table string) (Effect, bool) {
	if r, ok := find(e.Reads, table); ok {
		return r, true
	}
	if e.ReadsAll != "" && table != notifications {
		return Effect{Table: table, Via: e.ReadsAll}, true
	}
	return Effect{}, false
}

func find(list []Effect, table string) (Effect, bool) {
	i := slices.IndexFunc(list, func(e Effect) bool { return e.Table == table })
	if i < 0 {
		return Effect{}, false
	}
	return list[i], true
}

// effectSet gathers effects.
type effectSet struct {
	reads, writes, locks map[string]Effect
	unknown, readsAll    string
	varies               bool
}

func newEffectSet() *effectSet {
	return &effectSet{reads: map[string]Effect{}, writes: map[string]Effect{}, locks: map[string]Effect{}}
}

// add notes an effect. What the statement does itself says more than what
// happens through something, and a write of any kind more than an append.
func add(to map[string]Effect, e Effect) {
	old, ok := to[e.Table]
	switch {
	case !ok, old.Append && !e.Append, old.Append == e.Append && e.Via == "":
		to[e.Table] = e
	}
}

func (s *effectSet) effects() Effects {
	list := func(m map[string]Effect) []Effect {
		return slices.SortedFunc(maps.Values(m), func(a, b Effect) int { return cmp.Compare(a.Table, b.Table) })
	}
	return Effects{Reads: list(s.reads), Writes: list(s.writes), Locks: list(s.locks), Unknown: s.unknown, ReadsAll: s.readsAll, Varies: s.varies}
}
