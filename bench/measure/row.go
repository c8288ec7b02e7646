package measure

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
	"time"
)

// Row is one line of the results. Its keys in JSON are these and no others.
type Row struct {
	Workload   string  `json:"workload"`
	Impl       string  `json:"impl"`
	RTT        float64 `json:"rtt_ms"`
	RoundTrips int     `json:"round_trips"`
	Statements int     `json:"statements"`
	P50        int64   `json:"p50_us"`
	P99        int64   `json:"p99_us"`
	Ratio      float64 `json:"ratio"` // of P50 to that of the limit; 0 without a limit
}

// Rows sums the samples up. A peer that was left out has none.
func Rows(samples []Sample) []Row {
	rows := make([]Row, 0, len(samples))
	for _, s := range samples {
		if len(s.Times) == 0 {
			continue
		}
		row := Row{
			Workload: s.Workload, Impl: s.Impl, RTT: float64(s.RTT) / float64(time.Millisecond),
			RoundTrips: s.Wire.RoundTrips, Statements: s.Wire.Statements,
			P50: percentile(s.Times, 50).Microseconds(), P99: percentile(s.Times, 99).Microseconds(),
		}
		i := slices.IndexFunc(samples, func(o Sample) bool { return o.Workload == s.Workload && o.RTT == s.RTT && hasLimit(&o) })
		if i >= 0 {
			ratio := float64(percentile(s.Times, 50)) / float64(percentile(samples[i].Times, 50))
			row.Ratio = math.Round(ratio*100) / 100
		}
		rows = append(rows, row)
	}
	return rows
}

// percentile is the smallest time that p percent of the times do not exceed.
func percentile(times []time.Duration, p int) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[max((len(sorted)*p+99)/100, 1)-1]
}

// WriteJSON writes one array of the rows.
func WriteJSON(w io.Writer, rows []Row) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(rows)
}

// WriteTable writes the rows for people, with a blank line between measurements
// that do not compare.
func WriteTable(w io.Writer, rows []Row) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "workload\timpl\trtt_ms\tround_trips\tstatements\tp50_us\tp99_us\tratio\t")
	for i, r := range rows {
		if i > 0 && (r.Workload != rows[i-1].Workload || r.RTT != rows[i-1].RTT) {
			fmt.Fprintln(out, "\t\t\t\t\t\t\t\t")
		}
		fmt.Fprintf(out, "%s\t%s\t%g\t%d\t%d\t%d\t%d\t%.2f\t\n", r.Workload, r.Impl, r.RTT, r.RoundTrips, r.Statements, r.P50, r.P99, r.Ratio)
	}
	return out.Flush()
}
