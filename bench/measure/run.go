package measure

import (
	"context"
	"fmt"
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
// until the time is used up, but at least Least and at most Most times.
type Effort struct {
	Rounds int
	Time   time.Duration // for all peers together
	Least  int
	Most   int
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
	Times          []time.Duration
	Wire           wire.Counts // of one run
	Extra          wire.Counts // pings and prepares of all runs, which no run needs
}

// Run measures one workload at the round-trip times, one after the other. At each
// the peers take turns: every one runs once, then every one runs again. When all
// are done the tables of every peer must hold the same values.
func (b *Bench) Run(ctx context.Context, w *workload.Workload, rtts []time.Duration, effort Effort) ([]Sample, error) {
	if err := b.warm(ctx, w); err != nil {
		return nil, err
	}
	var all []Sample
	for _, rtt := range rtts {
		samples := make([]Sample, len(b.lanes))
		for i, l := range b.lanes {
			samples[i] = Sample{Workload: w.Name, Impl: l.name, RTT: rtt}
			if err := w.Reset(ctx, l.direct); err != nil {
				return nil, err
			}
			l.proxy.SetRoundTripTime(rtt)
		}
		began := time.Now()
		for round := 0; !effort.enough(round, began); round++ {
			for i, l := range b.lanes {
				if err := l.once(ctx, w, round, &samples[i]); err != nil {
					return nil, err
				}
			}
		}
		if err := b.compare(ctx, w); err != nil {
			return nil, err
		}
		all = append(all, samples...)
	}
	return all, nil
}

// warm brings every peer to its steady state, without a delay.
func (b *Bench) warm(ctx context.Context, w *workload.Workload) error {
	if w.Warm != nil {
		w = w.Warm
	}
	rounds := warmRounds
	if w.Heavy {
		rounds = heavyWarmRounds
	}
	for _, l := range b.lanes {
		if err := w.Reset(ctx, l.direct); err != nil {
			return err
		}
		l.proxy.SetRoundTripTime(0)
		for round := range rounds {
			var s Sample
			if err := l.once(ctx, w, round, &s); err != nil {
				return err
			}
		}
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
		return fmt.Errorf("running %s with %s: %w", w.Name, l.name, err)
	}
	counts := l.proxy.Counts().Sub(before)
	s.Extra.Pings += counts.Pings
	s.Extra.Prepares += counts.Prepares
	steady := wire.Counts{RoundTrips: counts.RoundTrips, Statements: counts.Statements}
	if len(s.Times) > 0 && steady != s.Wire {
		return fmt.Errorf("%s took %d round trips and %d statements in one run of %s, and %d and %d in another",
			l.name, s.Wire.RoundTrips, s.Wire.Statements, w.Name, steady.RoundTrips, steady.Statements)
	}
	s.Wire = steady
	s.Times = append(s.Times, took)
	return nil
}

// compare fails when the peers left different values behind. The limit has the
// say, but a difference may be the limit's fault.
func (b *Bench) compare(ctx context.Context, w *workload.Workload) error {
	var want workload.Contents
	var first string
	for _, l := range slices.Backward(b.lanes) { // the limit is the last
		got, err := workload.Read(ctx, l.direct)
		if err != nil {
			return fmt.Errorf("checking %s after %s: %w", l.name, w.Name, err)
		}
		if want == nil {
			want, first = got, l.name
			continue
		}
		if diff := want.Difference(got); diff != "" {
			return fmt.Errorf("after %s the tables of %s are not those of %s: %s", w.Name, l.name, first, diff)
		}
	}
	return nil
}

// hasLimit reports whether a sample is what the others are compared with.
func hasLimit(s *Sample) bool { return s.Impl == peer.Limit }
