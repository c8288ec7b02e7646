package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/saas/internal/server"
	"example.com/saas/internal/testpg"
	"example.com/saas/saasfunc"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	actor = "11111111-1111-1111-1111-111111111111"
	ada   = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
	bob   = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
)

// service is the service under test, on a database of its own.
type service struct {
	pool   *pgxpool.Pool
	url    string
	client *http.Client

	mu           sync.Mutex
	events       []saasfunc.WorkspaceEvent
	publishError error // what publish returns
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{pool: testpg.Open(t, "../../schema")}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	web := httptest.NewServer(server.New(s.pool, server.Config{Publish: s.publish, Log: log}))
	t.Cleanup(web.Close)
	s.url, s.client = web.URL, web.Client()
	return s
}

func (s *service) publish(_ context.Context, event saasfunc.WorkspaceEvent) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, event)
	return s.publishError
}

func (s *service) published() []saasfunc.WorkspaceEvent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

// do sends a request as who, checks the status, and decodes the answer into
// answer unless that is nil.
func (s *service) do(t *testing.T, who, method, path, body string, status int, answer any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Actor", who)
	res, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var raw json.RawMessage
	if err := json.NewDecoder(res.Body).Decode(&raw); err != nil {
		t.Fatalf("%s %s: the answer is no JSON: %v", method, path, err)
	}
	if res.StatusCode != status {
		t.Fatalf("%s %s = %d %s, want %d", method, path, res.StatusCode, raw, status)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		t.Fatalf("%s %s: reading %s: %v", method, path, raw, err)
	}
}

// refused sends a request that has to fail, and checks the problem's code.
func (s *service) refused(t *testing.T, method, path, body string, status int, code string) {
	t.Helper()
	var problem struct{ Code, Message string }
	s.do(t, actor, method, path, body, status, &problem)
	if problem.Code != code || problem.Message == "" {
		t.Errorf("%s %s = %+v, want the code %q and a message", method, path, problem, code)
	}
}

// exec runs a statement that the service has no request for.
func (s *service) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := s.pool.Exec(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// organisation makes an organisation and returns its id.
func (s *service) organisation(t *testing.T, name string) int64 {
	t.Helper()
	var made struct{ ID int64 }
	s.do(t, actor, "POST", "/organisations", fmt.Sprintf(`{"name": %q, "owners": [%q]}`, name, ada), 201, &made)
	return made.ID
}

// workspaceBody is a request for a workspace with two owners.
func workspaceBody(organisation int64, slug string) string {
	return fmt.Sprintf(`{"organisation_id": %d, "slug": %q, "name": "Vision", "description": "Cameras", "owners": [%q, %q]}`, organisation, slug, ada, bob)
}

// workspace makes a workspace with two owners and returns its id.
func (s *service) workspace(t *testing.T, organisation int64, slug string) int64 {
	t.Helper()
	var made struct{ ID int64 }
	s.do(t, actor, "POST", "/workspaces", workspaceBody(organisation, slug), 201, &made)
	return made.ID
}

// check compares the one text column of a query, sorted, with want.
func (s *service) check(t *testing.T, what, query string, args []any, want ...string) {
	t.Helper()
	rows, err := s.pool.Query(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// counts returns how many rows each table has, those with none left out.
func (s *service) counts(t *testing.T) map[string]int64 {
	t.Helper()
	counts := map[string]int64{}
	for _, table := range []string{"organisations", "workspaces", "environments", "roles", "role_grants", "members", "subscriptions", "audit_log"} {
		var n int64
		if err := s.pool.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			counts[table] = n
		}
	}
	return counts
}
