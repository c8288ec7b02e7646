package runtime

import (
	"sync"
	"time"

	"github.com/specgen-dev/specgen/scope"
)

// Draws is what one call draws from the outside: a sequence of ids, and one
// time. Making an [Op] with it goes back to its start, so a transaction that is
// run again writes the same ids and the same time as before.
//
// The zero value is ready: it draws from the sources of the [Runner] in whose
// transaction it is used first. A Draws belongs to one call. Two operations of one
// transaction, and two calls at the same time, would write the same ids: the
// second is refused.
type Draws struct {
	mu     sync.Mutex
	config *options
	ids    []scope.UUID
	next   int
	now    time.Time
	user   *Tx // the attempt that uses it; nil between attempts
}

func newDraws(c *options) *Draws {
	d := &Draws{}
	d.bind(c)
	return d
}

// bind gives the zero value its sources, once.
func (d *Draws) bind(c *options) {
	if d.config == nil {
		d.config = c
		d.now = c.Clock().UTC().Truncate(time.Microsecond)
	}
}

// lend gives d to an attempt, from its start, unless another operation has it.
func (d *Draws) lend(tx *Tx) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch d.user {
	case nil:
	case tx:
		return errDrawsTwice
	default:
		return errDrawsAtOnce
	}
	d.bind(&tx.runner.config)
	d.user, d.next = tx, 0
	return nil
}

// giveBack is for the end of an attempt.
func (d *Draws) giveBack(tx *Tx) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.user == tx {
		d.user = nil
	}
}

func (d *Draws) uuid() scope.UUID {
	if d.next == len(d.ids) {
		d.ids = append(d.ids, d.config.NewUUID())
	}
	id := d.ids[d.next]
	d.next++
	return id
}
