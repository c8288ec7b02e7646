package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
)

// Level says at which isolation levels a creator is right.
//
// At READ COMMITTED each statement has a snapshot of its own. Above it all have the
// one that was taken before the first lock was waited for. So a creator that counts
// behind a lock overruns its limit there, and one that updates a row of others fails
// most of the time. One that locks FOR KEY SHARE at most, and writes only rows that
// it inserts itself, is right at any level.
type Level struct {
	// Snapshot: all statements must see one snapshot, that of REPEATABLE READ, and
	// SnapshotFor says why.
	Snapshot    bool
	SnapshotFor string
	// Refuses says why the creator cannot run above READ COMMITTED, "" when it can.
	Refuses string
	// First: it can only as the first of its transaction, for what FirstFor says.
	First    bool
	FirstFor string
}

// checkIsolation finds at which levels each creator is right, and reports what
// cannot be. It runs once all scopes are resolved.
func (r *resolver) checkIsolation(reasons map[spec.Text]bool) {
	for _, s := range r.project.Scopes {
		if s.Create == nil || s.Create.Row == nil {
			continue
		}
		calls := Calls(s.Create.Body)
		l := &s.Create.Level
		l.Refuses = r.unfit(calls)
		l.FirstFor = r.conditional(calls)
		l.First = l.FirstFor != ""
		l.Snapshot = s.doc.Isolation.Value != ""
		if l.Snapshot {
			l.SnapshotFor = "the specification says so"
		}
		first, second := r.torn(calls, reasons)
		switch {
		case l.Snapshot && l.Refuses != "":
			r.fail(s.doc.Isolation.Pos, "SG561", "leave `isolation` out, and copy what belongs together by one statement",
				"%q cannot run at REPEATABLE READ: %s", s.Name, l.Refuses)
		case !l.Snapshot && second != nil:
			fix := "add `isolation: repeatable read` to the scope " + s.Name
			if l.Refuses != "" {
				fix = "copy both by one statement (the scope cannot run at REPEATABLE READ: " + l.Refuses + ")"
			}
			r.fail(second.Pos, "SG562", fix+"; or say why nothing can go wrong: unsafe: reason",
				"%s and %s copy rows that belong together, each from a snapshot of its own: who edits them in between leaves a mix of two versions", first.Query.Name, second.Query.Name)
		}
		r.checkNestedIsolation(s, s.Create.Nested)
		r.checkVarying(calls)
	}
}

// checkNestedIsolation makes sure that a scope that needs one snapshot has it
// where it is nested, too.
func (r *resolver) checkNestedIsolation(s *Scope, nested []*Nested) {
	for _, n := range nested {
		if n.Scope.doc.Isolation.Value != "" && s.doc.Isolation.Value == "" {
			r.fail(n.Pos, "SG563", "add `isolation: repeatable read` to the scope "+s.Name,
				"%q says isolation: %s, and %q, which makes it, does not", n.Scope.Name, n.Scope.doc.Isolation.Value, s.Name)
		}
		r.checkNestedIsolation(s, n.Nested)
	}
}

// checkVarying refuses a SELECT that is read again and never answers the same.
func (r *resolver) checkVarying(calls []*Call) {
	reads := copiesOf(calls)
	if len(reads) == 1 && !reads[0].Repeats() && !reads[0].LocksRows() {
		return
	}
	for _, c := range reads {
		if c.Facts.Varies != "" {
			r.fail(c.Pos, "SG564", "take it out of the query; $new.uuid and $now give such values",
				"%s calls %s, and is read again to see whether its rows have changed: they would differ each time", c.Query.Name, c.Facts.Varies)
		}
	}
}

// unfit says why a creator cannot run above READ COMMITTED, "" when it can.
func (r *resolver) unfit(calls []*Call) string {
	for _, c := range calls {
		if why := r.unfitCall(c); why != "" {
			return c.Step + " " + why
		}
	}
	return ""
}

func (r *resolver) unfitCall(c *Call) string {
	f := c.Facts
	if f.Kind == schema.Other {
		return "runs a statement that is not understood"
	}
	for _, name := range f.Functions {
		if strings.HasPrefix(name, "pg_advisory") || strings.HasPrefix(name, "pg_try_advisory") {
			return "takes an advisory lock, and what is read behind it is older than the lock"
		}
		if i := slices.IndexFunc(r.catalog.Functions, func(x *schema.Function) bool { return x.Name == name }); i >= 0 && r.catalog.Functions[i].Volatility == "volatile" {
			return "calls " + name + ", which may write or lock rows"
		}
	}
	for _, l := range f.Locks {
		switch {
		case l.Strength != "KEY SHARE":
			return "locks " + l.Table + " FOR " + l.Strength
		case otherThanKey(c) && len(answersOf(c)) > 0:
			return "locks " + l.Table + " behind the first flush, under a condition other than its key"
		}
	}
	if f.Kind == schema.Select {
		if len(f.Writes) > 0 {
			return "writes " + f.Writes[0] + " within a SELECT"
		}
		return ""
	}
	if why := unfitEffects(&f.Effects); why != "" {
		return why
	}
	switch {
	case f.Kind != schema.Insert && !r.ownRow(c, f.Equal):
		return c.Action() + ", a row that it may not have inserted itself"
	case f.OnConflict != "" && !slices.ContainsFunc(f.Conflict, func(name string) bool { return r.givenOwn(c, name, true) }):
		return "inserts into " + f.Target + " ON CONFLICT, and may meet a row of others"
	}
	return ""
}

// unfitEffects says what happens beside a statement itself, by triggers, rules and
// functions, that is wrong above READ COMMITTED. Rows that a trigger only adds, such
// as those of an audit log, are no rows of others.
func unfitEffects(e *schema.Effects) string {
	if e.Unknown != "" {
		return "may do anything: " + e.Unknown
	}
	for _, w := range e.Writes {
		if w.Via != "" && !w.Append && !strings.HasPrefix(w.Table, "<") {
			return fmt.Sprintf("writes %s by the %s", w.Table, w.Via)
		}
	}
	for _, l := range e.Locks {
		if l.Via != "" {
			return fmt.Sprintf("locks %s by the %s", l.Table, l.Via)
		}
	}
	return ""
}

// ownRow reports whether a condition compares with a value that the creator drew
// itself: nobody else has rows of it.
func (r *resolver) ownRow(c *Call, equal []schema.ColumnValue) bool {
	return slices.ContainsFunc(equal, func(e schema.ColumnValue) bool { return r.givenOwn(c, e.Column, false) })
}

// givenOwn reports whether a column is written, or compared, with a value that the
// creator drew itself.
func (r *resolver) givenOwn(c *Call, column string, written bool) bool {
	return column != "" && slices.ContainsFunc(c.Args, func(a *Arg) bool {
		return a.column != nil && a.column.Name == column && a.written == written && r.drawnHere(a.Value)
	})
}

// drawnHere reports whether a value is new in this transaction: an id that was
// drawn, or the key of a row that was inserted.
func (r *resolver) drawnHere(v Value) bool {
	switch v := v.(type) {
	case *NewUUID:
		return true
	case *Conversion:
		return r.drawnHere(v.X)
	case *ColumnValue:
		if v.Known != nil {
			return r.drawnHere(v.Known.Value)
		}
		ret := returned(v.Call, v.Index)
		return ret != nil && r.insertedKey([]*Call{v.Call}, ret.Column)
	case *FieldValue:
		switch of := v.Of.(type) {
		case *PickValue:
			return r.insertedKey(of.List.Calls, v.Name)
		case *ElemValue:
			list, ok := of.Loop.Over.(*ListValue)
			return ok && r.insertedKey(list.List.Calls, v.Name)
		default: // a row that was there
		}
	default: // it may have been there before
	}
	return false
}

// insertedKey reports whether a column is the key of rows that calls insert.
func (r *resolver) insertedKey(calls []*Call, column string) bool {
	return len(calls) > 0 && !slices.ContainsFunc(calls, func(c *Call) bool {
		t := r.catalog.Table(c.Facts.Target)
		return c.Facts.Kind != schema.Insert || c.Facts.OnConflict != "" || t == nil ||
			t.PrimaryKey == nil || !slices.Equal(t.PrimaryKey.Columns, []string{column})
	})
}

// conditional finds the lock of a row that is taken under a condition other than
// its key: above READ COMMITTED the condition is that of the snapshot, and what
// became of the row since is not seen. Behind the first flush that is too late.
func (r *resolver) conditional(calls []*Call) string {
	for _, c := range calls {
		for _, l := range c.Facts.Locks {
			if otherThanKey(c) {
				return fmt.Sprintf("%s locks %s under a condition other than its key", c.Step, l.Table)
			}
		}
	}
	return ""
}

func otherThanKey(c *Call) bool {
	return slices.ContainsFunc(c.Facts.ReferencedColumns, func(name string) bool {
		return !slices.ContainsFunc(c.Facts.Equal, func(e schema.ColumnValue) bool { return e.Column == name })
	})
}
