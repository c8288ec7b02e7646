package plan

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/model"
)

// ending decides whether COMMIT may travel with the last flush of a
// coordinator: only if, whatever the server answers short of an error, the
// coordinator returns success. Otherwise it says why not.
//
// That holds for a query without an answer, a count that nothing is expected
// of, a purge's lock and row, a row that an INSERT … VALUES … RETURNING returns
// for certain, and any number of rows of a :many of which no number is expected;
// rows must decode, NULL included. The runtime checks the types of the columns in addition, before it
// sends anything.
func (b *builder) ending() (rides bool, why string) {
	if b.rereads.flush == b.schedule.count && b.rereads.flush > 0 {
		return false, "the last flush compares what was read with what is there"
	}
	for _, c := range b.schedule.calls {
		if b.schedule.flush[c] != b.schedule.count {
			continue
		}
		if c.Bulk() {
			return false, c.Step + " goes on its own"
		}
		if why := undecided(c); why != "" {
			return false, c.Step + " " + why
		}
	}
	if mayFail(b.plan.AfterCommit) {
		return false, "a Go function runs behind it, for after_commit, and may fail"
	}
	return true, ""
}

// undecided says why the answer to a call must be read before COMMIT, "" when
// it need not.
func undecided(c *model.Call) string {
	if c.Role == model.Refusal || c.Role == model.ChildList {
		return "may refuse"
	}
	switch {
	case c.Role == model.PurgeLock && c.Decisive != "":
		return "decides whether anything is done (" + c.Decisive + ")"
	case c.Guarded != "":
		return "may leave the row (" + c.Guarded + ")"
	}
	if c.Expect != nil {
		return "expects a number of rows"
	}
	switch c.Query.Cmd {
	case "exec", "execrows", "execresult":
		return ""
	case "many":
	case "one":
		if c.Role != model.PurgeLock && c.Role != model.PurgeRow && !c.SureRow() {
			return "may find no row"
		}
	default:
		return "is :" + c.Query.Cmd
	}
	if column := c.FragileColumn(); column != "" {
		return "returns " + column
	}
	return ""
}

// mayFail reports whether code may fail that runs behind the last answer: an
// error of a Go function, or a panic in it or in the code around it, must still
// find the transaction open.
func mayFail(list []Stmt) bool {
	return slices.ContainsFunc(list, func(s Stmt) bool {
		return s.fails() || slices.ContainsFunc(s.takes(), mayPanic) || mayFail(s.body())
	})
}

func mayPanic(e Expr) bool {
	return e != nil && (e.fails() || slices.ContainsFunc(e.operands(), mayPanic))
}

// RoundTrips is how often the client waits for the server, in steady state and
// in a transaction of its own. BEGIN cannot travel with a bulk query, nor COMMIT.
func (c *Coordinator) RoundTrips() int {
	n := len(c.Flushes)
	if !c.Rides {
		n++
	}
	if c.begins() {
		n++
	}
	return n
}

// begins reports whether BEGIN is a trip of its own.
func (c *Coordinator) begins() bool { return len(c.Flushes) > 0 && c.Flushes[0].Own != "" }
