package scopetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// minConns is how many connections an invariant uses at the same time: two that
// meet, one that watches them, and one to spare.
const minConns = 4

// limit is how long one encounter of two transactions may take. PostgreSQL finds
// a deadlock after one second (deadlock_timeout).
const limit = 30 * time.Second

// Run tries every invariant on every subject, each in a subtest named for the
// scope's type and the invariant. The database is the test's own: nothing else
// may write to it meanwhile, or the comparisons fail. What is kept by design,
// such as roles, stays in it. The pool must have 4 connections or more, and must
// reach the server itself, not a pooler: the process ids of its connections are
// compared with those that hold locks.
func Run(t *testing.T, pool *pgxpool.Pool, subjects ...Subject) {
	t.Helper()
	if len(subjects) == 0 {
		t.Fatal("scopetest.Run: there is nothing to test")
	}
	for _, s := range subjects {
		sub := s.erase()
		t.Run(sub.typ, func(t *testing.T) {
			for _, c := range checks() {
				t.Run(string(c.name), func(t *testing.T) {
					o := c.try(t.Context(), pool, sub)
					for _, line := range o.Log {
						t.Log(line)
					}
					if o.Err != nil {
						t.Error(o.Err)
					}
				})
			}
		})
	}
}

// Outcome is what became of one invariant.
type Outcome struct {
	Type          string // of the scope
	Invariant     Invariant
	Err           error    // nil when it holds, or does not apply
	NotApplicable string   // why not, if so
	Log           []string // what was tried
}

// Check does what [Run] does, and returns what it found instead of failing a
// test: to show that coordinators that are wrong are found out.
func Check(ctx context.Context, pool *pgxpool.Pool, subjects ...Subject) []Outcome {
	var all []Outcome
	for _, s := range subjects {
		sub := s.erase()
		for _, c := range checks() {
			all = append(all, c.try(ctx, pool, sub))
		}
	}
	return all
}

// try tries one invariant on one subject.
func (c check) try(ctx context.Context, pool *pgxpool.Pool, s *subject) Outcome {
	o := Outcome{Type: s.typ, Invariant: c.name}
	why, excused := s.notApplicable[c.name]
	lacks := c.lacks(s)
	switch {
	case s.incomplete != nil:
		o.Err = s.incomplete
	case pool.Config().MaxConns < minConns:
		o.Err = fmt.Errorf("the pool has %d connections at most: give it %d", pool.Config().MaxConns, minConns)
	case excused && why == "":
		o.Err = errors.New("NotApplicable gives no reason")
	case excused && lacks == "":
		o.Err = errors.New("NotApplicable excuses an invariant that can be tried: remove it there")
	case excused:
		o.NotApplicable = why
		o.Log = []string{"not applicable: " + why}
	case lacks != "":
		o.Err = fmt.Errorf("the Scope has no %s: give it, or say in NotApplicable why the invariant does not apply", lacks)
	default:
		t := &trial{ctx: ctx, pool: pool, subject: s, prefix: "t" + strings.ToLower(rand.Text()[:8])}
		o.Err = c.run(t)
		o.Log = t.log
	}
	return o
}
