package saas_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/saas/internal/testpg"
	"example.com/saas/saasfunc"
	"example.com/saas/scopes"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/specgen-dev/specgen/scope"
)

var (
	actor = uuid("11111111-1111-1111-1111-111111111111")
	ada   = uuid("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa")
	bob   = uuid("bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb")

	// noon is when everything happens.
	noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
)

func uuid(text string) pgtype.UUID {
	id, err := scope.ParseUUID(text)
	if err != nil {
		panic(err)
	}
	return pgtype.UUID{Bytes: id, Valid: true}
}

// fixture is package scopes on a database of its own.
type fixture struct {
	*scopes.Provider
	pool  *pgxpool.Pool
	fault testpg.Fault

	mu     sync.Mutex
	events []scope.Event             // what the Provider did
	heard  []saasfunc.WorkspaceEvent // what was published
	broken error                     // what publishing returns
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{}
	f.pool = testpg.Open(t, "schema", f.fault.Install)
	f.Provider = f.provider(f.pool)
	return f
}

// provider returns a Provider on the pool or on a transaction.
func (f *fixture) provider(db scope.DB, options ...scope.Option) *scopes.Provider {
	standard := []scope.Option{
		scope.WithClock(func() time.Time { return noon }),
		scope.WithObserver(func(_ context.Context, e scope.Event) {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.events = append(f.events, e)
		}),
	}
	return scopes.NewProvider(db, scopes.ContextValues{Actor: actorFrom}, append(standard, options...)...)
}

type actorKey struct{}

var errNobody = errors.New("nobody asks")

func actorFrom(ctx context.Context) (pgtype.UUID, error) {
	if id, ok := ctx.Value(actorKey{}).(pgtype.UUID); ok {
		return id, nil
	}
	return pgtype.UUID{}, errNobody
}

// ctx is that of a request by actor.
func (f *fixture) ctx(t *testing.T) context.Context {
	ctx := context.WithValue(t.Context(), actorKey{}, actor)
	return saasfunc.WithPublisher(ctx, func(_ context.Context, event saasfunc.WorkspaceEvent) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.heard = append(f.heard, event)
		return f.broken
	})
}

// steps returns the steps that were run since it was asked last, those that
// failed included, each with the number of its flush.
func (f *fixture) steps() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var steps []string
	for _, e := range f.events {
		if e.Kind == scope.StepDone {
			steps = append(steps, fmt.Sprintf("%d %s", e.Flush, e.Step))
		}
	}
	f.events = nil
	return steps
}

// published returns the events that were published since it was asked last.
func (f *fixture) published() []saasfunc.WorkspaceEvent {
	f.mu.Lock()
	defer f.mu.Unlock()
	heard := f.heard
	f.heard = nil
	return heard
}

// organisation makes an organisation.
func (f *fixture) organisation(t *testing.T, name string) int64 {
	t.Helper()
	res, err := f.CreateOrganisation(f.ctx(t), scopes.OrganisationCreatorSpec{Name: name, Owners: []pgtype.UUID{ada}})
	if err != nil {
		t.Fatal(err)
	}
	return res.Row.ID
}

// vision is a workspace of two owners.
func vision(organisation int64) scopes.WorkspaceCreatorSpec {
	return scopes.WorkspaceCreatorSpec{OrganisationID: organisation, Slug: "vision", Name: "Vision", Owners: []pgtype.UUID{ada, bob}}
}

// workspace makes a workspace, and forgets how.
func (f *fixture) workspace(t *testing.T, organisation int64) int64 {
	t.Helper()
	res, err := f.CreateWorkspace(f.ctx(t), vision(organisation))
	if err != nil {
		t.Fatal(err)
	}
	f.steps()
	f.published()
	return res.Row.ID
}

func (f *fixture) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := f.pool.Exec(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// column returns the one text column of a query.
func (f *fixture) column(t *testing.T, query string, args ...any) []string {
	t.Helper()
	rows, err := f.pool.Query(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// dump returns every row of every table.
func (f *fixture) dump(t *testing.T) []string {
	t.Helper()
	var rows []string
	for _, table := range f.column(t, `SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`) {
		rows = append(rows, f.column(t, `SELECT $1 || x::text FROM `+table+` AS x ORDER BY x::text`, table)...)
	}
	return rows
}

// unchanged checks that the tables hold what they held before.
func (f *fixture) unchanged(t *testing.T, before []string) {
	t.Helper()
	after := f.dump(t)
	for _, row := range before {
		if !slices.Contains(after, row) {
			t.Errorf("gone: %s", row)
		}
	}
	for _, row := range after {
		if !slices.Contains(before, row) {
			t.Errorf("new: %s", row)
		}
	}
	if len(before) != len(after) {
		t.Errorf("there are %d rows, and were %d", len(after), len(before))
	}
}

// wantError checks what an error is, and returns its *scope.Error.
func wantError(t *testing.T, err error, targets ...error) *scope.Error {
	t.Helper()
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Errorf("the error %v is no %v", err, target)
		}
	}
	var e *scope.Error
	if !errors.As(err, &e) {
		t.Fatalf("the error %v is no *scope.Error", err)
	}
	return e
}

// equal compares lists.
func equal[T comparable](t *testing.T, what string, got []T, want ...T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}
