package wire

import "encoding/binary"

// keptBody is how much of a message's body is kept to tell messages apart.
const keptBody = 16

// messages finds the messages in one direction of a connection, however its bytes
// are cut into pieces (PostgreSQL manual, "Message Formats").
type messages struct {
	untyped bool // the next one is a startup message, which has no type byte
	header  []byte
	rest    int // bytes of the body that are still to come
	body    []byte
}

// feed calls each for every message that ends in piece, with its type and the
// beginning of its body.
func (m *messages) feed(piece []byte, each func(kind byte, body []byte)) {
	for len(piece) > 0 {
		if m.rest == 0 {
			if piece = m.begin(piece); m.rest > 0 || len(m.header) < m.headerSize() {
				continue
			}
		} else {
			n := min(m.rest, len(piece))
			if room := keptBody - len(m.body); room > 0 {
				m.body = append(m.body, piece[:min(n, room)]...)
			}
			m.rest -= n
			piece = piece[n:]
			if m.rest > 0 {
				continue
			}
		}
		m.end(each)
	}
}

// begin takes bytes of the header, and returns what is behind them.
func (m *messages) begin(piece []byte) []byte {
	n := min(m.headerSize()-len(m.header), len(piece))
	m.header = append(m.header, piece[:n]...)
	if len(m.header) == m.headerSize() {
		const length = 4 // the length counts itself
		m.rest = int(binary.BigEndian.Uint32(m.header[len(m.header)-length:])) - length
	}
	return piece[n:]
}

func (m *messages) end(each func(kind byte, body []byte)) {
	if m.untyped {
		m.untyped = false
	} else {
		each(m.header[0], m.body)
	}
	m.header, m.body = m.header[:0], m.body[:0]
}

func (m *messages) headerSize() int {
	if m.untyped {
		return 4
	}
	return 5
}
