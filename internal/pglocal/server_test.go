package pglocal_test

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/internal/pglocal"
)

func start(t *testing.T) *pglocal.Server {
	t.Helper()
	s, err := pglocal.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stopping: %v", err)
		}
	})
	return s
}

// query returns the one text that sql gives in the database at rawURL.
func query(t *testing.T, rawURL, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), rawURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var text string
	if err := conn.QueryRow(t.Context(), sql).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

// ownServer makes Start start a server, whatever the environment of the tests
// says.
func ownServer(t *testing.T) {
	t.Helper()
	t.Setenv(pglocal.EnvURL, "")
}

func TestCreateAppliesSQLInOrder(t *testing.T) {
	ownServer(t)
	s := start(t)
	got, err := s.Create(t.Context(), "demo", "CREATE TABLE a (x text); CREATE TABLE b (y text)", "INSERT INTO a VALUES ('ä')")
	if err != nil {
		t.Fatal(err)
	}
	if want := s.URL("demo"); got != want {
		t.Errorf("Create returned %s, URL returns %s", got, want)
	}
	if x := query(t, got, "SELECT x FROM a"); x != "ä" {
		t.Errorf("the row holds %q", x)
	}
	if v := query(t, got, "SHOW server_version"); v != s.Version() {
		t.Errorf("Version is %q, the server says %q", s.Version(), v)
	}
	if _, err := s.Create(t.Context(), "demo"); err == nil || !strings.Contains(err.Error(), "42P04") {
		t.Errorf("creating it again: %v; want duplicate_database", err)
	}
}

func TestServerIgnoresTheEnvironmentOfLibpq(t *testing.T) {
	ownServer(t)
	for name, value := range map[string]string{
		"PGPORT": "1", "PGHOST": "nowhere.invalid", "PGUSER": "nobody", "PGDATABASE": "none",
		"PGPASSWORD": "wrong", "PGSSLMODE": "verify-full", "PGDATA": "/nonexistent",
	} {
		t.Setenv(name, value)
	}
	s := start(t)
	if user := query(t, s.URL("postgres"), "SELECT current_user"); user != "postgres" {
		t.Errorf("connected as %s", user)
	}
}

func TestCreateNamesTheLineAndLeavesNothing(t *testing.T) {
	ownServer(t)
	s := start(t)
	_, err := s.Create(t.Context(), "broken", "SELECT 1;", "SELECT 1;\n-- äöü\nSELECT * FROM missing;")
	if err == nil || !strings.Contains(err.Error(), "SQL text 2, line 3, to database broken") {
		t.Errorf("got %v; want the text and the line", err)
	}
	const count = "SELECT count(*)::text FROM pg_database WHERE datname = 'broken'"
	if n := query(t, s.URL("postgres"), count); n != "0" {
		t.Error("the database is still there")
	}
}

func TestStopRemovesTheFiles(t *testing.T) {
	ownServer(t)
	s := start(t)
	dir := directory(t, s)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", dir, err)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("stopping again: %v", err)
	}
}

// directory returns where the server that s started has its files.
func directory(t *testing.T, s *pglocal.Server) string {
	t.Helper()
	return host(t, s.URL("postgres"))
}

func host(t *testing.T, rawURL string) string {
	t.Helper()
	u, err := url.Parse(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("host")
}

func TestServerOfTheEnvironmentIsUsedAndCleaned(t *testing.T) {
	ownServer(t)
	outer := start(t)
	t.Setenv(pglocal.EnvURL, outer.URL("postgres"))

	s := start(t)
	created, err := s.Create(t.Context(), "guest", "CREATE TABLE a (x text)")
	if err != nil {
		t.Fatal(err)
	}
	if directory(t, s) != directory(t, outer) {
		t.Fatalf("%s is not on the server of %s", created, pglocal.EnvURL)
	}
	if command, err := s.Keep(); command != "" || err != nil {
		t.Errorf("Keep returned %q, %v: there is nothing to stop", command, err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	const count = "SELECT count(*)::text FROM pg_database WHERE datname = 'guest'"
	if n := query(t, outer.URL("postgres"), count); n != "0" {
		t.Error("Stop left the database")
	}
}

func TestURLOfTheEnvironmentIsChecked(t *testing.T) {
	for _, tc := range []struct{ url, want string }{
		{"host=/tmp dbname=postgres", "must begin with postgres://"},
		{"postgres://u:secret@host:port/db", "not a valid URL"},
	} {
		t.Setenv(pglocal.EnvURL, tc.url)
		_, err := pglocal.Start(t.Context())
		if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), pglocal.EnvURL) {
			t.Errorf("%s: got %v; want %q", tc.url, err, tc.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error holds the password: %v", err)
		}
	}
}

// Two processes with one server are two values of Server here: they share no
// memory.
func TestTemplateIsMadeOnceByManyProcesses(t *testing.T) {
	ownServer(t)
	outer := start(t)
	t.Setenv(pglocal.EnvURL, outer.URL("postgres"))
	const text = "CREATE TABLE made AS SELECT pg_backend_pid() AS pid"
	pids := make([]string, 6)
	var wg sync.WaitGroup
	for i := range pids {
		s := start(t)
		wg.Go(func() {
			template, err := s.Template(t.Context(), text)
			if err != nil {
				t.Error(err)
				return
			}
			clone, err := s.Clone(t.Context(), fmt.Sprintf("clone_%d", i), template)
			if err != nil {
				t.Error(err)
				return
			}
			pids[i] = query(t, clone, "SELECT pid::text FROM made")
		})
	}
	wg.Wait()
	for _, pid := range pids {
		if pid != pids[0] {
			t.Errorf("the template was made more than once: by %v", pids)
		}
	}
}

func TestTemplatesOfDifferentTextsDiffer(t *testing.T) {
	ownServer(t)
	s := start(t)
	seen := map[string][]string{}
	for _, texts := range [][]string{nil, {""}, {"SELECT 1;", "SELECT 2;"}, {"SELECT 1;SELECT 2;"}, {"SELECT 2;", "SELECT 1;"}} {
		name, err := s.Template(t.Context(), texts...)
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[name]; ok {
			t.Errorf("%q and %q share a template", texts, other)
		}
		seen[name] = texts
	}
}
