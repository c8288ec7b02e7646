package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/bench/measure"
	"github.com/specgen-dev/specgen/bench/peer"
	"github.com/specgen-dev/specgen/bench/wire"
	"github.com/specgen-dev/specgen/bench/workload"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// open has the peers on databases of the test's own.
func open(t testing.TB, kinds []peer.Kind) *measure.Bench {
	t.Helper()
	b, err := measure.Open(t.Context(), pgtest.Server(t), kinds)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(context.Background()); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return b
}

func workloadNamed(t testing.TB, name string) *workload.Workload {
	t.Helper()
	found, err := chosen(name)
	if err != nil {
		t.Fatal(err)
	}
	return &found[0]
}

// Run itself fails when two peers leave different values behind, and when a peer
// needs more round trips in one run than in another.
func TestRoundTripsOnTheWire(t *testing.T) {
	t.Parallel()
	b := open(t, peer.Kinds())
	type trips struct{ RoundTrips, Statements int }
	arrays, grouped, orm, alone := trips{2, 9}, trips{8, 8}, trips{9, 9}, trips{1, 1}
	for _, tc := range []struct {
		workload string
		want     map[string]trips
	}{
		{"create", map[string]trips{
			"specgen": arrays, "specgen-rows": {2, 102}, "sqlc-loop": {102, 102}, "sqlc-bulk": grouped, "gorm": orm, "bun": orm, "limit": alone,
		}},
		{"create-large", map[string]trips{
			"specgen": arrays, "specgen-rows": {2, 2046}, "sqlc-loop": {2046, 2046}, "sqlc-bulk": grouped, "gorm": orm, "bun": orm, "limit": alone,
		}},
		{"purge", map[string]trips{
			"specgen": {1, 7}, "specgen-rows": {1, 7}, "sqlc-loop": {7, 7}, "sqlc-bulk": {7, 7}, "gorm": {7, 7}, "bun": {7, 7}, "limit": alone,
		}},
		{"small bulk", map[string]trips{
			// Five domains, and for each of ten projects its row and its association.
			"specgen": {2, 22}, "specgen-rows": {2, 988}, "sqlc-loop": {1002, 1002}, "sqlc-bulk": {62, 62},
			"sqlc-array": grouped, "gorm": orm, "bun": orm, "limit": {7, 8},
		}},
	} {
		w := workloadNamed(t, "bulk").Warm
		if tc.workload != w.Name {
			w = workloadNamed(t, tc.workload)
		}
		samples, err := b.Run(t.Context(), w, atOnce(), measure.Effort{Rounds: 2})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]trips{}
		for _, row := range measure.Rows(samples) {
			got[row.Impl] = trips{row.RoundTrips, row.Statements}
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.workload, diff)
		}
		for _, s := range samples {
			if s.Extra.Pings+s.Extra.Prepares > 0 {
				t.Errorf("%s: %s sent %d pings and %d prepares in its steady state", tc.workload, s.Impl, s.Extra.Pings, s.Extra.Prepares)
			}
		}
	}
}

// However many projects there are, the round trips are those of a few, and with
// array queries the statements but for the row of each project, too.
func TestBulkTakesTheRoundTripsOfAFew(t *testing.T) {
	t.Parallel()
	kinds := slices.DeleteFunc(peer.Kinds(), func(k peer.Kind) bool { return k.Name != "specgen" && k.Name != peer.Limit })
	samples, err := open(t, kinds).Run(t.Context(), workloadNamed(t, "bulk"), atOnce(), measure.Effort{Rounds: 1})
	if err != nil {
		t.Fatal(err)
	}
	want := wire.Counts{RoundTrips: 2, Statements: 1012}
	if diff := cmp.Diff(want, samples[0].Wire); diff != "" {
		t.Errorf("%s (-want +got):\n%s", samples[0].Impl, diff)
	}
}

// In a hurry the slow peers are left out, and the others are measured.
func TestSlowPeersAreLeftOutInAHurry(t *testing.T) {
	t.Parallel()
	kinds := slices.DeleteFunc(peer.Kinds(), func(k peer.Kind) bool { return k.Name == "bun" || k.Name == "gorm" })
	w := *workloadNamed(t, "bulk").Warm
	samples, err := open(t, kinds).Run(t.Context(), &w, atOnce(), measure.Effort{Rounds: 1, Brief: true, Until: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	var measured, left []string
	for _, s := range samples {
		if len(s.Times) > 0 {
			measured = append(measured, s.Impl)
		} else {
			left = append(left, s.Impl)
		}
	}
	if diff := cmp.Diff([]string{"specgen", "specgen-rows", "limit"}, measured); diff != "" {
		t.Errorf("measured (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"sqlc-loop", "sqlc-bulk", "sqlc-array"}, left); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	if rows := measure.Rows(samples); len(rows) != len(measured) {
		t.Errorf("%d rows of results, want %d", len(rows), len(measured))
	}
}

// forgetful is a peer that drops one value.
type forgetful struct{ peer.Peer }

func (f forgetful) CreateProject(ctx context.Context, p peer.Project) error {
	p.Description = nil
	return f.Peer.CreateProject(ctx, p)
}

func TestPeerThatWritesOtherValuesFailsTheRun(t *testing.T) {
	t.Parallel()
	kinds := peer.Kinds()
	limit := kinds[slices.IndexFunc(kinds, func(k peer.Kind) bool { return k.Name == peer.Limit })]
	wrong := peer.Kind{Name: "forgetful", Open: func(ctx context.Context, config *pgx.ConnConfig) (peer.Peer, error) {
		p, err := limit.Open(ctx, config)
		return forgetful{p}, err
	}}
	b := open(t, []peer.Kind{wrong, limit})
	_, err := b.Run(t.Context(), workloadNamed(t, "create"), atOnce(), measure.Effort{Rounds: 1})
	if err == nil || !strings.Contains(err.Error(), "forgetful") || !strings.Contains(err.Error(), "projects") {
		t.Errorf("the run ended with %v; want an error that names the peer and the table", err)
	}
}

func TestRowsHaveTheKeysThatAreDocumented(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := measure.WriteJSON(&out, []measure.Row{{Workload: "create", Impl: "specgen", RTT: 0.5, RoundTrips: 2}}); err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	if err := json.Unmarshal(out.Bytes(), &rows); err != nil {
		t.Fatal(err)
	}
	want := []string{"impl", "p50_us", "p99_us", "ratio", "round_trips", "rtt_ms", "statements", "workload"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(rows[0]))); diff != "" {
		t.Errorf("the keys (-want +got):\n%s", diff)
	}
}

// BenchmarkPeers is for profiles and allocations. There is no proxy, and the peers
// do not take turns: compare times by the command.
//
//	go test -run '^$' -bench 'Peers/create/specgen' -cpuprofile cpu.out .
func BenchmarkPeers(b *testing.B) {
	for _, name := range []string{"create", "create-large", "purge", "bulk"} {
		w := workloadNamed(b, name)
		for _, kind := range peer.Kinds() {
			if !w.Takes(&kind) {
				continue
			}
			b.Run(name+"/"+kind.Name, func(b *testing.B) {
				p, conn := direct(b, kind)
				if err := w.Reset(b.Context(), conn); err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					if w.Prepare != nil {
						b.StopTimer()
						if err := w.Prepare(b.Context(), conn, i); err != nil {
							b.Fatal(err)
						}
						b.StartTimer()
					}
					if err := w.Run(b.Context(), p, i); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// direct opens a peer without a proxy, and a connection beside it.
func direct(b *testing.B, kind peer.Kind) (peer.Peer, *pgx.Conn) {
	b.Helper()
	ddl, err := workload.Schema()
	if err != nil {
		b.Fatal(err)
	}
	config, err := pgx.ParseConfig(pgtest.URL(b, ddl...))
	if err != nil {
		b.Fatal(err)
	}
	conn, err := pgx.ConnectConfig(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close(context.Background()) }) // nothing is under way
	p, err := kind.Open(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(p.Close)
	return p, conn
}

// atOnce is a network without a delay.
func atOnce() []time.Duration { return []time.Duration{0} }
