package pgproxy

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
)

// Point is a place between two messages, or within one.
type Point struct {
	To    Direction
	N     int // of the message, counted from 0 since [Proxy.Set]
	Bytes int // of it, that still travel
}

// String says where it is.
func (p Point) String() string {
	switch p.Bytes {
	case 0:
		return fmt.Sprintf("before message %d %v", p.N, p.To)
	case Whole:
		return fmt.Sprintf("after message %d %v", p.N, p.To)
	default:
		return fmt.Sprintf("%d bytes into message %d %v", p.Bytes, p.N, p.To)
	}
}

// At gives one message a verdict; its Bytes are the point's.
func (p Point) At(v Verdict) Rule {
	v.Bytes = p.Bytes
	return func(m Message) Verdict {
		if m.To != p.To || m.N != p.N {
			return Verdict{}
		}
		return v
	}
}

// Cut is a rule that loses the connection at the point.
func (p Point) Cut() Rule { return p.At(Verdict{End: Cut}) }

// AroundEach returns the points before and after each message.
func AroundEach(toServer, toClient int) []Point {
	points := make([]Point, 0, 2*(toServer+toClient))
	for to, n := range []int{toServer, toClient} {
		for i := range n {
			points = append(points, Point{Direction(to), i, 0}, Point{Direction(to), i, Whole})
		}
	}
	return points
}

// Statement gives the n-th statement that is run, counted from 0, a verdict.
// hit, if not nil, is told the statement.
func Statement(n int, v Verdict, hit func(sql string)) Rule {
	at := 0
	return func(m Message) Verdict {
		if !m.Runs() {
			return Verdict{}
		}
		if at++; at != n+1 {
			return Verdict{}
		}
		if hit != nil {
			hit(m.SQL)
		}
		return v
	}
}

// Raise returns SQL that has the server report an error of an SQLSTATE. Its text
// has secret in it, as the server's texts have the values of rows.
func Raise(state, secret string) string {
	quoted := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	return "DO $do$ BEGIN RAISE EXCEPTION USING ERRCODE = " + quoted(state) + ", MESSAGE = " + quoted(secret) + ", DETAIL = " + quoted(secret) + "; END $do$"
}

// Terminate is SQL with which the server ends the connection that runs it.
const Terminate = "DO $do$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); END $do$"

// ErrorResponse is a message for [Verdict.Tell]: what a proxy that lost the
// server says.
func ErrorResponse(severity, state string) []byte {
	return encode(nil, &pgproto3.ErrorResponse{Severity: severity, SeverityUnlocalized: severity, Code: state, Message: "server conn crashed?"})
}
