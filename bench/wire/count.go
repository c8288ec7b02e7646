package wire

import (
	"bytes"
	"sync"
)

// Counts is what travelled since a proxy began. A round trip begins when the
// client sends after everything that it had sent before was answered by
// ReadyForQuery.
type Counts struct {
	RoundTrips int // in which at least one statement was run
	Statements int // that were run, BEGIN and COMMIT included
	Pings      int // round trips in which a pool looked whether the connection lives
	Prepares   int // round trips in which statements were prepared, and none was run
}

// Sub returns what was added since an earlier count.
func (c Counts) Sub(earlier Counts) Counts {
	return Counts{
		RoundTrips: c.RoundTrips - earlier.RoundTrips,
		Statements: c.Statements - earlier.Statements,
		Pings:      c.Pings - earlier.Pings,
		Prepares:   c.Prepares - earlier.Prepares,
	}
}

// counter adds up over all connections of a proxy.
type counter struct {
	mu    sync.Mutex
	total Counts
}

func (c *counter) add(trip Counts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total.RoundTrips += trip.RoundTrips
	c.total.Statements += trip.Statements
	c.total.Pings += trip.Pings
	c.total.Prepares += trip.Prepares
}

func (c *counter) counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total
}

// trips follows one connection.
type trips struct {
	counter *counter

	mu                   sync.Mutex
	fromClient, toClient messages
	started              bool // the server has accepted the connection
	awaited              int  // answers by ReadyForQuery that are still to be delivered
	statements, pings    int  // of the round trip under way
}

func newTrips(c *counter) *trips {
	return &trips{counter: c, fromClient: messages{untyped: true}}
}

// sent takes what the client sent, as soon as it is there.
func (t *trips) sent(piece []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fromClient.feed(piece, func(kind byte, body []byte) {
		switch {
		case !t.started: // authentication
		case kind == 'Q' && bytes.HasPrefix(body, []byte("-- ping")):
			t.awaited++
			t.pings++
		case kind == 'Q':
			t.awaited++
			t.statements++
		case kind == 'E':
			t.statements++
		case kind == 'S':
			t.awaited++
		}
	})
}

// delivers takes what the client is about to be given. Each ReadyForQuery is
// counted before the client can act upon it.
func (t *trips) delivers(piece []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.toClient.feed(piece, func(kind byte, _ []byte) {
		if kind != 'Z' {
			return
		}
		if !t.started {
			t.started = true
			return
		}
		if t.awaited--; t.awaited == 0 {
			t.counter.add(t.finish())
		}
	})
}

// finish says what the round trip was.
func (t *trips) finish() Counts {
	statements, pings := t.statements, t.pings
	t.statements, t.pings = 0, 0
	switch {
	case statements > 0:
		return Counts{RoundTrips: 1, Statements: statements}
	case pings > 0:
		return Counts{Pings: 1}
	default:
		return Counts{Prepares: 1}
	}
}
