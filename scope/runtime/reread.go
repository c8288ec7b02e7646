package runtime

import (
	"cmp"
	"context"
	"encoding/binary"
	"hash/maphash"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// At READ COMMITTED each statement has a snapshot of its own. Rows that a create
// copies by several statements may therefore be of several states: somebody who
// edits what two of them read commits in between. A row lock does not help. A
// SELECT … FOR SHARE that waits for the editor keeps the snapshot from before the
// wait: it drops the row that was archived, and does not see the one that was
// added (PostgreSQL manual, section 13.2.1).
//
// So each such statement is sent again behind the last one. If it gives the same
// rows, what it read was the same all the time, and so at the moment of the last
// one. If it gives others, the transaction is run again, or fails with
// [scope.ErrConflict]. A statement that locks its rows is sent again in any case, since
// its rows may be a mix by themselves, and without its lock: if it waited for
// another edit, it would drop the rows that the first time had not seen, and the two
// mixes would look the same. It goes first, so that the others are compared with what
// they were at the moment of its state.
//
// One thing is not seen: a change that is undone between the two reads.

// errChanged is a [scope.ErrConflict] that is run again, as a 40001 is.
var errChanged = fault.New("what it read was changed while the others were read", scope.ErrConflict)

// copied is what a statement read of which other rows are made.
type copied struct {
	step Step
	sql  string // empty until it is issued
	args []any
	rows multiset
}

// multiset tells lists of rows apart, whatever their order: it holds their number
// and the sum of a hash of each. Two lists that differ look the same once in 2^64.
type multiset struct {
	seed maphash.Seed
	n    int
	sum  uint64
}

// add adds a row, as the server sent it.
func (m *multiset) add(values [][]byte) {
	var h maphash.Hash
	h.SetSeed(m.seed)
	for _, v := range values {
		length := int64(len(v))
		if v == nil {
			length = -1 // NULL
		}
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], uint64(length))
		_, _ = h.Write(b[:])
		_, _ = h.Write(v)
	}
	m.n++
	m.sum += h.Sum64()
}

func (m *multiset) equal(o *multiset) bool { return m.n == o.n && m.sum == o.sum }

// noted notes the statement that reads the rows. c may be nil.
func (c *copied) noted(sql string, args []any) {
	if c != nil {
		c.sql, c.args = sql, args
	}
}

// watch counts the rows that are read. c may be nil.
func (c *copied) watch(rows pgx.Rows) pgx.Rows {
	if c == nil {
		return rows
	}
	return &watchedRows{Rows: rows, into: &c.rows}
}

// watchedRows adds each row to a multiset as it is read.
type watchedRows struct {
	pgx.Rows
	into *multiset
}

func (r *watchedRows) Next() bool {
	if !r.Rows.Next() {
		return false
	}
	r.into.add(r.RawValues())
	return true
}

// copy notes that the rows of a step are copied.
func (op *Op) copy(s Step) *copied {
	if len(op.copies) == 0 {
		op.seed = maphash.MakeSeed()
	}
	c := &copied{step: s, rows: multiset{seed: op.seed}}
	op.copies = append(op.copies, c)
	return c
}

// Reread says that the last step whose rows are copied ([Step.Copied]) is in this
// flush: the others are sent once more behind it, and the flush fails when one of
// them gives other rows than before. The failure is a [scope.ErrConflict], and our own
// transactions are run again. It costs no round trip. Above READ COMMITTED all
// statements have one snapshot, and nothing is sent again where that level is known.
func (f *Flush) Reread() { f.rereads = true }

// addRereads queues the statements that are sent again, behind the last of those
// that read.
func (f *Flush) addRereads() {
	op := f.op
	if !f.rereads || hasOneSnapshot(op.tx.isolation) {
		return
	}
	again := op.copies
	if n := len(again); n > 0 && !again[n-1].step.Locks {
		again = again[:n-1]
	}
	if len(again) == 0 {
		return
	}
	at := len(f.queue)
	for i, q := range f.queue {
		if q.copy != nil {
			at = i + 1
		}
	}
	again = slices.Clone(again)
	slices.SortStableFunc(again, func(a, b *copied) int { return cmp.Compare(rank(a), rank(b)) })
	rereads := make([]queued, len(again))
	for i, c := range again {
		rereads[i] = queued{step: Step{Name: c.step.Name, Query: c.step.Query, item: c.step.item}, call: func(ctx context.Context) error { return op.reread(ctx, c) }}
	}
	f.queue = slices.Insert(f.queue, at, rereads...)
	f.mayEnd = false
}

// rank orders what is sent again: statements that lock their rows come first.
func rank(c *copied) int {
	if c.step.Locks {
		return 0
	}
	return 1
}

// tooFew reports whether err says that a step whose rows are copied has returned
// fewer than it must.
func (s Step) tooFew(err error) bool {
	counted, ok := fault.As[*scope.RowCountError](err)
	return ok && counted.AtLeast && s.Copied
}

// confirm fails the transaction because of rows that are too few, once it is sure
// that they were: a statement that has waited for somebody who replaces them finds
// neither the old ones nor the new ones. So what was read until now is read again,
// unless the flush has done so.
func (op *Op) confirm(ctx context.Context, short *scope.Error, reread bool) error {
	if !reread {
		again := &Flush{op: op, rereads: true}
		if err := again.Send(ctx); err != nil {
			return err
		}
	}
	return op.tx.fail(short)
}

// reread sends a statement again and compares its rows with those of the first time.
func (op *Op) reread(ctx context.Context, c *copied) error {
	if c.sql == "" {
		return nil // the step issued no statement
	}
	sql := c.sql
	if c.step.Locks {
		sql = withoutLocks(sql)
	}
	rows, err := op.Query(ctx, sql, c.args...)
	if err != nil {
		return err
	}
	now := multiset{seed: op.seed}
	for rows.Next() {
		now.add(rows.RawValues())
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return err
	}
	if !now.equal(&c.rows) {
		return errChanged
	}
	return nil
}
