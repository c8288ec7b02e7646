package scope

import "time"

// Draws is what one call draws from the outside: a sequence of ids, and one
// time. Making an [Op] with it goes back to its start, so a transaction that is
// run again writes the same ids and the same time as before.
//
// The zero value is ready: it draws from the sources of the [Runner] in whose
// transaction it is used first. A Draws belongs to one call; it is not for
// concurrent use, nor for two operations of one transaction.
type Draws struct {
	config *config
	ids    []UUID
	next   int
	now    time.Time
	user   *Tx // the attempt that uses it, to find two operations with the same ids
}

func newDraws(c *config) *Draws {
	d := &Draws{}
	d.bind(c)
	return d
}

// bind gives the zero value its sources, once.
func (d *Draws) bind(c *config) {
	if d.config == nil {
		d.config = c
		d.now = c.clock().UTC().Truncate(time.Microsecond)
	}
}

func (d *Draws) uuid() UUID {
	if d.next == len(d.ids) {
		d.ids = append(d.ids, d.config.newUUID())
	}
	id := d.ids[d.next]
	d.next++
	return id
}
