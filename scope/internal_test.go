package scope

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestUUIDV7Layout(t *testing.T) {
	t.Parallel()
	// The time and the random bits of RFC 9562, appendix A.6.
	at := time.UnixMilli(0x017f22e279b0)
	random := [8]byte{0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f}
	for _, tc := range []struct {
		after time.Duration
		want  string
	}{
		{0, "017f22e2-79b0-7000-98c4-dc0c0c07398f"},
		{500 * time.Microsecond, "017f22e2-79b0-7800-98c4-dc0c0c07398f"},
		{time.Millisecond - 1, "017f22e2-79b0-7fff-98c4-dc0c0c07398f"},
		{time.Millisecond, "017f22e2-79b1-7000-98c4-dc0c0c07398f"},
	} {
		if got := uuidV7(at.Add(tc.after), random).String(); got != tc.want {
			t.Errorf("%v later: %s, want %s", tc.after, got, tc.want)
		}
	}
}

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

// A pooler that mixes prepared statements up is no missing migration.
func TestHintOfAPooler(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"26000", "42P05"} {
		if hint := hintForState(state); !strings.Contains(hint, "default_query_exec_mode") {
			t.Errorf("%s: %q", state, hint)
		}
	}
}

// PgBouncer in statement mode refuses every transaction, by a state that says
// nothing of it.
func TestHintOfStatementMode(t *testing.T) {
	t.Parallel()
	tx := &Tx{runner: &Runner{}}
	e := tx.transactionError(t.Context(), "BEGIN", &pgconn.PgError{Severity: "FATAL", Code: "08P01", Message: noTransactions})
	if !strings.Contains(e.Error(), "pool_mode") {
		t.Errorf("error %v", e)
	}
}
