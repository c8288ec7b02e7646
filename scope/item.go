package scope

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
)

// ItemError is a failure of a call for many scopes, and the item that it is about.
// errors.Is and errors.As reach what the call for one scope would have returned.
type ItemError struct {
	// Index is that of the item in what the caller gave, from 0. It is -1 when the
	// failure belongs to no item, such as a lost connection, or when it cannot be told.
	Index int
	Err   error // never nil
}

// Error names the item by its place, and never by what it holds.
func (e *ItemError) Error() string {
	if e.Index < 0 {
		return e.Err.Error()
	}
	return fmt.Sprintf("item %d: %s", e.Index, e.Err)
}

// Unwrap returns the failure.
func (e *ItemError) Unwrap() error { return e.Err }

// ItemsError says which items of a call failed that gives each a transaction of
// its own. The others are in the database.
type ItemsError struct {
	Items []*ItemError // in the order of their indexes, at least one
	Total int          // items that were given
}

// Error counts the items and tells the first failure.
func (e *ItemsError) Error() string {
	return fmt.Sprintf("%d of %d items failed, first %s", len(e.Items), e.Total, e.Items[0])
}

// Unwrap returns every failure.
func (e *ItemsError) Unwrap() []error {
	out := make([]error, len(e.Items))
	for i, item := range e.Items {
		out[i] = item
	}
	return out
}

// OfItem returns the error of an operation for many scopes as an [*ItemError],
// with the item of the step that failed, and result as it is.
func OfItem[T any](result T, err error) (T, error) {
	if err == nil {
		return result, nil
	}
	if _, done := asType[*ItemError](err); done {
		return result, err
	}
	index := -1
	if e, ok := asType[*Error](err); ok {
		index = e.item - 1
	}
	return result, &ItemError{Index: index, Err: err}
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
