package scopetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/specgen-dev/specgen/scope"
)

// operation is what runs on a DB in one transaction.
type operation func(ctx context.Context, db scope.DB) error

// encounter is how two operations met.
type encounter struct {
	holder, other error // what they returned
	waited        bool  // the other one was seen waiting for a lock of the holder's
}

// meet stops holder's transaction behind its k-th statement, starts other, waits
// until the server says that other waits for a lock that holder has, or until
// other is done, and then lets holder go on.
//
// holder runs on a stage, other on the pool itself: COMMIT travels there as it
// always does.
func (t *trial) meet(k int, holder, other operation) (encounter, error) {
	ctx, cancel := context.WithTimeout(t.ctx, limit)
	defer cancel()
	stopped, goOn := make(chan uint32, 1), make(chan struct{})
	s := &stage{pool: t.pool, at: k, stop: func(pid uint32) {
		stopped <- pid
		select {
		case <-goOn:
		case <-ctx.Done():
		}
	}}
	holderDone, otherDone := make(chan error, 1), make(chan error, 1)
	go func() { holderDone <- holder(ctx, s) }()

	var e encounter
	var pid uint32
	select {
	case e.holder = <-holderDone:
		return e, fmt.Errorf("it ended before its statement %d, which it had before: error %v", k, e.holder)
	case pid = <-stopped:
	}
	go func() { otherDone <- other(ctx, t.pool) }()
	otherEnded, err := t.watch(ctx, pid, &e, otherDone)
	if err != nil {
		cancel()
	}
	close(goOn)
	e.holder = <-holderDone
	if !otherEnded {
		e.other = <-otherDone
	}
	if err == nil && ctx.Err() != nil {
		err = fmt.Errorf("two transactions that met did not both end in %v: %w", limit, errors.Join(e.holder, e.other))
	}
	return e, err
}

// watch asks the server until other waits for the holder's process, or has ended.
func (t *trial) watch(ctx context.Context, pid uint32, e *encounter, otherDone <-chan error) (ended bool, err error) {
	const blocked = `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND $1::int = ANY (pg_blocking_pids(pid)))`
	const pause = time.Millisecond // between two questions; proves nothing
	for {
		select {
		case e.other = <-otherDone:
			return true, nil
		case <-ctx.Done():
			return false, fmt.Errorf("the other transaction was neither done nor seen waiting: %w", ctx.Err())
		case <-time.After(pause):
		}
		if err := t.pool.QueryRow(ctx, blocked, int32(pid)).Scan(&e.waited); err != nil {
			return false, fmt.Errorf("asking who waits: %w", err)
		}
		if e.waited {
			return false, nil
		}
	}
}

// contest counts encounters, to prove that operations did contend.
type contest struct{ met, waited int }

func (c *contest) add(e encounter) {
	c.met++
	if e.waited {
		c.waited++
	}
}

// fought returns an error when nobody ever waited: then nothing kept the two
// apart, and that it went well was luck.
func (c *contest) fought(t *trial, what string) error {
	if c.waited == 0 {
		return fmt.Errorf("%s: in %d encounters nobody was seen waiting for a lock: nothing keeps them apart", what, c.met)
	}
	t.logf("%s: met %d times, and %d times one was seen waiting for the other's lock", what, c.met, c.waited)
	return nil
}
