// Package wire puts a network between a client and PostgreSQL: a proxy that holds
// back what travels, and counts the round trips.
package wire

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// pieceSize is how much the proxy reads at once.
const pieceSize = 64 << 10

// Proxy listens on the loopback interface and passes connections on to a server.
// It does not speak TLS.
type Proxy struct {
	network, address string
	listener         net.Listener
	delay            atomic.Int64 // of one direction
	counter          counter
	group            sync.WaitGroup

	mu     sync.Mutex
	closed bool
	open   map[net.Conn]bool
}

// Listen starts a proxy for the server at an address, without a delay.
func Listen(network, address string) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the proxy: %w", err)
	}
	p := &Proxy{network: network, address: address, listener: listener, open: map[net.Conn]bool{}}
	p.group.Go(p.accept)
	return p, nil
}

// Port is where the proxy listens on 127.0.0.1.
func (p *Proxy) Port() uint16 { return p.listener.Addr().(*net.TCPAddr).AddrPort().Port() }

// SetRoundTripTime has what is sent from now on arrive later, each direction by
// half of rtt. What is sent together arrives together: the bandwidth is not
// limited.
func (p *Proxy) SetRoundTripTime(rtt time.Duration) { p.delay.Store(int64(rtt / 2)) }

// Counts returns what has travelled so far. What the client has read the answer
// of is included.
func (p *Proxy) Counts() Counts { return p.counter.counts() }

// Close cuts all connections and waits for their end.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	err := p.listener.Close()
	for conn := range p.open {
		_ = conn.Close() // what it carried is lost on purpose
	}
	p.mu.Unlock()
	p.group.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		server, err := net.Dial(p.network, p.address)
		if err != nil {
			_ = client.Close() // the client reports the loss
			continue
		}
		if !p.add(client, server) {
			return
		}
		t := newTrips(&p.counter)
		p.group.Go(func() { p.forward(client, server, t.sent, nothing) })
		p.group.Go(func() { p.forward(server, client, nothing, t.delivers) })
	}
}

func nothing([]byte) {}

// add remembers connections for Close, unless that was called already.
func (p *Proxy) add(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range conns {
		if p.closed {
			_ = conn.Close()
			continue
		}
		p.open[conn] = true
	}
	return !p.closed
}

// forward carries one direction until either end closes. A piece is shown to read
// when it has come, and to write when it is about to go.
func (p *Proxy) forward(from, to net.Conn, read, write func([]byte)) {
	defer func() { _, _ = from.Close(), to.Close() }() // the loss of one end is the loss of both
	q := newQueue(to, write)
	defer q.close()
	buf := make([]byte, pieceSize)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			read(buf[:n])
			if err := q.put(buf[:n], time.Duration(p.delay.Load())); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// errLost is for a piece behind one that could not be written.
var errLost = errors.New("the other end is gone")
