package runtime_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope/runtime"
)

// A flush whose statements and answers are both larger than what fits into the
// buffers of the sockets comes to an end: the server stops reading while it cannot
// get rid of its answers, so the client has to read while it still writes.
func TestFlushThatFillsTheSocketsEnds(t *testing.T) {
	t.Parallel()
	var seen overlap
	pool := narrowPool(t, notesDB(t), &seen)
	// One part of the flush is below 16 MiB, and a socket holds some 200 KiB.
	const notes, size = 3000, 5 << 10
	body := strings.Repeat("x", size)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // only if it hangs
	defer cancel()
	err := single(ctx, runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
		f := op.Flush()
		for i := range notes {
			f.Do(runtime.Step{Name: "note"}, func(ctx context.Context) error {
				var id, got string
				if err := op.QueryRow(ctx, insertNote, fmt.Sprintf("note %d", i), body).Scan(&id, &got); err != nil {
					return err
				}
				if got != body {
					return fmt.Errorf("%s has a body of %d bytes", id, len(got))
				}
				return nil
			})
		}
		return f.Send(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	// Otherwise this would not be the case that it is meant to be.
	if read := seen.bytes.Load(); read < notes*size/4 {
		t.Errorf("%d bytes were read while a write was under way, want a good part of %d", read, notes*size)
	}
	var n int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM notes").Scan(&n); err != nil || n != notes {
		t.Errorf("%d notes, error %v; want %d", n, err, notes)
	}
}

// overlap counts what is read while a write is under way.
type overlap struct{ bytes atomic.Int64 }

// narrowPool connects to the database of another pool, with the smallest socket
// buffers that the system has.
func narrowPool(t *testing.T, pool *pgxpool.Pool, seen *overlap) *pgxpool.Pool {
	t.Helper()
	config := pool.Config()
	config.MaxConns = 1
	dial := config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		buffers, ok := conn.(interface {
			SetReadBuffer(bytes int) error
			SetWriteBuffer(bytes int) error
		})
		if !ok {
			return nil, fmt.Errorf("the buffers of a %T cannot be set", conn)
		}
		const least = 1
		if err := buffers.SetReadBuffer(least); err != nil {
			return nil, err
		}
		if err := buffers.SetWriteBuffer(least); err != nil {
			return nil, err
		}
		return &watchedConn{Conn: conn, seen: seen}, nil
	}
	narrow, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(narrow.Close)
	return narrow
}

// watchedConn knows whether it is read while it is written.
type watchedConn struct {
	net.Conn
	seen    *overlap
	writing atomic.Bool
}

func (c *watchedConn) Write(b []byte) (int, error) {
	c.writing.Store(true)
	defer c.writing.Store(false)
	return c.Conn.Write(b)
}

func (c *watchedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.writing.Load() {
		c.seen.bytes.Add(int64(n))
	}
	return n, err
}
