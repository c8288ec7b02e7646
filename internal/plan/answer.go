package plan

import (
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// Answer is what is done with the answer of a call, once its error is nil.
//
//sumtype:decl
type Answer interface{ answer() }

// Counting says what an answer counts by.
type Counting int

// The ways to count.
const (
	ByNumber Counting = iota // it is the number
	ByTag                    // a command tag, of which RowsAffected
	ByRows                   // a list, of which the length
	ByTruth                  // true is one
)

// NoAnswer is that of :exec.
type NoAnswer struct{}

// Ignored is an answer that nobody reads, unless it is expected to count.
type Ignored struct {
	Count  Counting
	Expect *Expect
}

// Stored assigns it: target = answer.
type Stored struct {
	Target Expr
	Only   Expr    // without it the answer means nothing; nil for none
	Expect *Expect // of a list of rows
}

// Appended is target = append(target, answer).
type Appended struct {
	Target Expr
	Also   Expr // it is assigned to this, too; nil for nothing
	All    bool // the answer is a list of rows
	Expect *Expect
}

// Distributed appends each row to one of the lists in Target: that of which the place in
// Keys holds its Owner.
type Distributed struct {
	Target, Keys Expr
	Owner        string      // a field of a row; "" for the row itself
	Row, Key     goname.Type // their types
}

// Counted is target += number of rows.
type Counted struct {
	Target Expr
	Count  Counting
	Expect *Expect
}

// Purged is that of a purge's row: target = whether it was there.
type Purged struct {
	Target Expr
	Row    Expr     // where the row goes; nil where a number comes back
	Count  Counting // of that number
	Locked Expr     // whether the row was there, so that the purge fails when it is not taken; nil where it may stay
	Error  Expr     // the specification's for that; nil for the generic one
}

// Optional is one row or none, which nobody reads.
type Optional struct{}

// Locked is that of a purge's lock: target = whether it found the row.
type Locked struct {
	Target Expr
	One    bool // of a :one; else a number comes back
	Count  Counting
}

// Refused fails when there is something in the way.
type Refused struct {
	Count Counting
	Type  goname.Type // of a number
	Error Expr        // the specification's; nil for the generic one
	Child string      // the child's stored type; "" for rows of other kinds
	Only  Expr        // without it the answer means nothing; nil for none
}

// Batched is the answers of a batch; those with rows are appended to Target, if there is one.
type Batched struct {
	Method string      // of the batch's results, which hands each answer to a function
	Target Expr        // nil for none
	Type   goname.Type // of what each answer holds, zero for nothing
	Turns  bool        // Target holds a pointer to a list for each answer
}

func (*NoAnswer) answer()    {}
func (*Ignored) answer()     {}
func (*Stored) answer()      {}
func (*Appended) answer()    {}
func (*Distributed) answer() {}
func (*Counted) answer()     {}
func (*Purged) answer()      {}
func (*Optional) answer()    {}
func (*Locked) answer()      {}
func (*Refused) answer()     {}
func (*Batched) answer()     {}

// Expect is how many rows there must be.
type Expect struct {
	Check string // the function of the runtime
	N     int64
}

// answer decides what is done with a call's answer.
func (b *builder) answer(c *model.Call, lv *level) Answer {
	switch {
	case c.Role == model.PurgeLock:
		return b.lock(c, lv)
	case c.Role == model.PurgeRow:
		return b.purgedRow(c, lv)
	case c.Role == model.Refusal, c.Role == model.ChildList && !c.Cascade:
		return b.refusal(c, lv)
	case c.Bulk():
		return b.bulkAnswer(c, lv)
	}
	switch c.Query.Cmd {
	case "exec":
		return &NoAnswer{}
	case "execrows", "execresult":
		if name := b.counts[c]; name != "" {
			return &Counted{Target: &Select{X: b.result(lv), Name: name}, Count: tagOrNumber(c), Expect: expected(c)}
		}
		return &Ignored{Count: tagOrNumber(c), Expect: expected(c)}
	case "many":
		return b.manyRows(c, lv)
	default:
		return b.oneRow(c, lv)
	}
}

func tagOrNumber(c *model.Call) Counting {
	if c.Query.Cmd == "execresult" {
		return ByTag
	}
	return ByNumber
}

func (b *builder) oneRow(c *model.Call, lv *level) Answer {
	kept := b.keepAnswer(c, lv, c.Query.Row)
	switch {
	case c.Into != nil:
		return &Appended{Target: b.list(c.Into, lv), Also: kept}
	case kept != nil:
		return &Stored{Target: kept}
	default:
		return &Ignored{}
	}
}

func (b *builder) manyRows(c *model.Call, lv *level) Answer {
	if name := b.counts[c]; name != "" {
		return &Counted{Target: &Select{X: b.result(lv), Name: name}, Count: ByRows, Expect: expected(c)}
	}
	if len(c.Over) > 0 && distributes(c) {
		return b.distribute(c, lv)
	}
	kept := b.keepAnswer(c, lv, c.Query.Row.SliceOf())
	switch {
	case c.Into != nil:
		return &Appended{Target: b.list(c.Into, lv), Also: kept, All: true, Expect: expected(c)}
	case kept != nil:
		return &Stored{Target: kept, Only: b.only(c, lv), Expect: expected(c)}
	default:
		return &Ignored{Count: ByRows, Expect: expected(c)}
	}
}

// keepAnswer is where an answer is kept for those who read it; nil for nobody.
func (b *builder) keepAnswer(c *model.Call, lv *level, typ goname.Type) Expr {
	if p := b.rows[c]; p != nil {
		return p(lv) // the scope's row
	}
	if !b.uses.read[c] {
		return nil
	}
	name := goname.Unexported(c.Name)
	switch {
	case c.Role == model.ChildList:
		name = goname.Unexported(c.Child.Name) + "IDs"
	case c.Query.Cmd == "one" && goname.Equal(name, "row"):
		name = "found"
	}
	b.rows[c] = b.keep(innermost(c.Loops), lv, name, typ)
	return b.rows[c](lv)
}

// expected is how many rows a step must affect or return, nil for any number.
func expected(c *model.Call) *Expect {
	if c.Expect == nil {
		return nil
	}
	check := "ExpectRows"
	switch {
	case c.Expect.AtMost:
		check = "ExpectAtMost"
	case c.Expect.AtLeast:
		check = "ExpectAtLeast"
	}
	return &Expect{Check: check, N: c.Expect.N}
}

// only is what an answer means nothing without; nil for nothing.
func (b *builder) only(c *model.Call, lv *level) Expr {
	if c.Only == nil {
		return nil
	}
	return b.locked[c.Only](lv)
}

func (b *builder) purgedRow(c *model.Call, lv *level) Answer {
	a := &Purged{Target: &Select{X: b.result(lv), Name: "Found"}, Count: tagOrNumber(c)}
	if c.Query.Cmd == "one" {
		a.Row = b.rows[c](lv)
	}
	if c.Guarded == "" {
		return a
	}
	if c.Missing != nil {
		a.Error = ident(c.Missing.Name)
	}
	if c.Lock.Decisive != "" {
		a.Locked = boolean(true) // else it is not asked for
	} else {
		a.Locked = b.locked[c.Lock](lv)
	}
	return a
}

// lock builds what becomes of the answer of a purge's lock.
func (b *builder) lock(c *model.Call, lv *level) Answer {
	one := c.Query.Cmd == "one"
	switch {
	case b.uses.locked[c]:
		b.locked[c] = b.keep(innermost(c.Loops), lv, "locked", goname.Basic("bool"))
		return &Locked{Target: b.locked[c](lv), One: one, Count: tagOrNumber(c)}
	case one:
		return &Optional{}
	default:
		return &Ignored{Count: tagOrNumber(c)}
	}
}

func (b *builder) refusal(c *model.Call, lv *level) Answer {
	a := &Refused{Only: b.only(c, lv)}
	if c.Error != nil {
		a.Error = ident(c.Error.Name)
	}
	if c.Role == model.ChildList {
		a.Child = c.Child.Type
	}
	switch {
	case c.Query.Cmd == "many":
		a.Count = ByRows
	case c.Query.Columns[0].Type == goname.Basic("bool"):
		a.Count = ByTruth
	default:
		a.Type = c.Query.Columns[0].Type
	}
	return a
}
