// Package pgtest gives each test a PostgreSQL database of its own.
//
// A test process has one server (see package pglocal), started when the first
// test asks for it. The SQL texts that a test names are applied once, to a
// template; each test gets a clone of it, which is dropped when the test ends.
//
// With SPECGEN_KEEP_DB set to anything, the database of a test that failed stays,
// together with the server, and the test's log says how to reach it.
//
// There is no way to skip: a test that cannot have its database fails, and says
// what to install.
package pgtest

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pglocal"
)

const (
	keepVariable = "SPECGEN_KEEP_DB"
	cleanupLimit = 30 * time.Second
	// releaseLimit is how long a pool waits for connections that a test still
	// holds when it ends.
	releaseLimit = 5 * time.Second
)

// process holds the server of this process: the exception to the rule against
// mutable globals, because tests have no other thing in common.
var process shared

type shared struct {
	mu     sync.Mutex
	tried  bool
	server *pglocal.Server
	err    error
}

// get starts the server on the first call. A failure is final: it would be the
// same, and as slow, for every test.
func (s *shared) get() (*pglocal.Server, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.tried {
		s.tried = true
		// The server outlives the test that happens to come first.
		s.server, s.err = pglocal.Start(context.Background())
	}
	return s.server, s.err
}

func (s *shared) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		return nil
	}
	return s.server.Stop()
}

// Server returns the server of this test process, for tests that make their
// databases themselves.
func Server(t testing.TB) *pglocal.Server {
	t.Helper()
	s, err := process.get()
	if err != nil {
		t.Fatalf("this test needs PostgreSQL: %v", err)
	}
	return s
}

// URL returns the URL of a fresh database to which the SQL texts were applied.
// When the test ends, the database is dropped and connections to it are cut.
func URL(t testing.TB, sql ...string) string {
	t.Helper()
	s := Server(t)
	template, err := s.Template(t.Context(), sql...)
	if err != nil {
		t.Fatalf("making a template: %v", err)
	}
	name := "specgen_test_" + strings.ToLower(rand.Text())
	url, err := s.Clone(t.Context(), name, template)
	if err != nil {
		t.Fatalf("making a database: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() && os.Getenv(keepVariable) != "" {
			keep(t, s, url)
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), cleanupLimit)
		defer cancel()
		if err := s.Drop(ctx, name); err != nil {
			t.Errorf("cleaning up: %v", err)
		}
	})
	return url
}

// Pool returns a pool for a database as URL makes it. The pool is closed when
// the test ends; a test that still holds a connection then fails.
func Pool(t testing.TB, sql ...string) *pgxpool.Pool {
	t.Helper()
	url := URL(t, sql...)
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatalf("opening a pool: %v", err)
	}
	t.Cleanup(func() {
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			pool.Close() // waits for every connection
		}()
		select {
		case <-closed:
		case <-time.After(releaseLimit):
			t.Errorf("the test ended with %d connections still acquired from its pool", pool.Stat().AcquiredConns())
		}
	})
	return pool
}

// Main runs the tests of a package and stops the server; it returns the exit
// code for os.Exit. Without it the server ends a moment after the process:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
func Main(m *testing.M) int {
	code := m.Run()
	if err := process.stop(); err != nil {
		os.Stderr.WriteString("stopping PostgreSQL: " + err.Error() + "\n")
		return max(code, 1)
	}
	return code
}

func keep(t testing.TB, s *pglocal.Server, url string) {
	t.Helper()
	stop, err := s.Keep()
	if err != nil {
		t.Errorf("keeping the database: %v", err)
		return
	}
	t.Logf("the database is kept: psql '%s'", url)
	if stop != "" {
		t.Logf("its server runs until: %s", stop)
	}
}
