//go:build unix

package pgtest_test

import (
	"os"
	"os/exec"
	"regexp"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

// failVariable makes TestFailing fail; it is set for a process of its own.
const failVariable = "SPECGEN_PGTEST_FAIL"

func TestFailing(t *testing.T) {
	t.Parallel()
	if os.Getenv(failVariable) == "" {
		return // the subject of TestFailedTestKeepsItsDatabase
	}
	pgtest.Pool(t, tableSQL, rowsSQL)
	t.Error("on purpose")
}

func TestFailedTestKeepsItsDatabase(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestFailing$")
	// A server of its own, which the log must then say how to stop.
	cmd.Env = append(os.Environ(), failVariable+"=1", "SPECGEN_KEEP_DB=1", "SPECGEN_DATABASE_URL=")
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("the test did not fail:\n%s", out)
	}
	url := regexp.MustCompile(`psql '(.+)'`).FindSubmatch(out)
	stop := regexp.MustCompile(`runs until: (.+)`).FindSubmatch(out)
	if url == nil || stop == nil {
		t.Fatalf("the log does not name the database and how to stop the server:\n%s", out)
	}
	defer func() {
		if out, err := exec.Command("/bin/sh", "-c", string(stop[1])).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", stop[1], err, out)
		}
	}()
	conn, err := pgx.Connect(t.Context(), string(url[1]))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var n int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM item").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n != 2 {
		t.Errorf("the kept database has %d rows, want 2", n)
	}
}
