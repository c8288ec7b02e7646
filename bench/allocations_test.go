package main

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/bench/peer"
)

// The causes of allocations of a create, in the order in which cause looks for
// them. docs/performance.md has a table of them.
const (
	bySqlc      = "sqlc"      // in a function of sqlc that reads its answer: what calling it costs in any case
	byRecording = "recording" // in a function of sqlc that is called for its statement alone
	bySending   = "sending"   // in pgx, which encodes the arguments and expects the answers
	byScope     = "runtime"   // in scope and scope/runtime
	byCode      = "generated" // in the generated code
	byOther     = "other"     // the pool, pgx's reading outside of a function of sqlc, the benchmark
	tiny        = "tiny"      // of less than 16 bytes, put into a block that was there: the profile leaves them out
)

// cause says what an allocation is for, by the functions on its stack, the
// innermost first.
func cause(stack []string) string {
	within := func(parts ...string) bool {
		return slices.ContainsFunc(stack, func(f string) bool {
			return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(f, p) })
		})
	}
	ours := slices.IndexFunc(stack, func(f string) bool {
		return strings.Contains(f, "/specgen/") || strings.Contains(f, "/jackc/")
	})
	switch {
	case within("rbacdb.(*Queries)", "bulkdb.(*Queries)") && within("runtime.(*recorder).record"):
		return byRecording
	case within("rbacdb.(*Queries)", "bulkdb.(*Queries)"):
		return bySqlc
	case within("pgx/v5.(*Conn).SendBatch"):
		return bySending
	case ours >= 0 && strings.Contains(stack[ours], "/specgen/scope"):
		return byScope
	case ours >= 0 && (strings.Contains(stack[ours], "/gen/rbac.") || strings.Contains(stack[ours], "/bulkrbac.")):
		return byCode
	default:
		return byOther
	}
}

// BenchmarkAllocations says what each allocation of a create is for. It has every
// one of them profiled: its times mean nothing, and it runs alone.
//
//	go test -run '^$' -bench Allocations .
func BenchmarkAllocations(b *testing.B) {
	kinds := peer.Kinds()
	w := workloadNamed(b, "create")
	for _, name := range []string{"specgen", "specgen-rows"} {
		b.Run(name, func(b *testing.B) {
			p, conn := direct(b, kinds[slices.IndexFunc(kinds, func(k peer.Kind) bool { return k.Name == name })])
			if err := w.Reset(b.Context(), conn); err != nil {
				b.Fatal(err)
			}
			const warm = 10
			for i := range warm {
				if err := w.Run(b.Context(), p, i); err != nil {
					b.Fatal(err)
				}
			}
			rate := runtime.MemProfileRate
			runtime.MemProfileRate = 1
			defer func() { runtime.MemProfileRate = rate }()
			before, runs := profile(), 0
			began := mallocs()
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Run(b.Context(), p, warm+runs); err != nil {
					b.Fatal(err)
				}
				runs++
			}
			counts := map[string]int64{tiny: mallocs() - began}
			for stack, n := range profile() {
				counts[cause(functions(stack))] += n - before[stack]
				counts[tiny] -= n - before[stack]
			}
			for _, c := range []string{bySqlc, byRecording, bySending, byScope, byCode, byOther, tiny} {
				b.ReportMetric(float64(counts[c])/float64(runs), c+"/op")
			}
			if counts[bySqlc] == 0 || counts[byRecording] == 0 || counts[byScope] == 0 {
				b.Errorf("the allocations are %v: the stacks are not what they are expected to be", counts)
			}
		})
	}
}

func mallocs() int64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.Mallocs)
}

// site is where something is allocated.
type site [128]uintptr

// profile returns how many allocations there were since the program began.
func profile() map[site]int64 {
	runtime.GC() // the profile is that of the last collection but one
	runtime.GC()
	runtime.GC()
	for n := 0; ; {
		records := make([]runtime.MemProfileRecord, n+50)
		var ok bool
		if n, ok = runtime.MemProfile(records, true); !ok {
			continue
		}
		found := map[site]int64{}
		for _, r := range records[:n] {
			var s site
			copy(s[:], r.Stack())
			found[s] += r.AllocObjects
		}
		return found
	}
}

func functions(s site) []string {
	pcs := s[:]
	if i := slices.Index(pcs, 0); i >= 0 {
		pcs = pcs[:i]
	}
	var names []string
	for frames := runtime.CallersFrames(pcs); ; {
		f, more := frames.Next()
		names = append(names, f.Function)
		if !more {
			return names
		}
	}
}
