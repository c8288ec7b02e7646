package cli

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
)

// The time of these tests is that of synctest: nobody waits.

func TestWorkIsToldLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		done := showLate(&out, "specgen: reading …")
		time.Sleep(patience)
		synctest.Wait()
		if got := out.String(); got != "specgen: reading …" {
			t.Errorf("told %q", got)
		}
		done()
		done() // a deferred call and one of its own
		if got, want := out.String(), "specgen: reading …\r                  \r"; got != want {
			t.Errorf("told %q, want %q", got, want)
		}
	})
}

func TestShortWorkIsNotTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		done := showLate(&out, "specgen: reading …")
		time.Sleep(patience - 1)
		done()
		time.Sleep(patience)
		synctest.Wait()
		if out.Len() > 0 {
			t.Errorf("told %q", out.String())
		}
	})
}
