package testpg

import (
	"context"
	"encoding/binary"
	"net"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Fault makes PostgreSQL refuse one statement, chosen by its number. It works on
// the connection, below pgx: it does not matter whether statements travel one by
// one or many together, and BEGIN and COMMIT count as well. Pass Install to
// [Open]; the zero value refuses nothing.
type Fault struct {
	mu    sync.Mutex
	until int // how many statements it takes to the one to refuse; 0 for none
	hit   bool
}

// Install is a change for [Open].
func (f *Fault) Install(config *pgxpool.Config) {
	config.ConnConfig.AfterNetConnect = func(_ context.Context, _ *pgconn.Config, conn net.Conn) (net.Conn, error) {
		return &faultyConn{Conn: conn, fault: f}, nil
	}
	// A ping is a statement too.
	config.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
}

// At has the n-th statement from now on refused, over all connections, from 1;
// 0 stops that.
func (f *Fault) At(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.until, f.hit = n, false
}

// Hit reports whether the statement of the last call of At was sent.
func (f *Fault) Hit() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hit
}

// next counts a statement, and reports whether it is the one.
func (f *Fault) next() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.until == 0 {
		return false
	}
	f.until--
	f.hit = f.until == 0
	return f.hit
}

// faultyConn is the connection as pgx sees it.
type faultyConn struct {
	net.Conn
	fault   *Fault
	started bool
}

// Write sends p, which holds whole messages: pgx writes no others. The message
// that runs the chosen statement is replaced by one that the server answers with
// an error (PostgreSQL manual, chapter "Frontend/Backend Protocol", Message
// Formats).
func (c *faultyConn) Write(p []byte) (int, error) {
	sent := p
	if c.started {
		sent = c.rewrite(p)
	}
	c.started = true // the first message has no type
	if _, err := c.Conn.Write(sent); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (c *faultyConn) rewrite(p []byte) []byte {
	const header = 5 // the type, and the length of all but the type
	var out []byte
	for len(p) >= header {
		size := 1 + int(binary.BigEndian.Uint32(p[1:header]))
		message := p[:size]
		p = p[size:]
		if replacement := statementFault(message[0]); replacement != nil && c.fault.next() {
			// Neither message is too long to be encoded, the only error.
			message, _ = replacement.Encode(nil)
		}
		out = append(out, message...)
	}
	return append(out, p...)
}

// statementFault returns what to send in the place of a message that runs a
// statement, and nil for the others.
func statementFault(kind byte) pgproto3.FrontendMessage {
	switch kind {
	case 'E':
		return &pgproto3.Execute{Portal: "refused"} // 34000: there is no such portal
	case 'Q':
		return &pgproto3.Query{String: "SELECT 1/0"} // 22012
	default:
		return nil
	}
}
