package scope_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"sync"
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
)

// cuttingPool connects to the database of pool over connections on which COMMIT
// goes wrong. onCommit, if any, is called when COMMIT has been written.
func cuttingPool(t *testing.T, pool *pgxpool.Pool, how atCommit, onCommit func()) *pgxpool.Pool {
	t.Helper()
	config := pool.Config()
	dial := config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &cuttingConn{Conn: conn, how: how, onCommit: onCommit, expired: make(chan struct{})}, nil
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
	how      atCommit
	onCommit func()

	mu        sync.Mutex
	committed bool // COMMIT was written
	answered  bool // and what is read in its place was given
	expire    sync.Once
	expired   chan struct{} // closed when a deadline is set after COMMIT
}

func (c *cuttingConn) Write(b []byte) (int, error) {
	if b[0] != 'Q' || !bytes.HasSuffix(bytes.ToLower(b), []byte("commit\x00")) {
		return c.Conn.Write(b)
	}
	c.mu.Lock()
	c.committed = true
	c.mu.Unlock()
	if c.how == loseCommit {
		return len(b), c.Conn.Close()
	}
	n, err := c.Conn.Write(b)
	if err == nil && c.how != holdAnswer {
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
	committed, answered := c.committed, c.answered
	c.answered = committed
	c.mu.Unlock()
	if !committed {
		return c.Conn.Read(b)
	}
	code := map[atCommit]string{proxyError: "08P01", unknownCode: "40003"}[c.how]
	switch {
	case c.how == holdAnswer:
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
	committed := c.committed
	c.mu.Unlock()
	if committed && !at.IsZero() {
		c.expire.Do(func() { close(c.expired) })
	}
	return c.Conn.SetDeadline(at)
}
