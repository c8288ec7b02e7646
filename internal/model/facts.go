package model

import (
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/schema"
)

// Writes are the tables that the call writes.
func (c *Call) Writes() []string { return c.Facts.Writes }

// LocksRows reports whether the call locks rows by a SELECT … FOR …, its own or
// that of a function or trigger.
func (c *Call) LocksRows() bool { return len(c.Facts.Effects.Locks) > 0 }

// Selects reports that the call is a SELECT.
func (c *Call) Selects() bool { return c.Facts.Kind == schema.Select }

// Opaque reports that the SQL did not tell what the call does to which rows: it is
// no plain statement, or a SELECT that is there for what its functions do.
func (c *Call) Opaque() bool {
	e := c.Facts.Effects
	return c.Facts.Kind == schema.Other || c.Facts.Kind == schema.Select && (len(c.Facts.Reads) == 0 || e.Unknown != "" || len(e.Writes) > 0)
}

// Deletes reports whether the call deletes rows.
func (c *Call) Deletes() bool { return c.Facts.Kind == schema.Delete }

// Table is the table that the call is about, "" when unknown.
func (c *Call) Table() string {
	switch {
	case c.Facts.Target != "":
		return c.Facts.Target
	case len(c.Facts.Reads) > 0:
		return c.Facts.Reads[0]
	default:
		return ""
	}
}

// Action says in words what the call does.
func (c *Call) Action() string {
	f := c.Facts
	switch f.Kind {
	case schema.Insert:
		switch f.OnConflict {
		case "nothing":
			return "insert into " + f.Target + ", unless it is there"
		case "update":
			return "insert into or update " + f.Target
		}
		return "insert into " + f.Target
	case schema.Update:
		return "update " + f.Target
	case schema.Delete:
		return "delete from " + f.Target
	case schema.Select:
		if len(f.Locks) > 0 {
			return "lock " + f.Locks[0].Table + " for " + strings.ToLower(f.Locks[0].Strength)
		}
		return "read " + strings.Join(f.Reads, ", ")
	default:
		return "run"
	}
}

// SureRow reports whether the call returns exactly one row or fails: a single
// INSERT … VALUES … RETURNING without ON CONFLICT.
func (c *Call) SureRow() bool { return c.Facts.SingleRow }

// FragileColumn says which column of the call's row, or rows, may hold a value
// that does not decode, and why: "" for none.
func (c *Call) FragileColumn() string { return c.fragile }

// fragileColumn finds it, by the column's Go type and what the schema says of it.
func (r *resolver) fragileColumn(c *Call) string {
	for i := range c.Query.Columns {
		s := r.columnShape(c, i)
		if !takesEveryValue(s) {
			return columnName(c, i) + ", whose Go type " + s.Go.String() + " does not take every value"
		}
		if s.Optional() {
			continue
		}
		ret := returned(c, i)
		if ret == nil || ret.MayBeNull {
			return columnName(c, i) + ", which may be NULL, and its Go type may not"
		}
		if col := r.tableColumn(ret.Table, ret.Column); col == nil || !col.NotNull {
			return columnName(c, i) + ", which may be NULL, and its Go type may not"
		}
	}
	return ""
}

// takesEveryValue reports whether every value of the column's type decodes into
// its Go type. It is the list that the runtime checks again, with the server's
// types: time.Time has no infinity, and enums, domains and types of the
// application decode by code of their own.
func takesEveryValue(s Shape) bool {
	if s.Form == Valid {
		return s.Go.Pkg == pgtypePath && s.Enum == nil
	}
	switch s.Kind {
	case Text, Bool, Int, Bytes:
		return s.Go.Pkg == ""
	case JSON:
		return s.Go.Pkg == "" // []byte; json.RawMessage is another type to the driver
	default:
		return false
	}
}

// Makes names one of the rows that the call is about: what the document calls
// it, else what its query makes.
func (c *Call) Makes() string {
	if c.Named {
		return goname.Singular(c.Name)
	}
	return made(c)
}
