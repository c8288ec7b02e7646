package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pgproxy"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
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
	c := &cutting{pool: notesDB(t), w: newWire()}
	c.wired = c.w.pool(t, c.pool, pgx.QueryExecModeCacheStatement)
	return c
}

// run writes some notes a flush, by :one and by :many, and reports whether all of them are there: none
// or all must be.
func (c *cutting) run(t *testing.T, ctx context.Context, flushes int, before func()) (committed bool, err error) {
	t.Helper()
	var written []string
	hooks := c.hooks
	err = single(ctx, runtime.NewRunner(c.wired), func(ctx context.Context, op *runtime.Op) error {
		written = nil
		op.AfterCommit("event", func(context.Context) error { c.hooks++; return nil })
		for i := range flushes {
			id, other, listed := c.fresh.next(), c.fresh.next(), []string{c.fresh.next(), c.fresh.next()}
			written = append(written, id, other, listed[0], listed[1])
			f := op.Flush()
			f.Do(runtime.Step{Name: "one"}, note(op, id))
			f.Do(runtime.Step{Name: "many"}, notes(op, listed))
			f.Do(runtime.Step{Name: "two"}, note(op, other))
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
	c.w.Set(nil)
	c.w.Settle()
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
			var e *exchange
			committed, err := c.run(t, t.Context(), flushes, func() { e = c.w.watch() })
			if !committed || err != nil {
				t.Fatal(err)
			}
			if e.sent[0] != 'B' || len(e.sent) < 8 || !strings.HasSuffix(string(e.answer), "CZ") {
				t.Fatalf("sent %q, read %q", e.sent, e.answer)
			}

			tried := map[bool]int{} // by whether the rows were there
			for n := range e.sent {
				for _, bytes := range []int{0, 1, 3} {
					c.warm(t)
					point := pgproxy.Point{To: pgproxy.ToServer, N: n, Bytes: bytes}
					committed, err := c.run(t, t.Context(), flushes, func() { c.w.Set(point.Cut()) })
					check(t, point.String(), committed, err)
					if !errors.Is(err, scope.ErrCommitUnknown) {
						t.Errorf("%v: %v", point, err)
					}
					tried[committed]++
				}
			}
			if tried[true] == 0 || tried[false] == 0 {
				t.Errorf("the cuts while sending left the rows %v", tried)
			}
			last := len(e.answer) - 1 // behind the completion of COMMIT
			for n := range e.answer {
				for _, bytes := range []int{0, 2} {
					c.warm(t)
					point := pgproxy.Point{To: pgproxy.ToClient, N: n, Bytes: bytes}
					committed, err := c.run(t, t.Context(), flushes, func() { c.w.Set(point.Cut()) })
					check(t, point.String(), committed, err)
					if !committed {
						t.Errorf("%v: the rows are not there", point)
					}
					if known := err == nil; known != (n == last) || !known && !errors.Is(err, scope.ErrCommitUnknown) {
						t.Errorf("%v: %v", point, err)
					}
				}
			}
			for _, point := range []pgproxy.Point{{N: 0}, {N: 2}, {N: last - 1, Bytes: 4}, {N: last}} {
				c.warm(t)
				point.To = pgproxy.ToClient
				ctx, cancel := context.WithCancel(t.Context())
				committed, err := c.run(t, ctx, flushes, func() { c.w.Set(point.At(pgproxy.Verdict{End: pgproxy.Hold, Then: cancel})) })
				cancel()
				check(t, "cancelled "+point.String(), committed, err)
				if point.N < last && (!errors.Is(err, scope.ErrCommitUnknown) || !errors.Is(err, context.Canceled)) || point.N == last && err != nil {
					t.Errorf("cancelled %v: %v", point, err)
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
	var e *exchange
	if _, err := c.run(t, t.Context(), 1, func() { e = c.w.watch() }); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ severity, code string }{{"FATAL", "08P01"}, {"FATAL", "40003"}, {"FATAL", "58000"}, {"FATAL", "XX000"}, {"PANIC", "XX000"}} {
		tell := pgproxy.Verdict{End: pgproxy.Cut, Tell: pgproxy.ErrorResponse(tc.severity, tc.code)}
		for n := range len(e.answer) - 1 {
			c.warm(t)
			committed, err := c.run(t, t.Context(), 1, func() { c.w.Set(pgproxy.Point{To: pgproxy.ToClient, N: n}.At(tell)) })
			if !committed || !errors.Is(err, scope.ErrCommitUnknown) {
				t.Errorf("%s in place of message %d: %v, rows there: %t", tc.code, n, err, committed)
			}
		}
	}
	c.warm(t)
}

// What fails before the flush of COMMIT is sent is a plain failure.
func TestCutBeforeCommitRides(t *testing.T) {
	t.Parallel()
	c := newCutting(t)
	for _, point := range []pgproxy.Point{{To: pgproxy.ToServer}, {To: pgproxy.ToServer, N: 2}, {To: pgproxy.ToClient}, {To: pgproxy.ToClient, N: 3, Bytes: 2}} {
		c.warm(t)
		c.w.Set(point.Cut()) // in the first flush
		committed, err := c.run(t, t.Context(), 2, func() {})
		if committed || err == nil || errors.Is(err, scope.ErrCommitUnknown) {
			t.Errorf("%v: %v, rows there: %t", point, err, committed)
		}
	}
	for _, flushes := range []int{1, 2} { // nothing of the flush of COMMIT can be sent
		c.warm(t)
		committed, err := c.run(t, t.Context(), flushes, c.w.CutAll)
		if committed || err == nil || errors.Is(err, scope.ErrCommitUnknown) {
			t.Errorf("lost in front of flush %d: %v, rows there: %t", flushes, err, committed)
		}
	}
	c.warm(t)
	ctx, cancel := context.WithCancel(t.Context())
	committed, err := c.run(t, ctx, 2, cancel) // between the flushes
	if committed || !errors.Is(err, context.Canceled) || errors.Is(err, scope.ErrCommitUnknown) {
		t.Errorf("error %v, rows there: %t", err, committed)
	}
}
