package scope

import (
	"context"
	"sync"
	"sync/atomic"
)

// chunk is how many items share a savepoint when they join a caller's
// transaction. PostgreSQL keeps up to 64 open subtransactions of a session where
// others find them fast (manual, "Subtransactions").
const chunk = 64

// EachOption changes how [Each] works.
type EachOption func(*eachConfig)

type eachConfig struct{ concurrency int }

// WithConcurrency has up to n items run at the same time, each on a connection of
// its own. The default is one after the other, and so it is on anything but a
// pool. What the operation calls, such as the functions of a specification, must
// bear it.
func WithConcurrency(n int) EachOption {
	return func(c *eachConfig) { c.concurrency = n }
}

// Provider is what [Each] asks of a generated Provider.
type Provider interface {
	// Joined reports whether it works in a caller's transaction: each call then has
	// a savepoint of it.
	Joined() bool
	// Pooled reports whether it works on a *pgxpool.Pool: calls may then run at the
	// same time.
	Pooled() bool
}

// Each runs one for each item, in a transaction of its own: provider is a generated
// one, and one and all are two of its methods, for one item and for many. The results are in
// the order of the items; that of an item that failed is the zero value, unless
// its transaction was committed all the same. The error is an [*ItemsError] when
// any item failed. Once ctx is done, the items that are left fail.
//
// On a Provider that joins a caller's transaction each item has a savepoint, and the
// transaction is usable after it: then all is tried first, for some items at a time,
// and one for each item of those that fail.
//
// When one panics, no further item is begun, and Each panics with the same value
// once those that run have ended.
func Each[S, T any](ctx context.Context, provider Provider, items []S, one func(context.Context, S) (T, error), all func(context.Context, []S) ([]T, error), opts ...EachOption) ([]T, error) {
	config := eachConfig{concurrency: 1}
	for _, opt := range opts {
		opt(&config)
	}
	if !provider.Pooled() {
		config.concurrency = 1
	}
	results, failures := make([]T, len(items)), make([]error, len(items))
	try := func(i int) { results[i], failures[i] = one(ctx, items[i]) }
	switch {
	case provider.Joined():
		for from := 0; from < len(items); from += chunk {
			to := min(from+chunk, len(items))
			if done, err := all(ctx, items[from:to]); err == nil {
				copy(results[from:], done)
				continue
			}
			for i := from; i < to; i++ {
				try(i)
			}
		}
	case config.concurrency > 1:
		concurrently(len(items), config.concurrency, try)
	default:
		for i := range items {
			try(i)
		}
	}
	failed := &ItemsError{Total: len(items)}
	for i, err := range failures {
		if err != nil {
			failed.Items = append(failed.Items, &ItemError{Index: i, Err: err})
		}
	}
	if len(failed.Items) > 0 {
		return results, failed
	}
	return results, nil
}

// concurrently calls try for 0 to n-1, some at a time.
func concurrently(n, width int, try func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	var once sync.Once
	var panicked any
	for range min(width, n) {
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					next.Store(int64(n))
					once.Do(func() { panicked = p })
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				try(i)
			}
		})
	}
	wg.Wait()
	if panicked != nil {
		panic(panicked)
	}
}
