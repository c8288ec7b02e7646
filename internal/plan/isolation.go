package plan

import "github.com/specgen-dev/specgen/internal/model"

// What a coordinator requires of the isolation level of its transaction: methods of
// scope.Flush.
const (
	requireReadCommitted = "RequireReadCommitted"
	requireSnapshot      = "RequireSnapshot"
	requireNewSnapshot   = "RequireNewSnapshot"
)

// require decides what the first flush of a coordinator asks of the level.
func (c *Coordinator) require(l model.Level) {
	switch {
	case c.Kind == Purge:
		c.Require = requireReadCommitted
	case l.Snapshot:
		c.Require, c.Isolation, c.Snapshot = requireSnapshot, "repeatable read, and refused below: "+l.SnapshotFor, true
	case l.Refuses != "":
		c.Require, c.Isolation = requireReadCommitted, "read committed, and refused above: "+l.Refuses
	case l.First:
		c.Require, c.Isolation = requireNewSnapshot, "read committed; above it only as the first of its transaction: "+l.FirstFor
	}
}
