package pgproxy

// Traffic is what went over the connections of a [Proxy]. A round trip is: the
// client sends after it has read ReadyForQuery. Those that were lost do not
// count.
type Traffic struct {
	Trips      int // in which statements were run
	Prepares   int // in which statements were prepared, or deallocated, and none was run
	Pings      int // in which a pool looked whether the connection lives
	Statements int // that were run, those that begin and end transactions included
}

// TakeTraffic returns what went since it was last asked.
func (p *Proxy) TakeTraffic() Traffic {
	p.mu.Lock()
	defer p.mu.Unlock()
	taken := p.traffic
	p.traffic = Traffic{}
	return taken
}

func (p *Proxy) count(t Traffic) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.traffic.Trips += t.Trips
	p.traffic.Prepares += t.Prepares
	p.traffic.Pings += t.Pings
	p.traffic.Statements += t.Statements
}

// classify says what a round trip was.
func (t Traffic) classify() Traffic {
	switch {
	case t.Statements > 0:
		return Traffic{Trips: 1, Statements: t.Statements}
	case t.Pings > 0:
		return Traffic{Pings: 1}
	default:
		return Traffic{Prepares: 1}
	}
}
