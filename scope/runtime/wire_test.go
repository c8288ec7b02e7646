package runtime_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pgproxy"
)

// traffic is what went over the connections of a wire since it was last asked.
type traffic struct{ Trips, Prepares int }

// wire is a proxy between the driver and the server.
type wire struct{ *pgproxy.Proxy }

func newWire() wire { return wire{pgproxy.New()} }

// pool connects to the database of another pool, over one connection that goes
// through the wire.
func (w wire) pool(t testing.TB, pool *pgxpool.Pool, mode pgx.QueryExecMode) *pgxpool.Pool {
	t.Helper()
	config := pool.Config()
	config.MaxConns = 1
	config.ConnConfig.DefaultQueryExecMode = mode
	config.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
	w.Attach(config.ConnConfig)
	wired, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(wired.Close)
	return wired
}

func (w wire) take() traffic {
	seen := w.TakeTraffic()
	return traffic{seen.Trips, seen.Prepares}
}

func (w wire) want(t *testing.T, what string, want traffic) {
	t.Helper()
	if diff := cmp.Diff(want, w.take()); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

// exchange is the types of the messages of a flush and of its answer.
type exchange struct{ sent, answer []byte }

// watch notes what travels from now on.
func (w wire) watch() *exchange {
	e := &exchange{}
	w.Set(func(m pgproxy.Message) pgproxy.Verdict {
		if m.To == pgproxy.ToServer {
			e.sent = append(e.sent, m.Kind)
		} else {
			e.answer = append(e.answer, m.Kind)
		}
		return pgproxy.Verdict{}
	})
	return e
}
