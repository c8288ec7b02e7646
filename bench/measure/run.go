package measure

import (
	"cmp"
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
	// Until, when it is set, is when a workload of several projects should be done:
	// peers are left out, the slowest first, by what a small run took. Those that
	// generate code and the limit never are.
	Until time.Time
	// Brief has what a peer prepares for rows of a certain number prepared in the
	// measured run.
	Brief bool
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
	Expected       time.Duration   // of one run, roughly, in a workload of several projects
}

// Run measures one workload at the round-trip times, one after the other. At each
// the peers take turns: every one runs once, then every one runs again. When all
// are done the tables of every peer must hold the same values.
func (b *Bench) Run(ctx context.Context, w *workload.Workload, rtts []time.Duration, effort Effort) ([]Sample, error) {
	lanes := slices.DeleteFunc(slices.Clone(b.lanes), func(l *lane) bool { return !w.Takes(&l.kind) })
	small := make([]Sample, len(lanes))
	for i, l := range lanes {
		if err := l.warm(ctx, w, effort, &small[i]); err != nil {
			return nil, err
		}
	}
	var all []Sample
	for n, rtt := range rtts {
		samples := make([]Sample, len(lanes))
		for i, l := range lanes {
			samples[i] = Sample{Workload: w.Name, Impl: l.kind.Name, RTT: rtt}
			if w.Many {
				s := &small[i]
				samples[i].Expected = w.Expect(s.Times[len(s.Times)-1], s.Wire.RoundTrips, l.kind.Loops, rtt)
			}
		}
		taking := lanes
		if w.Many && !effort.Until.IsZero() {
			taking, samples = fitting(lanes, samples, time.Until(effort.Until)/time.Duration(len(rtts)-n))
		}
		if err := compete(ctx, w, taking, samples, effort); err != nil {
			return nil, err
		}
		all = append(all, samples...)
	}
	return all, nil
}

// fitting leaves peers out until one run of each fits into the time. The samples
// of those that are left out stay, at the end.
func fitting(lanes []*lane, samples []Sample, left time.Duration) ([]*lane, []Sample) {
	order := make([]int, len(lanes)) // the fastest first
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(samples[a].Expected, samples[b].Expected) })
	out := make([]bool, len(lanes))
	for _, i := range order {
		// Preparing and comparing take time, too.
		left -= samples[i].Expected * 3 / 2
		out[i] = left < 0 && !lanes[i].kind.Always
	}
	var taking []*lane
	var these, others []Sample
	for i, l := range lanes {
		if out[i] {
			others = append(others, samples[i])
			continue
		}
		taking, these = append(taking, l), append(these, samples[i])
	}
	return taking, append(these, others...)
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
func (l *lane) warm(ctx context.Context, w *workload.Workload, effort Effort, s *Sample) error {
	if w.Many && l.kind.Sizes && !effort.Brief {
		if err := l.warmBy(ctx, w, 1, &Sample{}); err != nil {
			return err
		}
	}
	rounds := warmRounds
	if w.Heavy {
		rounds = heavyWarmRounds
	}
	if w.Warm != nil {
		w = w.Warm
	}
	return l.warmBy(ctx, w, rounds, s)
}

func (l *lane) warmBy(ctx context.Context, w *workload.Workload, rounds int, s *Sample) error {
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
