package scope

import (
	"context"
	"time"
)

// EventKind says what an [Event] tells of.
type EventKind int

const (
	// FlushSent: the statements of a flush were sent, and their answers read.
	FlushSent EventKind = iota + 1
	// StepDone: the answer to one step was read, or the step failed.
	StepDone
	// Retry: a transaction was rolled back and is about to be run again.
	Retry
)

// String returns the name of the kind, such as "flush sent".
func (k EventKind) String() string {
	switch k {
	case FlushSent:
		return "flush sent"
	case StepDone:
		return "step done"
	case Retry:
		return "retry"
	default:
		return "unknown event"
	}
}

// Event tells what a coordinator did. Which fields are set depends on Kind; the
// others have their zero value.
type Event struct {
	Kind       EventKind
	Op         string        // OpCreate, OpPurge; OpTransaction for Retry
	Scope      Context       // FlushSent, StepDone; the ID only in a purge
	Step       string        // StepDone: as in the specification
	Query      string        // StepDone: sqlc's name
	Flush      int           // FlushSent, StepDone: which flush of the create or purge, from 1
	Statements int           // FlushSent: how many statements were sent
	Attempt    int           // which run of the transaction, from 1; for Retry the one that failed
	Duration   time.Duration // FlushSent, StepDone: until the answer was read; for Retry the wait before the next attempt
	Err        error         // as the caller would get it; nil for success
}

// Observer is told what coordinators do, for tracing, metrics and audit. It is
// called in the goroutine of the call and delays it, inside the transaction:
// it must be quick and must not wait for the database. It may be called from
// several goroutines when the Provider is used by several. SQL itself is traced
// by pgx's tracer.
//
// ctx is that of the call. A StepDone may belong to a transaction that is rolled
// back later.
type Observer func(ctx context.Context, e Event)
