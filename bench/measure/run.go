package measure

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/specgen-dev/specgen/bench/peer"
	"github.com/specgen-dev/specgen/bench/wire"
	"github.com/specgen-dev/specgen/bench/workload"
)

// How often each peer does its work before it is measured: pgx prepares statements
// the first time, the generated code lets COMMIT travel with its statements the
// second time, and PostgreSQL decides upon a generic plan the sixth.
const (
	warmRounds      = 7
	heavyWarmRounds = 2
)

// Effort says how often a workload is run: Rounds times if that is set, else
// until the time is used up, but at least Least and at most Most times. A peer
// that loops over several projects runs once at each round-trip time.
type Effort struct {
	Rounds int
	Time   time.Duration // for all peers together
	Least  int
	Most   int
	// Longest, when it is set, leaves a peer that loops out where one run would
	// take longer: by what a small run took.
	Longest time.Duration
}

func (e Effort) enough(rounds int, began time.Time) bool {
	if e.Rounds > 0 {
		return rounds >= e.Rounds
	}
	return rounds >= e.Most || rounds >= e.Least && time.Since(began) >= e.Time
}

// Sample is what one peer did in one workload at one round-trip time.
type Sample struct {
	Workload, Impl string
	RTT            time.Duration
	Times          []time.Duration // none when the peer was left out
	Wire           wire.Counts     // of one run
	Extra          wire.Counts     // pings and prepares of all runs, which no run needs
	Expected       time.Duration   // of one run, for a peer that was left out
}

// Run measures one workload at the round-trip times, one after the other. At each
// the peers take turns: every one runs once, then every one runs again. When all
// are done the tables of every peer must hold the same values.
func (b *Bench) Run(ctx context.Context, w *workload.Workload, rtts []time.Duration, effort Effort) ([]Sample, error) {
	lanes := slices.DeleteFunc(slices.Clone(b.lanes), func(l *lane) bool { return !w.Takes(&l.kind) })
	small := make([]Sample, len(lanes))
	for i, l := range lanes {
		if err := l.warm(ctx, w, &small[i]); err != nil {
			return nil, err
		}
	}
	var all []Sample
	for _, rtt := range rtts {
		var samples []Sample
		var taking []*lane
		for i, l := range lanes {
			s := Sample{Workload: w.Name, Impl: l.kind.Name, RTT: rtt}
			if loops(w, l) && effort.Longest > 0 {
				if s.Expected = w.Expect(small[i].Times[len(small[i].Times)-1], small[i].Wire.RoundTrips, rtt); s.Expected > effort.Longest {
					all = append(all, s)
					continue
				}
			}
			samples, taking = append(samples, s), append(taking, l)
		}
		if err := compete(ctx, w, taking, samples, effort); err != nil {
			return nil, err
		}
		all = append(all, samples...)
	}
	return all, nil
}

// loops reports whether a peer takes so long that it runs once.
func loops(w *workload.Workload, l *lane) bool { return w.Many && l.kind.Loops }

// compete has the peers take turns at one round-trip time, and compares their
// tables.
func compete(ctx context.Context, w *workload.Workload, lanes []*lane, samples []Sample, effort Effort) error {
	for i, l := range lanes {
		if err := w.Reset(ctx, l.direct); err != nil {
			return err
		}
		l.proxy.SetRoundTripTime(samples[i].RTT)
	}
	began := time.Now()
	for round := 0; !effort.enough(round, began); round++ {
		for i, l := range lanes {
			if round > 0 && loops(w, l) {
				continue
			}
			if err := l.once(ctx, w, round, &samples[i]); err != nil {
				return err
			}
		}
	}
	return compare(ctx, w, lanes)
}

// warm brings a peer to its steady state, without a delay; s is what that took.
func (l *lane) warm(ctx context.Context, w *workload.Workload, s *Sample) error {
	rounds := warmRounds
	if w.Heavy {
		rounds = heavyWarmRounds
	}
	if w.Warm != nil && !(w.Many && l.kind.Sizes) {
		w = w.Warm
	}
	if err := w.Reset(ctx, l.direct); err != nil {
		return err
	}
	l.proxy.SetRoundTripTime(0)
	for round := range rounds {
		var one Sample // the first takes more round trips
		if err := l.once(ctx, w, round, &one); err != nil {
			return err
		}
		s.Times, s.Wire = append(s.Times, one.Times...), one.Wire
	}
	return nil
}

// once has the peer do its work, and adds to the sample. A run that takes other
// round trips than the one before is an error: what is measured is not the steady
// state then.
func (l *lane) once(ctx context.Context, w *workload.Workload, round int, s *Sample) error {
	if w.Prepare != nil {
		if err := w.Prepare(ctx, l.direct, round); err != nil {
			return fmt.Errorf("preparing %s: %w", w.Name, err)
		}
	}
	before := l.proxy.Counts()
	began := time.Now()
	err := w.Run(ctx, l.peer, round)
	took := time.Since(began)
	if err != nil {
		return fmt.Errorf("running %s with %s: %w", w.Name, l.kind.Name, err)
	}
	counts := l.proxy.Counts().Sub(before)
	s.Extra.Pings += counts.Pings
	s.Extra.Prepares += counts.Prepares
	steady := wire.Counts{RoundTrips: counts.RoundTrips, Statements: counts.Statements}
	if len(s.Times) > 0 && steady != s.Wire {
		return fmt.Errorf("%s took %d round trips and %d statements in one run of %s, and %d and %d in another",
			l.kind.Name, s.Wire.RoundTrips, s.Wire.Statements, w.Name, steady.RoundTrips, steady.Statements)
	}
	s.Wire = steady
	s.Times = append(s.Times, took)
	return nil
}

// compare fails when the peers left different values behind. The limit has the
// say, but a difference may be the limit's fault.
func compare(ctx context.Context, w *workload.Workload, lanes []*lane) error {
	var want workload.Digest
	var first *lane
	for _, l := range slices.Backward(lanes) { // the limit is the last
		got, err := workload.Sum(ctx, l.direct)
		if err != nil {
			return fmt.Errorf("checking %s after %s: %w", l.kind.Name, w.Name, err)
		}
		if want == nil {
			want, first = got, l
			continue
		}
		if !maps.Equal(want, got) {
			return difference(ctx, w, first, l)
		}
	}
	return nil
}

// difference returns an error that shows where the tables of a peer are not those
// of another.
func difference(ctx context.Context, w *workload.Workload, first, l *lane) error {
	want, err := workload.Read(ctx, first.direct)
	if err != nil {
		return err
	}
	got, err := workload.Read(ctx, l.direct)
	if err != nil {
		return err
	}
	return fmt.Errorf("after %s the tables of %s are not those of %s: %s", w.Name, l.kind.Name, first.kind.Name, want.Difference(got))
}

// hasLimit reports whether a sample is what the others are compared with.
func hasLimit(s *Sample) bool { return s.Impl == peer.Limit }
