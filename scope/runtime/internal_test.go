package runtime

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestBackoffIsBounded(t *testing.T) {
	t.Parallel()
	for attempt, bound := range map[int]time.Duration{
		1: 5 * time.Millisecond, 2: 10 * time.Millisecond, 6: 160 * time.Millisecond, 7: retryCap, 1 << 40: retryCap,
	} {
		var longest time.Duration
		for range 1000 {
			longest = max(longest, backoff(attempt, false))
		}
		if longest > bound || longest < bound/2 {
			t.Errorf("attempt %d waits up to %v, want %v", attempt, longest, bound)
		}
	}
}

// TestBackoffAfterDeadlock is about the transaction that was let live: it must be
// able to take what it waited for before the retry does.
func TestBackoffAfterDeadlock(t *testing.T) {
	t.Parallel()
	for attempt, bound := range map[int]time.Duration{
		1: 50 * time.Millisecond, 2: 100 * time.Millisecond, 3: 200 * time.Millisecond, 4: retryCap, 1 << 40: retryCap,
	} {
		for range 1000 {
			if pause := backoff(attempt, true); pause < bound/2 || pause > bound {
				t.Fatalf("attempt %d waits %v, want %v to %v", attempt, pause, bound/2, bound)
			}
		}
	}
}

// PgBouncer in statement mode refuses every transaction, by a state that says
// nothing of it.
func TestHintOfStatementMode(t *testing.T) {
	t.Parallel()
	tx := &Tx{runner: &Runner{}}
	e := tx.transactionError(t.Context(), "BEGIN", &pgconn.PgError{Severity: "FATAL", Code: "08P01", Message: "transaction blocks not allowed in statement pooling mode"})
	if !strings.Contains(e.Error(), "pool_mode") {
		t.Errorf("error %v", e)
	}
}
