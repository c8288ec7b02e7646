package runtime_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// rollbackLimit is a tracer that notes how much time ROLLBACK is given.
type rollbackLimit struct{ limit time.Duration }

func (r *rollbackLimit) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	if deadline, ok := ctx.Deadline(); ok && q.SQL == "ROLLBACK" {
		r.limit = time.Until(deadline)
	}
	return ctx
}

func (r *rollbackLimit) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestWithRollbackTimeout(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		option          time.Duration
		atLeast, atMost time.Duration
	}{
		{time.Hour, time.Minute, time.Hour},
		{0, time.Nanosecond, 5 * time.Second},
		{-time.Hour, time.Nanosecond, 5 * time.Second},
	} {
		t.Run(tc.option.String(), func(t *testing.T) {
			t.Parallel()
			config := newDB(t).Config()
			traced := &rollbackLimit{}
			config.ConnConfig.Tracer = traced
			pool, err := pgxpool.NewWithConfig(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			ctx, cancel := context.WithCancel(t.Context())
			err = create(ctx, runtime.NewRunner(pool, scope.WithRollbackTimeout(tc.option)), func(ctx context.Context, op *runtime.Op) error {
				if err := insertItem(ctx, op, "a"); err != nil {
					return err
				}
				cancel() // ROLLBACK is sent all the same
				return ctx.Err()
			})
			if err != context.Canceled || traced.limit < tc.atLeast || traced.limit > tc.atMost {
				t.Errorf("ROLLBACK may take %v, error %v", traced.limit, err)
			}
			wantItems(t, pool, 0)
		})
	}
}

// deafConn gets no answer to ROLLBACK, until the driver gives up.
type deafConn struct {
	net.Conn
	mu      sync.Mutex
	deaf    bool
	expire  sync.Once
	expired chan struct{}
}

func (c *deafConn) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("ROLLBACK\x00")) {
		c.mu.Lock()
		c.deaf = true
		c.mu.Unlock()
		return len(b), nil
	}
	return c.Conn.Write(b)
}

func (c *deafConn) isDeaf() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.deaf
}

func (c *deafConn) Read(b []byte) (int, error) {
	if c.isDeaf() {
		<-c.expired
		return 0, os.ErrDeadlineExceeded
	}
	return c.Conn.Read(b)
}

func (c *deafConn) SetDeadline(at time.Time) error {
	if c.isDeaf() && !at.IsZero() {
		c.expire.Do(func() { close(c.expired) })
	}
	return c.Conn.SetDeadline(at)
}

// A server that does not answer ROLLBACK holds nobody up: the connection is
// closed, which rolls back.
func TestRollbackThatIsNotAnswered(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	config := pool.Config()
	dial := config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		return &deafConn{Conn: conn, expired: make(chan struct{})}, err
	}
	config.MaxConns = 1
	deaf, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(deaf.Close)
	err = create(t.Context(), runtime.NewRunner(deaf, scope.WithRollbackTimeout(time.Millisecond)), func(ctx context.Context, op *runtime.Op) error {
		if err := insertItem(ctx, op, "a"); err != nil {
			return err
		}
		return errCustom
	})
	if err != errCustom {
		t.Errorf("error %v", err)
	}
	// The pool has room again, and the name is free once the server has noticed.
	if err := create(t.Context(), runtime.NewRunner(deaf), func(ctx context.Context, op *runtime.Op) error {
		return insertItem(ctx, op, "a")
	}); err != nil {
		t.Error(err)
	}
	wantItems(t, pool, 1)
}
