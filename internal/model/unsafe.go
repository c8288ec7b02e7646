package model

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
)

// checkLocks makes sure that nothing drops a lock that the guarantees rest on,
// unless the document says why that is safe. It runs once all scopes are
// resolved.
func (r *resolver) checkLocks() {
	reasons := map[spec.Text]bool{} // of steps, and whether one is needed where the step is used
	for _, s := range r.project.Scopes {
		for _, d := range s.doc.Parents {
			r.checkParentLock(s, d)
		}
		if p := s.doc.Purge; p != nil {
			r.checkPurgeLock(p)
		}
		if s.Create != nil && s.doc.Isolation.Value == "" {
			r.checkSnapshots(s.Create.Body, reasons)
		}
	}
	r.checkIsolation(reasons)
	for reason, needed := range reasons {
		if !needed {
			r.needless(reason)
		}
	}
}

// needless tells of an `unsafe` where nothing is.
func (r *resolver) needless(unsafe spec.Text) {
	r.fail(unsafe.Pos, "SG505", "remove it", "nothing is unsafe here")
}

// unlocked reports a missing lock, unless there is a reason.
func (r *resolver) unlocked(at diag.Pos, unsafe spec.Text, fix, format string, args ...any) {
	if unsafe.Value == "" {
		r.fail(at, "SG504", fix+"; or say why nothing can go wrong: unsafe: reason", format, args...)
	}
}

func (r *resolver) checkParentLock(s *Scope, d *spec.Parent) {
	parent := r.purged(d.Type.Value)
	switch {
	case d.Lock != nil || parent == nil || r.heldByKey(s, d, parent):
		if d.Unsafe.Value != "" {
			r.needless(d.Unsafe)
		}
	case d.ID != nil: // else it was reported
		r.unlocked(d.Pos, d.Unsafe, "lock its row: lock: a query that ends in FOR KEY SHARE",
			"nothing keeps the parent %q from being purged while this scope is made, which is then left without it", d.As.Value)
	}
}

// purged is the scope of a type that can be purged, nil for none.
func (r *resolver) purged(typ string) *Scope {
	for _, s := range r.project.Scopes {
		if s.Type == typ && s.Purge != nil {
			return s
		}
	}
	return nil
}

// heldByKey reports whether a foreign key of the scope's row does what a lock
// does: it refers to the row that is purged, by a DELETE that it refuses. The
// server locks that row FOR KEY SHARE for it (PostgreSQL manual, section 13.3.2).
func (r *resolver) heldByKey(s *Scope, d *spec.Parent, parent *Scope) bool {
	row, gone := s.Create.Row, parent.Purge.Row
	if row == nil || gone == nil || d.ID == nil || d.When != nil || d.For != nil || gone.Facts.Kind != schema.Delete {
		return false
	}
	table := r.catalog.Table(row.Facts.Target)
	if table == nil {
		return false
	}
	return slices.ContainsFunc(table.ForeignKeys, func(k *schema.ForeignKey) bool {
		return k.RefTable == gone.Facts.Target && (k.OnDelete == "NO ACTION" || k.OnDelete == "RESTRICT") && len(k.Columns) == 1 &&
			slices.ContainsFunc(row.Args, func(a *Arg) bool {
				return a.column != nil && a.written && a.column.Name == k.Columns[0] && a.column.NotNull && a.Source == d.ID.String()
			})
	})
}

func (r *resolver) checkPurgeLock(p *spec.Purge) {
	switch {
	case p.Lock == nil:
		r.unlocked(p.Pos, p.Unsafe, "lock its row: lock: a query that ends in FOR UPDATE",
			"without `lock`, what others make inside the scope while it is purged is left behind")
	case p.Unsafe.Value != "":
		r.needless(p.Unsafe)
	}
}

// checkSnapshots looks for rows that belong to others and are read by a later
// statement: unless the first statement locks its rows, somebody who edits both
// may commit in between, and what is copied is a mix of two versions.
func (r *resolver) checkSnapshots(body []Node, reasons map[spec.Text]bool) {
	calls := Calls(body)
	torn := map[*Call]*Call{} // the first read, and the one behind it
	for _, c := range calls {
		for i, inner := range c.Loops {
			entries := readBy(inner)
			if entries == nil {
				continue
			}
			for _, outer := range c.Loops[:i] {
				if rows := readBy(outer); rows != nil && rows != entries && torn[rows] == nil && belongs(inner, outer) {
					torn[rows] = entries
				}
			}
		}
	}
	for _, rows := range calls {
		entries := torn[rows]
		late := entries != nil && slices.Index(calls, entries) < slices.Index(calls, rows)
		switch {
		case entries != nil && !keepsRows(rows):
			r.unlocked(rows.Pos, rows.unsafe, "read both by one query, a join, and go over it in groups: for: … by: …; or end "+rows.Query.Name+" in FOR SHARE",
				"%s does not lock its rows, and %s reads later what belongs to them: who edits both meanwhile leaves a mix of two versions", rows.Query.Name, entries.Query.Name)
		case late:
			r.unlocked(rows.Pos, rows.unsafe, "put this step in front of it",
				"%s reads what belongs to these rows before they are locked: who edits both meanwhile leaves a mix of two versions", entries.Query.Name)
		}
		if rows.unsafe.Value != "" {
			reasons[rows.unsafe] = reasons[rows.unsafe] || late || entries != nil && !keepsRows(rows)
		}
	}
}

// readBy is the SELECT whose rows a loop goes over, one by one or in groups; nil
// for another list.
func readBy(l *Loop) *Call {
	if rows := l.Rows(); rows != nil && rows.Facts.Kind == schema.Select {
		return rows
	}
	return nil
}

// belongs reports whether the elements of the inner loop are filtered by the
// element of the outer one.
func belongs(inner, outer *Loop) bool {
	for inner.Continues != nil {
		inner = inner.Continues
	}
	for outer.Continues != nil {
		outer = outer.Continues
	}
	return slices.ContainsFunc(inner.Filters, func(f *Filter) bool {
		return slices.ContainsFunc(f.Any, func(v Value) bool {
			for {
				switch x := v.(type) {
				case *Conversion:
					v = x.X
				case *FieldValue:
					v = x.Of
				case *ElemValue:
					return x.Loop == outer
				default:
					return false
				}
			}
		})
	})
}

// keepsRows reports whether a SELECT keeps its rows from being changed. KEY
// SHARE does not: it lets through what leaves the key alone.
func keepsRows(c *Call) bool {
	return slices.ContainsFunc(c.Facts.Locks, func(l schema.Lock) bool { return l.Strength != "KEY SHARE" })
}
