package runtime

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// Int64Ptr widens an integer that may be NULL, which nil stands for.
func Int64Ptr[T ~int16 | ~int32 | ~int64](v *T) *int64 {
	if v == nil {
		return nil
	}
	return scope.Ptr(int64(*v))
}

// Int32Ptr is [Int64Ptr] for a column of 32 bits.
func Int32Ptr[T ~int16 | ~int32](v *T) *int32 {
	if v == nil {
		return nil
	}
	return scope.Ptr(int32(*v))
}

var errIntText = fault.New("not an integer of 64 bits", scope.ErrInvalid)

// ParseInt reads a decimal integer of 64 bits. The error is a [scope.ErrInvalid] that
// does not repeat the text, which may be personal data.
func ParseInt(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, errIntText
	}
	return n, nil
}

// ExpectTaken returns err when a purge did not take the row that it had locked,
// and nil otherwise. A nil err stands for [scope.ErrInUse].
func ExpectTaken(locked, taken bool, err error) error {
	return Refuse(CountTrue(locked && !taken), err)
}

// CountTrue is 1 for true and 0 for false: what an EXISTS query counts.
func CountTrue(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Sorted returns the distinct elements of ids in ascending order: numbers by
// value, everything else by its text. Rows that several transactions lock are
// locked in one order, so that they wait for each other and do not deadlock
// (PostgreSQL manual, section 13.3.4).
func Sorted[T comparable](ids []T) []T {
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, func(a, b T) int { return compareKeys(a, b) })
	return slices.Compact(sorted)
}

// compareKeys compares two values of one type.
func compareKeys(a, b any) int {
	switch x := a.(type) {
	case string:
		return strings.Compare(x, b.(string))
	case int64:
		return cmp.Compare(x, b.(int64))
	case int32:
		return cmp.Compare(x, b.(int32))
	case int16:
		return cmp.Compare(x, b.(int16))
	default:
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) // uuids of every package
	}
}
