package scope

import (
	"reflect"

	"github.com/jackc/pgx/v5/pgtype"
)

// sizeOf is how many bytes an argument takes in the driver's buffer, roughly, if
// that may be many: a text, a byte string, or an array. Of everything else it is 0.
func sizeOf(arg any) int {
	switch v := arg.(type) {
	case string:
		return len(v)
	case []byte:
		return len(v)
	case *string:
		if v != nil {
			return len(*v)
		}
		return 0
	case pgtype.Text:
		return len(v.String)
	case []string:
		return sum(v, func(s string) int { return len(s) })
	case []*string:
		return sum(v, func(s *string) int { return sizeOf(s) })
	case [][]byte:
		return sum(v, func(b []byte) int { return len(b) })
	case []pgtype.Text:
		return sum(v, func(t pgtype.Text) int { return len(t.String) })
	}
	if v := reflect.ValueOf(arg); v.Kind() == reflect.Slice {
		return v.Len() * (lengthSize + int(v.Type().Elem().Size()))
	}
	return 0
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
