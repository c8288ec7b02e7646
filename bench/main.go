// Bench measures the code that specgen generates beside what others would write:
// on a throwaway PostgreSQL, behind a network that is simulated, in turn within
// one run. docs/performance.md says what the figures mean.
//
//	go run . [-quick] [-rtt 0,1ms,5ms] [-format table|json] [-n N] [-workload create,purge]
//
// The results go to the standard output, and what is to be known of the run to
// the standard error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/specgen-dev/specgen/bench/measure"
	"github.com/specgen-dev/specgen/bench/peer"
	"github.com/specgen-dev/specgen/bench/workload"
	"github.com/specgen-dev/specgen/internal/pglocal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	if err := run(ctx, o, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// options are those of the command line.
type options struct {
	quick     bool
	rtts      []time.Duration
	json      bool
	rounds    int
	workloads []workload.Workload
}

func parse(args []string, out io.Writer) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.BoolVar(&o.quick, "quick", false, "end within a minute, with less certain figures")
	rtt := flags.String("rtt", "", "round-trip times to simulate (default 0,1ms,5ms; with -quick 0,1ms)")
	format := flags.String("format", "table", "table or json")
	flags.IntVar(&o.rounds, "n", 0, "how often each workload is run; 0: as often as there is time")
	names := flags.String("workload", "", "workloads to run; none: all")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("there are no arguments, and %q is one", flags.Arg(0))
	}
	if *rtt == "" {
		*rtt = "0,1ms,5ms"
		if o.quick { // at 5 ms one run of a loop over a large scope takes twelve seconds
			*rtt = "0,1ms"
		}
	}
	for _, text := range strings.Split(*rtt, ",") {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return nil, fmt.Errorf("-rtt %s: %q is no time such as 0 or 1ms", *rtt, text)
		}
		o.rtts = append(o.rtts, d)
	}
	if o.json = *format == "json"; !o.json && *format != "table" {
		return nil, fmt.Errorf("-format %s: it is table or json", *format)
	}
	if o.rounds < 0 {
		return nil, fmt.Errorf("-n %d: it is a number of runs", o.rounds)
	}
	var err error
	o.workloads, err = chosen(*names)
	return o, err
}

func chosen(names string) ([]workload.Workload, error) {
	if names == "" {
		return workload.All(), nil
	}
	var found []workload.Workload
	for _, name := range strings.Split(names, ",") {
		w, err := workload.Named(name)
		if err != nil {
			return nil, fmt.Errorf("-workload %s: %w", names, err)
		}
		found = append(found, *w)
	}
	return found, nil
}

// effort says how often w is run, when all began at a time. A heavy workload takes
// seconds a round.
func (o *options) effort(w *workload.Workload, began time.Time) measure.Effort {
	e := measure.Effort{Rounds: o.rounds, Time: 20 * time.Second, Least: 5, Most: 500}
	if o.quick {
		e.Time, e.Least, e.Most = 2*time.Second, 1, 50
	}
	if o.quick && w.Heavy {
		e.Time = time.Second
	}
	switch {
	case w.Many && o.quick:
		e.Until, e.Brief = began.Add(55*time.Second), true
	case w.Many && o.rounds == 0: // at 5 ms one run of a loop takes nine minutes
		e.Until, e.Least = time.Now().Add(12*time.Minute), 3
	}
	return e
}

// run measures, and prints the rows to out and what is beside them to notes.
func run(ctx context.Context, o *options, out, notes io.Writer) error {
	start := time.Now()
	server, err := pglocal.Start(ctx)
	if err != nil {
		return fmt.Errorf("starting PostgreSQL: %w", err)
	}
	defer func() { _ = server.Stop() }() // the throwaway server goes with the process in any case
	b, err := measure.Open(ctx, server, peer.Kinds())
	if err != nil {
		return err
	}
	defer func() { _ = b.Close(context.WithoutCancel(ctx)) }() // before the server, which is going, too
	fmt.Fprintln(notes, "PostgreSQL", server.Version())
	for _, rtt := range o.rtts {
		direct, through, err := b.Trips(ctx, rtt)
		if err != nil {
			return err
		}
		fmt.Fprintf(notes, "at %v an empty statement takes %d us, without the proxy %d us\n", rtt, through.Microseconds(), direct.Microseconds())
	}
	var samples []measure.Sample
	for i := range o.workloads {
		w := &o.workloads[i]
		began := time.Now()
		s, err := b.Run(ctx, w, o.rtts, o.effort(w, start))
		if err != nil {
			return err
		}
		samples = append(samples, s...)
		fmt.Fprintf(notes, "%s: %s\n", w.Name, describe(s, time.Since(began)))
	}
	rows := measure.Rows(samples)
	if o.json {
		return measure.WriteJSON(out, rows)
	}
	return measure.WriteTable(out, rows)
}

// describe says what the rows do not: how often each workload was run, and what
// travelled beside it.
func describe(samples []measure.Sample, took time.Duration) string {
	var parts []string
	pings, prepares := 0, 0
	for i, s := range samples {
		if len(s.Times) == 0 {
			parts = append(parts, fmt.Sprintf("%s not run at %v, because it would take some %.0f s", s.Impl, s.RTT, s.Expected.Seconds()))
			continue
		}
		if i == 0 || s.RTT != samples[i-1].RTT || len(s.Times) != len(samples[i-1].Times) {
			parts = append(parts, fmt.Sprintf("from %s on %d runs each at %v", s.Impl, len(s.Times), s.RTT))
		}
		pings += s.Extra.Pings
		prepares += s.Extra.Prepares
	}
	return fmt.Sprintf("%s; beside them %d pings and %d round trips to prepare; all in %.0f s; the tables agree",
		strings.Join(parts, ", "), pings, prepares, took.Seconds())
}
