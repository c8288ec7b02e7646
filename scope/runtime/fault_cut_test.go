package runtime_test

import (
	"errors"
	"flag"
	"fmt"
	"sync"
	"testing"

	"github.com/specgen-dev/specgen/internal/pgproxy"
	"github.com/specgen-dev/specgen/scope"
)

// sampled is of how many messages one has its connection lost around it, where
// all would take too long.
const sampled = 2 * 64

var allCuts = flag.Bool("allcuts", false, "lose the connection around every message, also where a sample is the default")

// script is what travels when the work is not disturbed.
type script struct {
	toServer, toClient int // messages
	// of them, those before the flush that has COMMIT: a connection that is lost
	// there is a plain failure
	certainToServer, certainToClient int
	whole                            change
}

// rehearse does the work undisturbed, until nothing is prepared any more.
func (f *faulty) rehearse(t *testing.T, h host, w work) (s script) {
	t.Helper()
	for round := range 4 {
		s = script{}
		flush := true
		out, done := f.during(t.Context(), t, h, w, func(m pgproxy.Message) pgproxy.Verdict {
			if m.To == pgproxy.ToClient {
				s.toClient++
				return pgproxy.Verdict{}
			}
			if flush {
				s.certainToServer, s.certainToClient = s.toServer, s.toClient
			}
			flush = m.Kind == 'S' || m.Kind == 'Q' || m.Kind == 0
			s.toServer++
			return pgproxy.Verdict{}
		})
		if out.err != nil || out.commit != nil || done.none() {
			t.Fatalf("undisturbed: %v, %v", out, done)
		}
		if round > 0 && !done.equal(s.whole) && s.whole.Added != nil {
			t.Fatal("two runs differ")
		}
		s.whole = done
	}
	return s
}

// certain reports whether COMMIT is not on its way yet when the connection is
// lost at a point.
func (s script) certain(p pgproxy.Point) bool {
	if p.To == pgproxy.ToServer {
		return p.N < s.certainToServer
	}
	return p.N < s.certainToClient && p != (pgproxy.Point{To: p.To, N: s.certainToClient - 1, Bytes: pgproxy.Whole})
}

// nearEnd reports whether a point is around one of the last messages.
func (s script) nearEnd(p pgproxy.Point) bool {
	n := s.toServer
	if p.To == pgproxy.ToClient {
		n = s.toClient
	}
	return p.N >= n-4
}

// tally counts what cuts led to, over parallel tests.
type tally struct {
	mu                                       sync.Mutex
	points, failed, unknown, undone, success int
}

func (c *tally) add(o outcome, none bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.points++
	unknown := errors.Is(o.err, scope.ErrCommitUnknown) || o.err == nil && o.commit != nil
	switch {
	case unknown && none:
		c.unknown++
		c.undone++
	case unknown:
		c.unknown++
	case o.err != nil:
		c.failed++
	default:
		c.success++
	}
}

func (c *tally) String() string {
	return fmt.Sprintf("%d cut points: %d failures, %d of unknown outcome (of which %d rolled back), %d successes", c.points, c.failed, c.unknown,
		c.undone, c.success)
}

// The connection is lost before and after every message, in both directions, on
// a connection on which everything is prepared and on a new one. For one scope in
// a transaction of its own, with everything prepared, these are all messages. In
// the other cases, they are the last ones in each direction, of which COMMIT is
// one, and one in 64 of the others, and what handles several scopes with one
// call has prepared statements, unless -allcuts is given.
func TestCutAroundEveryMessage(t *testing.T) {
	t.Parallel()
	var all tally
	t.Run("flows", func(t *testing.T) {
		for _, w := range works() {
			for _, h := range []host{own, shared, joined} {
				for _, cold := range []bool{false, true} {
					if cold && w.bulk && !*allCuts {
						continue
					}
					t.Run(fmt.Sprintf("%s, %v, cold %t", w.name, h, cold), func(t *testing.T) {
						t.Parallel()
						cutEverywhere(t, h, w, cold, &all)
					})
				}
			}
		}
	})
	t.Log(all.String())
	if all.points < 200 || all.unknown == all.undone || all.undone == 0 {
		t.Errorf("the cuts did not meet everything: %v", all.String())
	}
}

func cutEverywhere(t *testing.T, h host, w work, cold bool, all *tally) {
	t.Helper()
	f := newFaulty(t)
	f.cold = cold
	s := f.rehearse(t, h, w)
	var here tally
	around := pgproxy.AroundEach(s.toServer, s.toClient)
	for i, point := range around {
		if !*allCuts && (w.bulk || cold || h != own) && !s.nearEnd(point) && i%sampled > 1 {
			continue
		}
		if !cold {
			f.warm(t, h, w)
		}
		out, done := f.during(t.Context(), t, h, w, point.Cut())
		out.judge(t, point, h, done, s.whole)
		// What a new connection is asked before differs, so that places in it do, too.
		if !cold && errors.Is(out.err, scope.ErrCommitUnknown) && s.certain(point) {
			t.Errorf("%v: COMMIT was not on its way: %v", point, out.err)
		}
		f.recovers(t, point, i == len(around)-1)
		here.add(out, done.none())
		all.add(out, done.none())
	}
	t.Log(here.String())
}
