package main

import (
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCommandLine(t *testing.T) {
	t.Parallel()
	type want struct {
		RTTs      []time.Duration
		JSON      bool
		Workloads int
	}
	for _, tc := range []struct {
		args []string
		want want
	}{
		{nil, want{[]time.Duration{0, time.Millisecond, 5 * time.Millisecond}, false, 5}},
		{[]string{"-quick"}, want{[]time.Duration{0, time.Millisecond}, false, 5}},
		{[]string{"-quick", "-rtt", "0,2ms", "-format", "json"}, want{[]time.Duration{0, 2 * time.Millisecond}, true, 5}},
		{[]string{"-workload", "purge,create"}, want{[]time.Duration{0, time.Millisecond, 5 * time.Millisecond}, false, 2}},
	} {
		o, err := parse(tc.args, io.Discard)
		if err != nil {
			t.Errorf("%q: %v", tc.args, err)
			continue
		}
		if diff := cmp.Diff(tc.want, want{o.rtts, o.json, len(o.workloads)}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tc.args, diff)
		}
	}
	for _, args := range [][]string{{"-rtt", "1"}, {"-rtt", "-1ms"}, {"-format", "csv"}, {"-n", "-1"}, {"-workload", "make"}, {"more"}} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
