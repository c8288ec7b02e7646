package pgproxy

import (
	"bufio"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// conn is one connection. A goroutine for each direction reads whole messages.
type conn struct {
	proxy  *Proxy
	client net.Conn // our end of a pipe
	server net.Conn
	gone   chan struct{} // closed when the client is
	ended  chan struct{} // closed when the server is
	leave  sync.Once
	lost   bool // nothing that the client sends arrives any more; under proxy.mu

	mu      sync.Mutex // of what follows
	session session
	silent  bool // the client is told nothing any more
}

// clientEnd is the end of the pipe that the client has. To close it is to lose
// the connection, at once.
type clientEnd struct {
	net.Conn
	conn *conn
}

func (e clientEnd) Close() error {
	e.conn.lose()
	return e.Conn.Close()
}

// connect returns a connection that leads to a server's.
func (p *Proxy) connect(server net.Conn) net.Conn {
	ours, theirs := net.Pipe()
	c := &conn{proxy: p, client: ours, server: server, gone: make(chan struct{}), ended: make(chan struct{}), session: newSession()}
	p.mu.Lock()
	p.conns[c] = true
	p.mu.Unlock()
	go c.toServer()
	go c.toClient()
	return clientEnd{theirs, c}
}

// RemoteAddr is the server's: pgx asks there to cancel a statement.
func (e clientEnd) RemoteAddr() net.Addr { return e.conn.server.RemoteAddr() }

func (c *conn) lose() {
	c.proxy.mu.Lock()
	defer c.proxy.mu.Unlock()
	c.lost = true
}

// silence keeps back all that the server says from now on.
func (c *conn) silence() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silent = true
}

func (c *conn) isSilent() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.silent
}

// dismiss closes the client's side: what is under way to it is lost.
func (c *conn) dismiss() {
	c.lose()
	c.leave.Do(func() {
		close(c.gone)
		_ = c.client.Close()
	})
}

// Why a direction ends.
var (
	errCut  = errors.New("pgproxy: the connection is cut")
	errHeld = errors.New("pgproxy: nothing travels in this direction any more")
)

// toServer passes on what the client sends. The server is told the end by half,
// so that it reads everything that was sent before, and its own end can be seen.
func (c *conn) toServer() {
	in := bufio.NewReaderSize(c.client, 64<<10)
	var raw []byte
	for {
		var kind byte
		var err error
		raw, kind, err = readMessage(in, raw, c.session.untyped(ToServer))
		if err != nil {
			break
		}
		if isCancel(raw) {
			// pgx asks the server to cancel what it was busy with when a
			// connection was lost. What becomes of it is a question of time.
			c.dismiss()
			break
		}
		err = c.pass(ToServer, raw, kind, c.server)
		for held := errors.Is(err, errHeld); held; {
			_, kind, err := readMessage(in, nil, false)
			held = err == nil && kind != 'X' // Terminate: the client has given up
		}
		if err != nil {
			break
		}
	}
	c.lose()
	if half, ok := c.server.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	} else {
		_ = c.server.Close()
	}
	_, _ = io.Copy(io.Discard, in) // a client that is not gone may still write
	c.dismiss()
}

// toClient passes on what the server says, and reads it to its end even when
// nobody listens any more.
func (c *conn) toClient() {
	in := bufio.NewReaderSize(c.server, 64<<10)
	var raw []byte
	for {
		var kind byte
		var err error
		raw, kind, err = readMessage(in, raw, false)
		if err != nil || c.pass(ToClient, raw, kind, c.client) != nil {
			break
		}
	}
	_, _ = io.Copy(io.Discard, in)
	_ = c.server.Close()
	c.proxy.mu.Lock()
	delete(c.proxy.conns, c)
	c.proxy.mu.Unlock()
	close(c.ended)
	c.dismiss()
}

// pass has the rule decide about one message, and carries that out.
func (c *conn) pass(to Direction, raw []byte, kind byte, out net.Conn) error {
	if to == ToClient && c.isSilent() {
		return errHeld
	}
	m, visible := c.observe(to, raw, kind)
	if !visible {
		return nil
	}
	v := c.proxy.judge(m)
	if v.Delay > 0 {
		select {
		case <-time.After(v.Delay):
		case <-c.gone:
		}
	}
	if v.Run != "" && m.Runs() {
		raw = c.instead(kind, v.Run)
	}
	if v.End != Stay {
		raw = raw[:min(v.Bytes, len(raw))]
		c.lose()
		c.silence() // before the server has what it would answer
	}
	var err error
	if len(raw) > 0 { // a pipe waits for a reader of nothing, too
		_, err = out.Write(raw)
	}
	switch v.End {
	case Cut:
		if len(v.Tell) > 0 {
			_, _ = c.client.Write(v.Tell)
		}
		c.dismiss()
		err = errCut
	case Hold:
		err = errHeld
	}
	if v.Then != nil {
		v.Then()
	}
	return err
}

// observe notes what a message means for the session. An answer that belongs to
// a message of ours is not visible.
func (c *conn) observe(to Direction, raw []byte, kind byte) (m Message, visible bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &c.session
	m = Message{To: to, Kind: kind, Body: body(raw, kind), Startup: !s.started}
	if to == ToServer {
		m.SQL = s.sent(m)
		visible = true
	} else {
		var done *Traffic
		if visible, done = s.answered(m); done != nil {
			c.proxy.count(*done)
		}
	}
	m.PID = s.pid
	return m, visible
}

// instead returns the messages that run SQL in place of a statement's.
func (c *conn) instead(kind byte, sql string) []byte {
	if kind == 'Q' {
		return encode(nil, &pgproto3.Query{String: sql})
	}
	c.mu.Lock()
	c.session.parsesUnseen()
	c.mu.Unlock()
	return encode(encode(nil, &pgproto3.Parse{Query: sql}), &pgproto3.Bind{})
}

func encode(to []byte, m pgproto3.Message) []byte {
	encoded, err := m.Encode(to)
	if err != nil {
		panic(err) // a message of more than a gigabyte
	}
	return encoded
}
