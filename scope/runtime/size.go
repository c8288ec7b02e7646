package runtime

import (
	"reflect"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// maxArguments is how many bytes of texts and byte strings a statement takes: a
// message has 1 GiB (PG_LARGE_MESSAGE_LIMIT in the sources of PostgreSQL), as a
// value of a row has; the rest of the message needs little of it.
const maxArguments = 1<<30 - 1<<16

// errTooLong stands for what the driver, or the server, would say of a message
// that it does not take.
var errTooLong = fault.New("a text or byte string is too long: PostgreSQL takes up to 1 GiB in one statement", scope.ErrInvalid)

// tooLong reports whether the arguments of a statement do not fit a message.
func tooLong(args []any) bool {
	n := 0
	for _, arg := range args {
		bytes, _ := bytesOf(arg)
		n += bytes
	}
	return n > maxArguments
}

// sizeOf is how many bytes an argument takes in the driver's buffer, roughly, if
// that may be many: a text, a byte string, or an array. Of everything else it is 0.
func sizeOf(arg any) int {
	if n, known := bytesOf(arg); known {
		return n
	}
	if v := reflect.ValueOf(arg); v.Kind() == reflect.Slice {
		return v.Len() * (lengthSize + int(v.Type().Elem().Size()))
	}
	return 0
}

// bytesOf is how many bytes a text, a byte string or an array of them takes;
// known is false for everything else.
func bytesOf(arg any) (n int, known bool) {
	switch v := arg.(type) {
	case string:
		return len(v), true
	case []byte:
		return len(v), true
	case *string:
		if v != nil {
			return len(*v), true
		}
		return 0, true
	case pgtype.Text:
		return len(v.String), true
	case []string:
		return sum(v, func(s string) int { return len(s) }), true
	case []*string:
		return sum(v, func(s *string) int { return sizeOf(s) }), true
	case [][]byte:
		return sum(v, func(b []byte) int { return len(b) }), true
	case []pgtype.Text:
		return sum(v, func(t pgtype.Text) int { return len(t.String) }), true
	}
	switch v := reflect.ValueOf(arg); {
	case v.Kind() == reflect.String, v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return v.Len(), true
	default:
		return 0, false
	}
}

// lengthSize is what stands in front of each element of an array (PostgreSQL's
// array_send).
const lengthSize = 4

// sum is the size of an array.
func sum[T any](elements []T, size func(T) int) int {
	n := lengthSize * len(elements)
	for _, e := range elements {
		n += size(e)
	}
	return n
}
