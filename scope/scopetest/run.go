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
		erased := s.erase()
		for _, sub := range erased.both() {
			t.Run(sub.title, func(t *testing.T) {
				for _, c := range checks() {
					t.Run(string(c.name), func(t *testing.T) {
						o := c.try(t.Context(), pool, sub.subject)
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
		if why := erased.notApplicable[InBulk]; why != "" {
			t.Run(erased.typ+" in bulk", func(t *testing.T) { t.Log("not applicable: " + why) })
		}
	}
}

// titled is a subject with the name of its tests.
type titled struct {
	title string
	*subject
}

// both returns the subject and, where it has bulk functions, itself in bulk.
func (s *subject) both() []titled {
	all := []titled{{s.typ, s}}
	if s.bulk != nil {
		all = append(all, titled{s.typ + " in bulk", s.bulk})
	}
	return all
}

// Outcome is what became of one invariant.
type Outcome struct {
	Subject       string // the scope's type, with "in bulk" behind it if so
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
		for _, sub := range s.erase().both() {
			for _, c := range checks() {
				o := c.try(ctx, pool, sub.subject)
				o.Subject = sub.title
				all = append(all, o)
			}
		}
	}
	return all
}

// try tries one invariant on one subject.
func (c check) try(ctx context.Context, pool *pgxpool.Pool, s *subject) Outcome {
	o := Outcome{Subject: s.typ, Invariant: c.name}
	why, excused := s.notApplicable[c.name]
	lacks := c.lacks(s)
	switch {
	case s.incomplete != nil:
		o.Err = s.incomplete
	case pool.Config().MaxConns < minConns:
		o.Err = fmt.Errorf("the pool has %d connections at most: give it %d", pool.Config().MaxConns, minConns)
	case excused && why == "":
		o.Err = errors.New("NotApplicable gives no reason")
	case excused && c.name == ResidueIsCleaned: // that there is none is seen only by trying
		if err := c.run(newTrial(ctx, pool, s)); !errors.Is(err, errNoResidue) {
			o.Err = errors.New("NotApplicable excuses an invariant that can be tried: remove it there")
			break
		}
		o.NotApplicable = why
		o.Log = []string{"not applicable: " + why}
	case excused && lacks == "":
		o.Err = errors.New("NotApplicable excuses an invariant that can be tried: remove it there")
	case excused:
		o.NotApplicable = why
		o.Log = []string{"not applicable: " + why}
	case lacks != "":
		o.Err = fmt.Errorf("the Scope has no %s: give it, or say in NotApplicable why the invariant does not apply", lacks)
	default:
		t := newTrial(ctx, pool, s)
		o.Err = c.run(t)
		o.Log = t.log
	}
	return o
}

func newTrial(ctx context.Context, pool *pgxpool.Pool, s *subject) *trial {
	return &trial{ctx: ctx, pool: pool, subject: s, prefix: "t" + strings.ToLower(rand.Text()[:8])}
}
