package wire

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// dial connects through a proxy of its own.
func dial(t *testing.T) (*Proxy, *pgx.Conn) {
	t.Helper()
	config, err := pgx.ParseConfig(pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := Listen(pgconn.NetworkAddress(config.Host, config.Port))
	if err != nil {
		t.Fatal(err)
	}
	config.Host, config.Port, config.TLSConfig, config.Fallbacks = "127.0.0.1", proxy.Port(), nil, nil
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close(context.Background()) // the proxy is closed in any case
		if err := proxy.Close(); err != nil {
			t.Errorf("closing the proxy: %v", err)
		}
	})
	return proxy, conn
}

func TestCounts(t *testing.T) {
	t.Parallel()
	proxy, conn := dial(t)
	exec := func(sql string) func() error {
		return func() error { _, err := conn.Exec(t.Context(), sql); return err }
	}
	batch := func() error {
		b := &pgx.Batch{}
		b.Queue("BEGIN")
		for range 1000 {
			b.Queue("SELECT 1::int8")
		}
		b.Queue("COMMIT")
		return conn.SendBatch(t.Context(), b).Close()
	}
	for _, tc := range []struct {
		does string
		do   func() error
		want Counts
	}{
		{"nothing", func() error { return nil }, Counts{}},
		{"a ping", func() error { return conn.Ping(t.Context()) }, Counts{Pings: 1}},
		{"a simple statement", exec("BEGIN"), Counts{RoundTrips: 1, Statements: 1}},
		{"its end", exec("COMMIT"), Counts{RoundTrips: 1, Statements: 1}},
		{"a statement for the first time", func() error { return conn.QueryRow(t.Context(), "SELECT $1::int4", 1).Scan(nil) },
			Counts{RoundTrips: 1, Statements: 1, Prepares: 1}},
		{"it again", func() error { return conn.QueryRow(t.Context(), "SELECT $1::int4", 1).Scan(nil) }, Counts{RoundTrips: 1, Statements: 1}},
		{"a batch for the first time", batch, Counts{RoundTrips: 1, Statements: 1002, Prepares: 1}},
		{"it again", batch, Counts{RoundTrips: 1, Statements: 1002}},
	} {
		before := proxy.Counts()
		if err := tc.do(); err != nil {
			t.Fatalf("%s: %v", tc.does, err)
		}
		if diff := cmp.Diff(tc.want, proxy.Counts().Sub(before)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.does, diff)
		}
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()
	proxy, conn := dial(t)
	const rtt = 20 * time.Millisecond
	proxy.SetRoundTripTime(rtt)
	began := time.Now()
	if err := conn.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < rtt {
		t.Errorf("a round trip took %v, less than the %v that were asked for", took, rtt)
	}
}

// However a stream is cut, the messages in it are the same.
func TestMessagesInPieces(t *testing.T) {
	t.Parallel()
	stream := []byte("\x00\x00\x00\x08auth" + "S\x00\x00\x00\x04" + "Q\x00\x00\x00\x0c-- ping\x00" + "D\x00\x00\x00\x1f" +
		"a body that is not kept whol" + "Z\x00\x00\x00\x05I")
	stream[8+5+13+4] = byte(4 + len("a body that is not kept whol"))
	want := []string{"S", "Q-- ping\x00", "Da body that is n", "ZI"}
	for size := 1; size <= len(stream); size++ {
		m := messages{untyped: true}
		var got []string
		for rest := stream; len(rest) > 0; {
			n := min(size, len(rest))
			m.feed(rest[:n], func(kind byte, body []byte) { got = append(got, string(kind)+string(body)) })
			rest = rest[n:]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("in pieces of %d bytes (-want +got):\n%s", size, diff)
		}
	}
}
