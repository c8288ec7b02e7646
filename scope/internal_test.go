package scope

import (
	"strings"
	"testing"
	"time"
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

// A pooler that mixes prepared statements up is no missing migration.
func TestHintOfAPooler(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"26000", "42P05"} {
		if hint := hintForState(state); !strings.Contains(hint, "default_query_exec_mode") {
			t.Errorf("%s: %q", state, hint)
		}
	}
}
