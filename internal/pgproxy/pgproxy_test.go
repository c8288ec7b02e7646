package pgproxy_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/internal/pgproxy"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// proxied is a pool with one connection, which goes through a proxy, and one
// that does not.
func proxied(t *testing.T, mode pgx.QueryExecMode) (*pgproxy.Proxy, *pgxpool.Pool, *pgxpool.Pool) {
	t.Helper()
	direct := pgtest.Pool(t, "CREATE TABLE item (name text)")
	p, config := pgproxy.New(), direct.Config()
	p.Attach(config.ConnConfig)
	config.MaxConns = 1
	config.ConnConfig.DefaultQueryExecMode = mode
	config.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return p, pool, direct
}

// insert writes two rows in one transaction, and reads them back.
func insert(ctx context.Context, pool *pgxpool.Pool) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue("INSERT INTO item VALUES ($1)", "one")
		b.Queue("INSERT INTO item VALUES ($1)", "two")
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		var name string
		return tx.QueryRow(ctx, "SELECT name FROM item WHERE name = $1", "two").Scan(&name)
	})
}

func items(t *testing.T, pool *pgxpool.Pool) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM item").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func modes() []pgx.QueryExecMode {
	return []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec,
		pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol}
}

// Each statement is replaced by one that raises, whatever the mode and whether
// it was prepared before; the connection is in order afterwards.
func TestRaise(t *testing.T) {
	t.Parallel()
	for _, mode := range modes() {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			p, pool, direct := proxied(t, mode)
			for round := range 2 {
				var statements []string
				for n := 0; ; n++ {
					hit := ""
					p.Set(pgproxy.Statement(n, pgproxy.Verdict{Run: pgproxy.Raise("53100", "it's full")}, func(sql string) { hit = sql }))
					err := insert(t.Context(), pool)
					p.Set(nil)
					if hit == "" {
						if err != nil {
							t.Fatal(err)
						}
						break
					}
					statements = append(statements, hit)
					var pgErr *pgconn.PgError
					if !errors.As(err, &pgErr) || pgErr.Code != "53100" || pgErr.Message != "it's full" {
						t.Errorf("%s: error %v", hit, err)
					}
					if got := items(t, direct); got != 2*round {
						t.Errorf("%s: %d rows", hit, got)
					}
				}
				if len(statements) < 4 || statements[0] != "begin" || statements[len(statements)-1] != "commit" {
					t.Errorf("statements %q", statements)
				}
			}
		})
	}
}

// The message of a statement that succeeds in another's place has an answer that
// the client understands.
func TestRunInstead(t *testing.T) {
	t.Parallel()
	for _, mode := range modes() {
		p, pool, direct := proxied(t, mode)
		for range 2 {
			p.Set(func(m pgproxy.Message) pgproxy.Verdict {
				if m.Runs() && m.SQL != "INSERT INTO item VALUES ('one')" {
					return pgproxy.Verdict{}
				}
				return pgproxy.Verdict{Run: "INSERT INTO item VALUES ('other')"}
			})
			if _, err := pool.Exec(t.Context(), "INSERT INTO item VALUES ('one')", mode); err != nil {
				t.Fatal(err)
			}
			p.Set(nil)
			if _, err := pool.Exec(t.Context(), "INSERT INTO item VALUES ($1)", "third"); err != nil {
				t.Fatal(err)
			}
		}
		var others int
		if err := direct.QueryRow(t.Context(), "SELECT count(*) FROM item WHERE name = 'other'").Scan(&others); err != nil || others != 2 {
			t.Errorf("%v: %d rows, %v", mode, others, err)
		}
	}
}

func TestTerminate(t *testing.T) {
	t.Parallel()
	p, pool, direct := proxied(t, pgx.QueryExecModeCacheStatement)
	for n := range 4 {
		p.Set(pgproxy.Statement(n, pgproxy.Verdict{Run: pgproxy.Terminate}, nil))
		err := insert(t.Context(), pool)
		p.Set(nil)
		p.Settle()
		var pgErr *pgconn.PgError
		if !errors.As(err, &pgErr) || pgErr.Code != "57P01" || items(t, direct) != 0 {
			t.Errorf("statement %d: %v", n, err)
		}
	}
}

// The connection is lost around and within each message, from the first one on;
// what the server does then is done when Settle returns.
func TestCut(t *testing.T) {
	t.Parallel()
	p, pool, direct := proxied(t, pgx.QueryExecModeCacheStatement)
	if err := pool.Ping(t.Context()); err != nil { // a pool makes its first connection in the background
		t.Fatal(err)
	}
	// The pool says goodbye on the old connection in the background, which would
	// be counted with the messages of the new one.
	reset := func() {
		pool.Reset()
		for pool.Stat().TotalConns() > 0 {
			runtime.Gosched()
		}
	}
	reset()
	p.Set(nil)
	if err := insert(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	toServer, toClient := p.Seen()
	points := pgproxy.AroundEach(toServer, toClient)
	points = append(points, pgproxy.Point{To: pgproxy.ToClient, N: math.MaxInt}) // behind everything
	for n := range toServer {
		points = append(points, pgproxy.Point{To: pgproxy.ToServer, N: n, Bytes: 3})
	}
	outcomes := map[string]int{}
	for _, point := range points {
		reset()
		rows := items(t, direct)
		p.Set(point.Cut())
		err := insert(t.Context(), pool)
		p.Set(nil)
		p.Settle()
		outcomes[fmt.Sprintf("%d rows, error %t", items(t, direct)-rows, err != nil)]++
	}
	pool.Close()
	if p.Settle(); p.Open() > 0 {
		t.Errorf("%d connections are open", p.Open())
	}
	want := []string{"0 rows, error true", "2 rows, error true", "2 rows, error false"}
	for _, w := range want {
		if outcomes[w] == 0 {
			t.Errorf("no cut gave %s", w)
		}
		delete(outcomes, w)
	}
	if len(outcomes) > 0 {
		t.Errorf("outcomes %v", outcomes)
	}
	if got := len(points); got < 80 {
		t.Errorf("only %d points", got)
	}
}

func TestHold(t *testing.T) {
	t.Parallel()
	p, pool, direct := proxied(t, pgx.QueryExecModeCacheStatement)
	for _, to := range []pgproxy.Direction{pgproxy.ToServer, pgproxy.ToClient} {
		for n := range 4 {
			ctx, cancel := context.WithCancel(t.Context())
			if err := pool.Ping(ctx); err != nil {
				t.Fatal(err)
			}
			p.Set(pgproxy.Point{To: to, N: n}.At(pgproxy.Verdict{End: pgproxy.Hold, Then: cancel}))
			err := insert(ctx, pool)
			p.Set(nil)
			p.Settle()
			if !errors.Is(err, context.Canceled) || items(t, direct) != 0 {
				t.Errorf("%v, message %d: %v", to, n, err)
			}
			cancel()
		}
	}
}

// A statement that the server has is not answered any more, however long the
// client takes to give up.
func TestHoldKeepsTheAnswerBack(t *testing.T) {
	t.Parallel()
	p, pool, direct := proxied(t, pgx.QueryExecModeCacheStatement)
	if err := pool.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	// "commit" is a whole query: nothing behind it asks for the answer.
	p.Set(func(m pgproxy.Message) pgproxy.Verdict {
		if !m.Runs() || m.SQL != "commit" {
			return pgproxy.Verdict{}
		}
		return pgproxy.Verdict{End: pgproxy.Hold, Bytes: pgproxy.Whole, Then: func() {
			defer cancel()
			for there := false; !there; { // until the server is done with it
				if err := direct.QueryRow(ctx, "SELECT EXISTS (SELECT FROM item)").Scan(&there); err != nil {
					t.Error(err)
					return
				}
			}
		}}
	})
	err := insert(ctx, pool)
	p.Set(nil)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the client read the answer: %v", err)
	}
	p.Settle()
}

func TestTellAndDelay(t *testing.T) {
	t.Parallel()
	p, pool, _ := proxied(t, pgx.QueryExecModeCacheStatement)
	if err := pool.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	const late = 30 * time.Millisecond
	p.Set(pgproxy.Point{To: pgproxy.ToClient, N: 0, Bytes: pgproxy.Whole}.At(pgproxy.Verdict{Delay: late}))
	start := time.Now()
	if _, err := pool.Exec(t.Context(), "SELECT 1"); err != nil || time.Since(start) < late {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	said := pgproxy.ErrorResponse("FATAL", "08P01")
	p.Set(pgproxy.Point{To: pgproxy.ToClient, N: 0}.At(pgproxy.Verdict{End: pgproxy.Cut, Tell: said}))
	_, err := pool.Exec(t.Context(), "SELECT 1")
	var pgErr *pgconn.PgError
	if !errors.As(err, &pgErr) || pgErr.Code != "08P01" {
		t.Errorf("error %v", err)
	}
}

func TestTraffic(t *testing.T) {
	t.Parallel()
	p, pool, _ := proxied(t, pgx.QueryExecModeCacheStatement)
	var got []pgproxy.Traffic
	for range 2 {
		if err := insert(t.Context(), pool); err != nil {
			t.Fatal(err)
		}
		got = append(got, p.TakeTraffic())
	}
	if err := pool.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	got = append(got, p.TakeTraffic())
	want := []pgproxy.Traffic{{Trips: 4, Prepares: 2, Statements: 5}, {Trips: 4, Statements: 5}, {Pings: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
