package scope_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
)

// cutting is a coordinator of which COMMIT travels with the last flush, on a
// connection that can be cut.
type cutting struct {
	pool, wired *pgxpool.Pool
	w           wire
	fresh       ids
	hooks       int
}

func newCutting(t *testing.T) *cutting {
	t.Helper()
	c := &cutting{pool: notesDB(t)}
	c.wired = c.w.pool(t, c.pool, pgx.QueryExecModeCacheStatement)
	return c
}

// run writes some notes a flush, by :one and by :many, and reports whether all of them are there: none
// or all must be.
func (c *cutting) run(t *testing.T, ctx context.Context, flushes int, before func()) (committed bool, err error) {
	t.Helper()
	var written []string
	hooks := c.hooks
	err = single(ctx, scope.NewRunner(c.wired), func(ctx context.Context, op *scope.Op) error {
		written = nil
		op.AfterCommit("event", func(context.Context) error { c.hooks++; return nil })
		for i := range flushes {
			id, other, listed := c.fresh.next(), c.fresh.next(), []string{c.fresh.next(), c.fresh.next()}
			written = append(written, id, other, listed[0], listed[1])
			f := op.Flush()
			f.Do(scope.Step{Name: "one"}, note(op, id))
			f.Do(scope.Step{Name: "many"}, notes(op, listed))
			f.Do(scope.Step{Name: "two"}, note(op, other))
			if i == flushes-1 {
				f.MayEnd()
				before()
			}
			if err := f.Send(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	c.settle(t)
	switch n := count(t, c.pool, "notes WHERE id = ANY($1)", written); n {
	case 0:
	case len(written):
		committed = true
	default:
		t.Errorf("%d of %d notes are there", n, len(written))
	}
	if ran := c.hooks > hooks; ran != (err == nil) {
		t.Errorf("after %v the functions for after the commit were run: %t", err, ran)
	}
	return committed, err
}

// warm makes a connection on which the statements are prepared.
func (c *cutting) warm(t *testing.T) {
	t.Helper()
	for i := range 3 {
		c.w.take()
		if committed, err := c.run(t, t.Context(), 1, func() {}); err != nil || !committed {
			t.Fatal(err)
		}
		if i == 2 {
			c.w.want(t, "warm", traffic{Trips: 1})
		}
	}
}

// settle waits until the server is done with what was sent on connections that
// were lost.
func (c *cutting) settle(t *testing.T) {
	t.Helper()
	const ours = "pg_stat_activity WHERE application_name = 'wire' AND datname = current_database()"
	for count(t, c.pool, ours) > int(c.wired.Stat().TotalConns()) {
	}
}

// check holds what was told against what is there.
func check(t *testing.T, what string, committed bool, err error) {
	t.Helper()
	var e *scope.Error
	switch {
	case err == nil:
		if !committed {
			t.Errorf("%s: success, and nothing is there", what)
		}
	case errors.Is(err, scope.ErrCommitUnknown):
	case errors.As(err, &e) && e.Committed:
		if !committed {
			t.Errorf("%s: committed, it says, and nothing is there: %v", what, err)
		}
	case committed:
		t.Errorf("%s: the rows are there after %v", what, err)
	}
}

func TestCutWhereCommitRides(t *testing.T) {
	t.Parallel()
	for _, flushes := range []int{1, 2} {
		t.Run(fmt.Sprintf("%d flushes", flushes), func(t *testing.T) {
			t.Parallel()
			c := newCutting(t)
			c.warm(t)
			var sent, answer bytes.Buffer
			committed, err := c.run(t, t.Context(), flushes, func() { c.w.arm(cut{write: -1, read: -1, sent: &sent, answer: &answer}) })
			if !committed || err != nil {
				t.Fatal(err)
			}
			writes, reads := boundaries(sent.Bytes()), boundaries(answer.Bytes())
			kinds := messageKinds(answer.Bytes())
			if !bytes.Contains(sent.Bytes(), []byte("B\x00")) || len(writes) < 8 || kinds[len(kinds)-1] != 'Z' || kinds[len(kinds)-2] != 'C' {
				t.Fatalf("sent %q, read %q", messageKinds(sent.Bytes()), kinds)
			}

			tried := map[bool]int{} // by whether the rows were there
			for _, end := range append([]int{0}, writes[:len(writes)-1]...) {
				for _, at := range []int{end, end + 1, end + 3} {
					c.warm(t)
					what := fmt.Sprintf("%d of %d bytes sent", at, sent.Len())
					committed, err := c.run(t, t.Context(), flushes, func() { c.w.arm(cut{write: at}) })
					check(t, what, committed, err)
					if unknown := errors.Is(err, scope.ErrCommitUnknown); unknown != (at > 0) {
						t.Errorf("%s: %v", what, err)
					}
					tried[committed]++
				}
			}
			if tried[true] == 0 || tried[false] == 0 {
				t.Errorf("the cuts while sending left the rows %v", tried)
			}
			completion := reads[len(reads)-2] // of COMMIT
			for _, end := range append([]int{0}, reads[:len(reads)-1]...) {
				for _, at := range []int{end, end + 2} {
					c.warm(t)
					what := fmt.Sprintf("%d of %d bytes read", at, answer.Len())
					committed, err := c.run(t, t.Context(), flushes, func() { c.w.arm(cut{write: -1, read: at}) })
					check(t, what, committed, err)
					if !committed {
						t.Errorf("%s: the rows are not there", what)
					}
					if known := err == nil; known != (at >= completion) || !known && !errors.Is(err, scope.ErrCommitUnknown) {
						t.Errorf("%s: %v", what, err)
					}
				}
			}
			c.warm(t)
			for _, at := range []int{0, reads[1], completion - 1, completion} {
				c.warm(t)
				what := fmt.Sprintf("cancelled after %d of %d bytes", at, answer.Len())
				ctx, cancel := context.WithCancel(t.Context())
				committed, err := c.run(t, ctx, flushes, func() { c.w.arm(cut{write: -1, read: at, hold: true, onHold: cancel}) })
				cancel()
				check(t, what, committed, err)
				if at < completion && (!errors.Is(err, scope.ErrCommitUnknown) || !errors.Is(err, context.Canceled)) || at == completion && err != nil {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}

// A proxy that lost the server says so where an answer is due, though the server
// has committed.
func TestProxyErrorWhereCommitRides(t *testing.T) {
	t.Parallel()
	c := newCutting(t)
	c.warm(t)
	var answer bytes.Buffer
	if _, err := c.run(t, t.Context(), 1, func() { c.w.arm(cut{write: -1, read: -1, answer: &answer}) }); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ severity, code string }{{"FATAL", "08P01"}, {"FATAL", "40003"}, {"PANIC", "XX000"}} {
		message := &pgproto3.ErrorResponse{Severity: tc.severity, SeverityUnlocalized: tc.severity, Code: tc.code, Message: "server conn crashed?"}
		encoded, err := message.Encode(nil)
		if err != nil {
			t.Fatal(err)
		}
		ends := boundaries(answer.Bytes())
		for _, at := range append([]int{0}, ends[:len(ends)-2]...) {
			c.warm(t)
			committed, err := c.run(t, t.Context(), 1, func() { c.w.arm(cut{write: -1, read: at, inject: encoded}) })
			if !committed || !errors.Is(err, scope.ErrCommitUnknown) {
				t.Errorf("%s after %d bytes: %v, rows there: %t", tc.code, at, err, committed)
			}
		}
	}
	c.warm(t)
}

// What fails before the flush of COMMIT is sent is a plain failure.
func TestCutBeforeCommitRides(t *testing.T) {
	t.Parallel()
	c := newCutting(t)
	for _, tc := range []cut{{write: 0}, {write: 20}, {write: -1, read: 0}, {write: -1, read: 30}} {
		c.warm(t)
		c.w.arm(tc) // the first flush
		committed, err := c.run(t, t.Context(), 2, func() {})
		if committed || err == nil || errors.Is(err, scope.ErrCommitUnknown) {
			t.Errorf("%+v: %v, rows there: %t", tc, err, committed)
		}
	}
	c.warm(t)
	ctx, cancel := context.WithCancel(t.Context())
	committed, err := c.run(t, ctx, 2, cancel) // between the flushes
	if committed || !errors.Is(err, context.Canceled) || errors.Is(err, scope.ErrCommitUnknown) {
		t.Errorf("error %v, rows there: %t", err, committed)
	}
}
