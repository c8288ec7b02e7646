package cli

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/specgen-dev/specgen/internal/disk"
)

// TestRepeat drives the loop tick by tick: what came of one has happened when the
// next comes.
func TestRepeat(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.sql")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		runs, losing := 0, false
		ticks := make(chan time.Time)
		tick := func(times int) {
			for range times {
				ticks <- time.Time{}
				synctest.Wait()
			}
		}
		put := func(text string) {
			t.Helper()
			if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		expect := func(want int, when string) {
			t.Helper()
			if runs != want {
				t.Errorf("%s: ran %d times, want %d", when, runs, want)
			}
		}

		put("one")
		go repeat(ctx, ticks, func() disk.Snapshot {
			runs++
			files := &disk.Reader{}
			_, _ = files.ReadFile(file)
			if losing {
				_ = os.Remove(file)
			}
			return files.Seen()
		})
		tick(3)
		expect(1, "nothing has changed")

		put("two, longer")
		tick(1)
		put("three, longer still")
		tick(1)
		expect(1, "it changes from tick to tick")
		tick(1)
		expect(2, "it has come to rest")
		tick(3)
		expect(2, "nothing has changed since")

		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		tick(1)
		put("three again, by another file") // as editors do
		tick(1)
		expect(2, "it is away, and back")
		losing = true
		tick(1)
		losing = false
		expect(3, "it was replaced")
		tick(2)
		expect(4, "it was lost while it was read")
		tick(3)
		expect(4, "it is not there")
		put("four")
		tick(2)
		expect(5, "it is there again")
	})
}
