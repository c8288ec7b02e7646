package pgproxy

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"slices"

	"github.com/jackc/pgx/v5/pgproto3"
)

const cancelRequest = 80877102 // PostgreSQL manual, "Message Formats", CancelRequest

// readMessage returns the next message, whole: a type, unless it is the first of
// a connection, a length that counts itself, and the rest. It takes the room of
// raw, a message that is done with.
func readMessage(in *bufio.Reader, raw []byte, untyped bool) (_ []byte, kind byte, err error) {
	header := 5
	if untyped {
		header = 4
	}
	raw = slices.Grow(raw[:0], header)[:header]
	if _, err := io.ReadFull(in, raw); err != nil {
		return nil, 0, err
	}
	if !untyped {
		kind = raw[0]
	}
	length := int(binary.BigEndian.Uint32(raw[header-4:]))
	raw = slices.Grow(raw, length-4)[:header+length-4]
	_, err = io.ReadFull(in, raw[header:])
	return raw, kind, err
}

func body(raw []byte, kind byte) []byte {
	if kind == 0 {
		return raw[4:]
	}
	return raw[5:]
}

func isCancel(raw []byte) bool {
	return len(raw) == 16 && binary.BigEndian.Uint32(raw[4:]) == cancelRequest && binary.BigEndian.Uint32(raw) == 16
}

// session is what is known of a connection.
type session struct {
	first   bool // the client has sent its first message
	started bool
	pid     uint32
	sql     map[string]string // of prepared statements

	// due are the answers that the server still owes: of a Parse of the client's
	// and of one of ours, and ReadyForQuery. After an error it leaves out what
	// comes before that.
	due []answer

	trip Traffic // what the round trip under way is made of
}

type answer int

const (
	parsed answer = iota
	parsedUnseen
	ready
)

func newSession() session { return session{sql: map[string]string{}} }

// untyped reports whether the next message has no type. It is asked by the
// goroutine that also calls sent.
func (s *session) untyped(to Direction) bool { return to == ToServer && !s.first }

// sent notes what the client sent, and returns the statement in it.
func (s *session) sent(m Message) (sql string) {
	s.first = true
	switch {
	case m.Startup:
		return ""
	case m.Kind == 'P':
		name, rest, _ := bytes.Cut(m.Body, []byte{0})
		text, _, _ := bytes.Cut(rest, []byte{0})
		sql = string(text)
		s.sql[string(name)] = sql
		s.due = append(s.due, parsed)
	case m.Kind == 'B':
		_, rest, _ := bytes.Cut(m.Body, []byte{0})
		name, _, _ := bytes.Cut(rest, []byte{0})
		sql = s.sql[string(name)]
	case m.Kind == 'Q':
		var q pgproto3.Query
		if q.Decode(m.Body) == nil {
			sql = q.String
		}
		s.due = append(s.due, ready)
		if sql == "-- ping" {
			s.trip.Pings++
		} else {
			s.trip.Statements++
		}
	case m.Kind == 'E':
		s.trip.Statements++
	case m.Kind == 'S':
		s.due = append(s.due, ready)
	}
	return sql
}

// parsesUnseen notes a Parse of ours, in front of the last message.
func (s *session) parsesUnseen() { s.due = append(s.due, parsedUnseen) }

// answered notes what the server said. It returns whether the client is to see
// it, and at the end of a round trip what that was.
func (s *session) answered(m Message) (visible bool, done *Traffic) {
	switch {
	case m.Kind == 'K' && len(m.Body) >= 4:
		s.pid = binary.BigEndian.Uint32(m.Body)
	case m.Kind == '1' && len(s.due) > 0:
		unseen := s.due[0] == parsedUnseen
		s.due = s.due[1:]
		return !unseen, nil
	case m.Kind == 'Z' && !s.started:
		s.started = true
	case m.Kind == 'Z':
		s.due = s.due[slices.Index(s.due, ready)+1:]
		if slices.Contains(s.due, ready) {
			break // more was sent meanwhile
		}
		trip := s.trip.classify()
		s.trip = Traffic{}
		return true, &trip
	}
	return true, nil
}
