package scope

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// UUID is a universally unique identifier (RFC 9562), its bytes in the order of
// the text form. It converts to the [16]byte of other packages' types.
type UUID [16]byte

// NewUUID returns a version 7 UUID: 48 bits of Unix time in milliseconds, 12
// bits that divide the millisecond (RFC 9562, section 6.2, method 3, as
// PostgreSQL's uuidv7() has it), and 62 bits from crypto/rand. Ids that are made
// one after the other are near each other in an index. They also tell when they
// were made: where that must stay secret use another source, by [WithUUID].
//
// It may be called from several goroutines.
func NewUUID() UUID {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails: crypto/rand ends the program instead
	return uuidV7(time.Now(), random)
}

// uuidV7 lays out RFC 9562, section 5.7.
func uuidV7(now time.Time, random [8]byte) UUID {
	var u UUID
	ms := now.UnixMilli()
	fraction := uint64(now.Nanosecond()%int(time.Millisecond)) << 12 / uint64(time.Millisecond)
	binary.BigEndian.PutUint64(u[:8], uint64(ms)<<16|7<<12|fraction)
	copy(u[8:], random[:])
	u[8] = u[8]&0x3f | 0x80
	return u
}

// String returns the canonical text form, in lower case: it is what scope ids
// are stored as, and what the server prints.
func (u UUID) String() string {
	var text [36]byte
	hex.Encode(text[0:8], u[0:4])
	hex.Encode(text[9:13], u[4:6])
	hex.Encode(text[14:18], u[6:8])
	hex.Encode(text[19:23], u[8:10])
	hex.Encode(text[24:36], u[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// MarshalText returns the form of String, so that JSON and logs show it.
func (u UUID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads what [ParseUUID] reads.
func (u *UUID) UnmarshalText(text []byte) error {
	parsed, err := ParseUUID(string(text))
	if err != nil {
		return err
	}
	*u = parsed
	return nil
}

// errUUIDText does not repeat the text: it may be a secret put in the wrong
// place, and our errors are logged.
var errUUIDText = fault.New("not a UUID: want 32 hexadecimal digits in groups of 8-4-4-4-12", ErrInvalid)

// ParseUUID reads a UUID in the form of RFC 9562, section 4, in either case. The
// version is not looked at. The error is an [ErrInvalid] that does not repeat
// the text.
func ParseUUID(text string) (UUID, error) {
	var u UUID
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return UUID{}, errUUIDText
	}
	digits := text[0:8] + text[9:13] + text[14:18] + text[19:23] + text[24:36]
	if _, err := hex.Decode(u[:], []byte(digits)); err != nil {
		return UUID{}, errUUIDText
	}
	return u, nil
}

// MustParseUUID is [ParseUUID] for a constant; it panics on anything else.
func MustParseUUID(text string) UUID {
	u, err := ParseUUID(text)
	if err != nil {
		panic(err)
	}
	return u
}
