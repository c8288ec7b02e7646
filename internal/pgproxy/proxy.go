// Package pgproxy stands between pgx and PostgreSQL, in tests. It knows where the
// messages of the protocol begin and end, in both directions (PostgreSQL manual,
// chapter "Frontend/Backend Protocol"), and a [Rule] decides about each: it
// travels on, late or at once; the connection is lost in front of it, behind it
// or in the middle of it; or the server runs another statement in its place, so
// that the server itself reports the error that a test wants.
//
// It does not speak TLS.
package pgproxy

import (
	"context"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Direction is where a message goes.
type Direction int

// The two directions.
const (
	ToServer Direction = iota
	ToClient
)

// String returns the direction in words.
func (d Direction) String() string {
	if d == ToServer {
		return "to the server"
	}
	return "to the client"
}

// Message is one message on its way.
type Message struct {
	To      Direction
	N       int    // how many went in this direction since [Proxy.Set]
	Kind    byte   // its type; 0 for the first one of a connection
	Body    []byte // what follows the length; valid during the call of the rule
	SQL     string // of Parse, Bind and Query
	Startup bool   // the server has not been ready for a query yet
	PID     uint32 // of the server's process; 0 before it is known
}

// Runs reports whether the message has a statement run: every statement has
// exactly one such message.
func (m Message) Runs() bool {
	return m.To == ToServer && !m.Startup && (m.Kind == 'B' || m.Kind == 'Q')
}

// End is how a connection ends.
type End int

const (
	// Stay: it does not end.
	Stay End = iota
	// Cut loses the connection in both directions.
	Cut
	// Hold lets nothing more travel in the direction of the message, nor any
	// answer to it, until the client gives up.
	Hold
)

// Verdict says what becomes of a message. The zero value lets it travel on.
type Verdict struct {
	Delay time.Duration // how long it waits first

	// Run is SQL that the server runs in place of the statement, for a message
	// that has one run ([Message.Runs]). It takes no parameters. The client is
	// told what became of it as if it were the statement.
	Run string

	End   End
	Bytes int    // with an End: how much of the message still travels; all of it if it has no more
	Tell  []byte // with Cut: what the client reads in place of the rest
	Then  func() // called once the rest is done
}

// Whole is more than any message has bytes.
const Whole = 1 << 31

// Rule decides about a message. Calls do not overlap. It must not call the
// methods of the Proxy.
type Rule func(Message) Verdict

// Proxy passes on the connections of clients. It is for concurrent use.
type Proxy struct {
	mu      sync.Mutex
	rule    Rule
	seen    [2]int
	traffic Traffic
	conns   map[*conn]bool

	verdict sync.Mutex // held while a rule is called
}

// New returns a Proxy without a rule: everything travels on.
func New() *Proxy { return &Proxy{conns: map[*conn]bool{}} }

// Attach has connections that are made by a configuration go through the Proxy.
func (p *Proxy) Attach(config *pgx.ConnConfig) {
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		server, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return p.connect(server), nil
	}
}

// Set has a rule decide about every message from now on, and begins to count
// them anew; nil lets all travel.
func (p *Proxy) Set(rule Rule) {
	p.verdict.Lock() // the old rule is not at work any more when Set returns
	defer p.verdict.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rule, p.seen = rule, [2]int{}
}

// Seen returns how many messages went in each direction since [Proxy.Set]: all
// that the client has read the answer of, at least.
func (p *Proxy) Seen() (toServer, toClient int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen[ToServer], p.seen[ToClient]
}

// Settle waits until the server is done with every connection that was lost, so
// that what it did is visible to all.
func (p *Proxy) Settle() {
	p.mu.Lock()
	var lost []*conn
	for c := range p.conns {
		if c.lost {
			lost = append(lost, c)
		}
	}
	p.mu.Unlock()
	for _, c := range lost {
		<-c.ended
	}
}

// CutAll loses every connection, at once and wherever it is.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	open := slices.Collect(maps.Keys(p.conns))
	p.mu.Unlock()
	for _, c := range open {
		c.dismiss()
	}
}

// Open returns how many connections there are on which the client may still send.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for c := range p.conns {
		if !c.lost {
			n++
		}
	}
	return n
}

// judge counts a message and asks the rule.
func (p *Proxy) judge(m Message) Verdict {
	p.verdict.Lock()
	defer p.verdict.Unlock()
	p.mu.Lock()
	rule := p.rule
	m.N = p.seen[m.To]
	p.seen[m.To]++
	p.mu.Unlock()
	if rule == nil {
		return Verdict{}
	}
	return rule(m)
}
