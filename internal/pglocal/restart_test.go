//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package pglocal_test

import (
	"net/url"
	"os"
	"strconv"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/internal/pglocal"
)

// What a durable server has committed is there after each way to end it.
func TestRestartKeepsWhatWasCommitted(t *testing.T) {
	t.Parallel()
	s, err := pglocal.StartOwn(t.Context(), pglocal.Config{Durable: true, Settings: []string{"commit_delay=7"}})
	if err != nil {
		t.Fatal(err)
	}
	at, err := s.Create(t.Context(), "kept", "CREATE TABLE rows (n int)")
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		query(t, at, "INSERT INTO rows VALUES (1) RETURNING n::text")
		want++
		if err := s.End(t.Context(), signal); err != nil {
			t.Fatalf("%v: %v", signal, err)
		}
		if conn, err := pgx.Connect(t.Context(), at); err == nil {
			conn.Close(t.Context())
			t.Fatalf("%v: the server still takes connections", signal)
		}
		if err := s.Restart(t.Context(), "commit_delay=8"); err != nil {
			t.Fatalf("%v: %v", signal, err)
		}
		if n := query(t, at, "SELECT count(*)::text FROM rows"); n != strconv.Itoa(want) {
			t.Errorf("%v: %s rows, want %d", signal, n, want)
		}
	}
	const settings = "SELECT count(*)::text FROM pg_settings WHERE (name, setting) IN (('fsync', 'on'), ('synchronous_commit', 'on'), ('commit_delay', '8'))"
	if n := query(t, at, settings); n != "3" {
		t.Errorf("%s settings are as they should be, want 3", n)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(u.Query().Get("host")); !os.IsNotExist(err) {
		t.Errorf("the directory of the server is left: %v", err)
	}
}
