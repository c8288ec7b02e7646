package runtime

import (
	"cmp"
	"iter"
	"slices"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// OfItem returns the error of an operation for many scopes as a [*scope.ItemError],
// with the item of the step that failed, and result as it is.
func OfItem[T any](result T, err error) (T, error) {
	if err == nil {
		return result, nil
	}
	if _, done := fault.As[*scope.ItemError](err); done {
		return result, err
	}
	index := -1
	if e, ok := fault.As[*scope.Error](err); ok {
		index = e.Item - 1
	}
	return result, &scope.ItemError{Index: index, Err: err}
}

// Items goes through the items of an operation, to its end or to that of the
// operation. The steps that are queued, and the failures that are told, within the
// loop are those of the item.
//
// It has no defer, so that the compiler can inline it: else every variable that the
// loop assigns would be allocated.
func Items[T any](op *Op, items []T) iter.Seq[*T] {
	op.several = len(items) > 1
	return func(yield func(*T) bool) {
		for i := range items {
			op.item = i + 1
			if !yield(&items[i]) {
				return
			}
		}
		op.item = 0
	}
}

// ItemsBy is [Items] in the order of what key returns: rows that several
// transactions lock are locked in one order, so that they wait for each other and
// do not deadlock (PostgreSQL manual, section 13.3.4).
func ItemsBy[T any](op *Op, items []T, key func(*T) string) iter.Seq[*T] {
	return inOrder(op, items, key, false)
}

// DistinctItems is [ItemsBy] for the first item only of those with the same key.
func DistinctItems[T any](op *Op, items []T, key func(*T) string) iter.Seq[*T] {
	return inOrder(op, items, key, true)
}

func inOrder[T any](op *Op, items []T, key func(*T) string, distinct bool) iter.Seq[*T] {
	if len(items) == 1 {
		return Items(op, items)
	}
	type keyed struct {
		index int
		key   string
	}
	order := make([]keyed, len(items))
	for i := range items {
		order[i] = keyed{i, key(&items[i])}
	}
	slices.SortStableFunc(order, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	if distinct {
		order = slices.CompactFunc(order, func(a, b keyed) bool { return a.key == b.key })
	}
	return func(yield func(*T) bool) {
		for _, k := range order {
			op.item = k.index + 1
			if !yield(&items[k.index]) {
				return
			}
		}
		op.item = 0
	}
}

// Distribute appends each row to the list whose key it has. The rows of one
// statement come back in an order that PostgreSQL does not promise, so an id that
// the client made tells whose they are. keys and lists have the same length; a row
// of no key is dropped.
func Distribute[T any, K comparable](rows []T, key func(T) K, keys []K, lists []*[]T) {
	if !slices.ContainsFunc(lists, func(l *[]T) bool { return l != lists[0] }) && len(lists) > 0 {
		*lists[0] = append(*lists[0], rows...) // there is one item
		return
	}
	byKey := make(map[K]*[]T, len(keys))
	for i, k := range keys {
		byKey[k] = lists[i]
	}
	for _, row := range rows {
		if list := byKey[key(row)]; list != nil {
			*list = append(*list, row)
		}
	}
}
