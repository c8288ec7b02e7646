package scope

import "fmt"

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
