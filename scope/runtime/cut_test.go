package runtime_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgxpool"
)

// atCommit says what happens to the COMMIT that a client sends.
type atCommit int

const (
	loseCommit  atCommit = iota + 1 // the server never gets it, and the connection is lost
	loseAnswer                      // the server gets it and answers, and the connection is lost
	holdAnswer                      // the answer does not arrive until the driver gives up
	proxyError                      // the server gets it and answers, and a proxy says that it lost the server
	unknownCode                     // the same, with 40003 statement_completion_unknown
	leaveAlone                      // the server gets it, and the connection is lost before it answers
	deliverLate                     // the connection is lost, and the server gets it when onCommit says so
)

// cuttingPool connects to the database of pool over connections on which COMMIT
// goes wrong. onCommit, if any, is called when COMMIT has been written.
func cuttingPool(t *testing.T, pool *pgxpool.Pool, how atCommit, onCommit func()) *pgxpool.Pool {
	t.Helper()
	return cuttingPools(t, pool, onCommit, func(int) atCommit { return how })
}

// cuttingPools is cuttingPool with another fault for each COMMIT, counted from 1;
// 0 is none.
func cuttingPools(t *testing.T, pool *pgxpool.Pool, onCommit func(), how func(n int) atCommit) *pgxpool.Pool {
	t.Helper()
	var commits atomic.Int64
	config := pool.Config()
	dial := config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		next := func() atCommit { return how(int(commits.Add(1))) }
		return &cuttingConn{Conn: conn, next: next, onCommit: onCommit, expired: make(chan struct{})}, nil
	}
	cutting, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cutting.Close)
	return cutting
}

// cuttingConn stands between the driver and the server. It sees whole messages:
// the driver writes a simple query with one call.
type cuttingConn struct {
	net.Conn
	next     func() atCommit
	onCommit func()

	mu        sync.Mutex
	how       atCommit
	committed bool // COMMIT was written
	answered  bool // and what is read in its place was given
	expire    sync.Once
	expired   chan struct{} // closed when a deadline is set after COMMIT
}

func (c *cuttingConn) Write(b []byte) (int, error) {
	// A request to cancel comes on a connection of its own, and gets lost too
	// (PostgreSQL manual, section "Message Formats", CancelRequest).
	if len(b) == 16 && binary.BigEndian.Uint32(b[4:]) == 80877102 {
		return len(b), c.Conn.Close()
	}
	c.mu.Lock()
	late := c.how == deliverLate
	c.mu.Unlock()
	if late {
		return len(b), nil // Terminate
	}
	if b[0] != 'Q' || !bytes.HasSuffix(bytes.ToLower(b), []byte("commit\x00")) {
		return c.Conn.Write(b)
	}
	how := c.next()
	if how == 0 {
		return c.Conn.Write(b)
	}
	c.mu.Lock()
	c.committed, c.how = true, how
	c.mu.Unlock()
	if how == loseCommit {
		return len(b), c.Conn.Close()
	}
	if how == deliverLate {
		late := bytes.Clone(b) // the driver's buffer
		go func() {
			c.onCommit()
			_ = c.Conn.SetDeadline(time.Time{}) // the driver's, which has given up
			_, _ = c.Conn.Write(late)
			_ = c.readAnswer()
			_ = c.Conn.Close()
		}()
		return len(b), nil
	}
	n, err := c.Conn.Write(b)
	if err == nil && how != holdAnswer && how != leaveAlone {
		err = c.readAnswer()
	}
	if c.onCommit != nil {
		c.onCommit()
	}
	return n, err
}

// readAnswer waits until the server has committed: its answer to a simple query
// ends with ReadyForQuery, 'Z', a length of 5 and 'I' for idle.
func (c *cuttingConn) readAnswer() error {
	var answer []byte
	buf := make([]byte, 1024)
	for !bytes.HasSuffix(answer, []byte{'Z', 0, 0, 0, 5, 'I'}) {
		n, err := c.Conn.Read(buf)
		if err != nil {
			return err
		}
		answer = append(answer, buf[:n]...)
	}
	return nil
}

func (c *cuttingConn) Read(b []byte) (int, error) {
	c.mu.Lock()
	committed, answered, how := c.committed, c.answered, c.how
	c.answered = committed
	c.mu.Unlock()
	if !committed {
		return c.Conn.Read(b)
	}
	code := map[atCommit]string{proxyError: "08P01", unknownCode: "40003"}[how]
	switch {
	case how == holdAnswer:
		<-c.expired
		return 0, os.ErrDeadlineExceeded
	case code != "" && !answered:
		msg := &pgproto3.ErrorResponse{Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: code, Message: "server conn crashed?"}
		encoded, err := msg.Encode(nil)
		return copy(b, encoded), err
	default:
		return 0, io.EOF
	}
}

func (c *cuttingConn) SetDeadline(at time.Time) error {
	c.mu.Lock()
	committed, late := c.committed, c.how == deliverLate
	c.mu.Unlock()
	if late {
		return nil
	}
	if committed && !at.IsZero() {
		c.expire.Do(func() { close(c.expired) })
	}
	return c.Conn.SetDeadline(at)
}

// Close leaves the connection to the late COMMIT.
func (c *cuttingConn) Close() error {
	c.mu.Lock()
	late := c.how == deliverLate
	c.mu.Unlock()
	if late {
		return nil
	}
	return c.Conn.Close()
}
