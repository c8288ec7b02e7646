package scope_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// traffic is what went over the connections of a wire since it was last asked.
// A round trip is: the client sends after it has read ReadyForQuery. Those that
// only prepare or deallocate statements, and a pool's pings, are counted apart.
type traffic struct{ Trips, Prepares, Pings int }

// wire stands between the driver and the server. It counts, and it can cut.
type wire struct {
	mu    sync.Mutex
	seen  traffic
	armed *cut // for the next round trip
}

// cut says what goes wrong with one round trip. The zero value loses the
// connection before a byte is written.
type cut struct {
	write  int           // bytes that reach the server; -1 for all
	read   int           // bytes of the answer that are read; -1 for all
	inject []byte        // read behind these, in place of the rest
	hold   bool          // then nothing is read until a deadline is set, instead of the end
	onHold func()        // called when the driver waits
	answer *bytes.Buffer // gets what the server said, if not nil
	sent   *bytes.Buffer // gets what the client sent, if not nil
}

// pool connects to the database of another pool, over one connection.
func (w *wire) pool(t testing.TB, pool *pgxpool.Pool, mode pgx.QueryExecMode) *pgxpool.Pool {
	t.Helper()
	config := pool.Config()
	config.MaxConns = 1
	config.ConnConfig.DefaultQueryExecMode = mode
	config.ConnConfig.RuntimeParams["application_name"] = "wire"
	dial := config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &wireConn{Conn: conn, wire: w, expired: make(chan struct{})}, nil
	}
	wired, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(wired.Close)
	return wired
}

func (w *wire) take() traffic {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.seen
	w.seen = traffic{}
	return seen
}

func (w *wire) want(t *testing.T, what string, want traffic) {
	t.Helper()
	got := w.take()
	got.Pings = 0 // depends on the time
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

// arm has the next round trip go wrong.
func (w *wire) arm(c cut) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = &c
}

// wireConn is one connection of a wire.
type wireConn struct {
	net.Conn
	wire *wire

	mu      sync.Mutex
	parser  []byte // of the server's messages: what was read of the next one
	ready   bool   // ReadyForQuery was read, and nothing sent since
	cut     *cut   // in force
	failed  bool
	expire  sync.Once
	expired chan struct{}
}

func (c *wireConn) Write(b []byte) (int, error) {
	n, done, err := c.meet(b)
	if done {
		return n, err
	}
	return c.Conn.Write(b) // not under the lock: the driver may have to read meanwhile
}

// meet counts, and does what the cut says, if there is one.
func (c *wireConn) meet(b []byte) (n int, done bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(b) == 16 && binary.BigEndian.Uint32(b[4:]) == 80877102 {
		// pgx asks the server to cancel what it was busy with when the
		// connection was lost. What became of it then is a question of time.
		return len(b), true, c.Conn.Close()
	}
	if !c.ready {
		return 0, false, nil
	}
	c.ready = false
	c.wire.mu.Lock()
	switch kinds := messageKinds(b); {
	case bytes.Contains(b, []byte("-- ping")):
		c.wire.seen.Pings++
	case bytes.ContainsAny(kinds, "EQd"):
		c.wire.seen.Trips++
		c.cut, c.wire.armed = c.wire.armed, nil
	default:
		c.wire.seen.Prepares++
	}
	c.wire.mu.Unlock()
	if c.cut == nil {
		return 0, false, nil
	}
	if c.cut.sent != nil {
		c.cut.sent.Write(b)
	}
	if c.cut.write < 0 || c.cut.write >= len(b) {
		n, err := c.Conn.Write(b)
		if err == nil && (c.cut.read >= 0 || c.cut.hold) {
			c.cut.read = max(c.cut.read, 0)
			err = c.readAll()
		}
		return n, true, err
	}
	n, _ = c.Conn.Write(b[:c.cut.write])
	c.failed = true
	_ = c.Conn.Close()
	return n, true, net.ErrClosed
}

// readAll waits for the whole answer, so that its end is not a question of time,
// and keeps as much of it as is to be read.
func (c *wireConn) readAll() error {
	var answer []byte
	buf := make([]byte, 4096)
	for !bytes.HasSuffix(answer, []byte{'Z', 0, 0, 0, 5, 'I'}) && !bytes.HasSuffix(answer, []byte{'Z', 0, 0, 0, 5, 'E'}) && !bytes.HasSuffix(answer, []byte{'Z', 0, 0, 0, 5, 'T'}) {
		n, err := c.Conn.Read(buf)
		if err != nil {
			return err
		}
		answer = append(answer, buf[:n]...)
	}
	c.parser = append(answer[:min(c.cut.read, len(answer)):min(c.cut.read, len(answer))], c.cut.inject...)
	return nil
}

func (c *wireConn) Read(b []byte) (int, error) {
	c.mu.Lock()
	cutting, kept, failed := c.cut, c.parser, c.failed
	if cutting != nil && cutting.read >= 0 {
		if len(kept) > 0 {
			n := copy(b, kept)
			c.parser = kept[n:]
			c.mu.Unlock()
			return n, nil
		}
		c.mu.Unlock()
		if cutting.hold && !failed {
			if cutting.onHold != nil {
				cutting.onHold()
			}
			<-c.expired
			return 0, os.ErrDeadlineExceeded
		}
		_ = c.Conn.Close()
		return 0, io.EOF
	}
	c.mu.Unlock()
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut != nil && c.cut.answer != nil {
		c.cut.answer.Write(b[:n])
	}
	c.parse(b[:n])
	return n, err
}

// parse follows the server's messages: a kind, a length that counts itself, and
// the rest.
func (c *wireConn) parse(b []byte) {
	c.parser = append(c.parser, b...)
	for len(c.parser) >= 5 {
		length := 1 + int(binary.BigEndian.Uint32(c.parser[1:]))
		if len(c.parser) < length {
			return
		}
		c.ready = c.parser[0] == 'Z'
		c.parser = c.parser[length:]
	}
}

func (c *wireConn) SetDeadline(at time.Time) error {
	if !at.IsZero() {
		c.expire.Do(func() { close(c.expired) })
	}
	return c.Conn.SetDeadline(at)
}

// messageKinds returns the first byte of each message.
func messageKinds(b []byte) []byte {
	var kinds []byte
	at := 0
	for _, end := range boundaries(b) {
		kinds = append(kinds, b[at])
		at = end
	}
	return kinds
}

// boundaries returns where each message of b ends.
func boundaries(b []byte) []int {
	var ends []int
	for at := 0; at+5 <= len(b); {
		at += 1 + int(binary.BigEndian.Uint32(b[at+1:]))
		ends = append(ends, at)
	}
	return ends
}
