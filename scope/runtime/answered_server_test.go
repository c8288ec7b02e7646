package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pglocal"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// slowCommits is a server on which a signal arrives during COMMIT, and is looked
// at behind it, because the statement is logged.
func slowCommits() []string {
	return []string{"commit_delay=100000", "commit_siblings=0", "log_min_duration_statement=0"}
}

// answers counts the COMMITs whose completion was read and that the driver
// reported an error of all the same.
type answers struct {
	n      atomic.Int64
	ending sync.Map // *pgx.Conn: a batch has had COMMIT's completion
}

func (a *answers) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

func (a *answers) TraceQueryEnd(_ context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	if data.Err != nil && data.CommandTag.String() == "COMMIT" {
		a.n.Add(1)
	}
}

func (a *answers) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

func (a *answers) TraceBatchQuery(_ context.Context, conn *pgx.Conn, data pgx.TraceBatchQueryData) {
	if data.CommandTag.String() == "COMMIT" {
		a.ending.Store(conn, true)
	}
}

func (a *answers) TraceBatchEnd(_ context.Context, conn *pgx.Conn, data pgx.TraceBatchEndData) {
	if _, ended := a.ending.LoadAndDelete(conn); ended && data.Err != nil {
		a.n.Add(1)
	}
}

// endingCall is a coordinator, and how its COMMIT travels.
type endingCall struct {
	name string
	warm bool // all is prepared and known before
	run  func(ctx context.Context, db scope.DB, id string, hook func(context.Context) error) error
}

func endingCalls() []endingCall {
	write := func(tx *runtime.Tx, id string, hook func(context.Context) error) func(context.Context) error {
		return func(ctx context.Context) error {
			op := tx.Create("note", nil, nil)
			op.AfterCommit("event", hook)
			f := op.Flush()
			f.Do(runtime.Step{Name: "one"}, note(op, id))
			f.MayEnd()
			return f.Send(ctx)
		}
	}
	one := func(ctx context.Context, db scope.DB, id string, hook func(context.Context) error) error {
		_, err := onlyOperation(ctx, runtime.NewRunner(db), func(ctx context.Context, tx *runtime.Tx) (string, error) {
			return id, write(tx, id, hook)(ctx)
		})
		return err
	}
	several := func(ctx context.Context, db scope.DB, id string, hook func(context.Context) error) error {
		return do(ctx, runtime.NewRunner(db), func(ctx context.Context, tx *runtime.Tx) error {
			quiet := func(context.Context) error { return nil }
			return errors.Join(write(tx, id+" too", quiet)(ctx), write(tx, id, hook)(ctx))
		})
	}
	bulk := func(ctx context.Context, db scope.DB, id string, hook func(context.Context) error) error {
		_, err := runtime.Many(ctx, runtime.NewRunner(db), []string{id}, func(ctx context.Context, tx *runtime.Tx, ids []string) ([]string, error) {
			return ids, write(tx, id, hook)(ctx)
		})
		return err
	}
	return []endingCall{
		{"one, cold", false, one}, {"one, warm", true, one}, {"several", true, several}, {"many, warm", true, bulk},
	}
}

// A signal arrives while COMMIT is at work. Whatever the server, the driver and
// the context say then, the caller is told what is there.
func TestSignalDuringCommit(t *testing.T) {
	t.Parallel()
	server, err := pglocal.StartOwn(t.Context(), pglocal.Config{Durable: true, Settings: slowCommits()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	url, err := server.Create(t.Context(), "signalled", testSchema, notesSchema)
	if err != nil {
		t.Fatal(err)
	}
	var fresh ids
	t.Run("signals", func(t *testing.T) {
		for _, mode := range everyMode {
			for _, signal := range []string{"pg_terminate_backend", "pg_cancel_backend", "a context with requests to cancel"} {
				for _, wrapped := range []bool{false, true} {
					if wrapped && mode != pgx.QueryExecModeCacheStatement {
						continue // COMMIT is in the simple protocol then, in every mode
					}
					t.Run(fmt.Sprintf("%v, %s, wrapped %t", mode, signal, wrapped), func(t *testing.T) {
						t.Parallel()
						newSignalled(t, url, mode, signal, wrapped, &fresh).during(t)
					})
				}
			}
		}
	})
}

// A commit that waits for a standby that is not there has been done on this
// server. To cancel the wait is a success, by PostgreSQL's own account (manual,
// section "Synchronous Replication"); a connection that ends there is not answered.
func TestSignalDuringSynchronousReplication(t *testing.T) {
	t.Parallel()
	settings := append(slowCommits(), "wal_level=replica", "max_wal_senders=1", "synchronous_standby_names=nobody")
	server, err := pglocal.StartOwn(t.Context(), pglocal.Config{Durable: true, Settings: append(settings, "synchronous_commit=local")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	url, err := server.Create(t.Context(), "waiting", testSchema, notesSchema)
	if err != nil {
		t.Fatal(err)
	}
	var fresh ids
	for _, signal := range []string{"pg_terminate_backend", "pg_cancel_backend", "a context with requests to cancel"} {
		s := newSignalled(t, url, pgx.QueryExecModeCacheStatement, signal, false, &fresh)
		s.waits = true
		for _, call := range endingCalls() {
			s.warm(t, call)
			mustExec(t, s.pool, "SET synchronous_commit = on")
			s.round(t, call)
		}
	}
}

// signalled is a pool whose one connection is signalled during COMMIT.
type signalled struct {
	signal       string
	direct, pool *pgxpool.Pool
	db           scope.DB
	wrapped      bool
	waits        bool // COMMIT waits for a standby
	answered     answers
	fresh        *ids
	name         string // of the pool's connections
}

func newSignalled(t *testing.T, url string, mode pgx.QueryExecMode, signal string, wrapped bool, fresh *ids) *signalled {
	t.Helper()
	direct, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(direct.Close)
	s := &signalled{signal: signal, direct: direct, wrapped: wrapped, fresh: fresh, name: "signalled at " + fresh.next()}
	config := direct.Config()
	config.MaxConns = 1
	config.ConnConfig.DefaultQueryExecMode = mode
	config.ConnConfig.RuntimeParams["application_name"] = s.name
	config.ConnConfig.Tracer = &s.answered
	config.ConnConfig.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: time.Minute}
	}
	if s.pool, err = pgxpool.NewWithConfig(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.pool.Close)
	if s.db = s.pool; wrapped {
		s.db = wrappedPool{s.pool}
	}
	return s
}

// during has each call meet a signal during COMMIT. One that is early rolls back,
// and one that is late finds nothing: then there is another round.
func (s *signalled) during(t *testing.T) {
	t.Helper()
	for _, call := range endingCalls() {
		met := s.answered.n.Load()
		for round := 1; s.answered.n.Load() == met; round++ {
			if round == 20 {
				t.Fatalf("%s: no signal of %d came during COMMIT", call.name, round)
			}
			s.warm(t, call)
			s.round(t, call)
		}
	}
}

// warm makes a new connection, and has a call's statements known on it.
func (s *signalled) warm(t *testing.T, call endingCall) {
	t.Helper()
	s.pool.Reset()
	if !call.warm {
		return
	}
	mustExec(t, s.pool, "SET synchronous_commit = off") // there is no delay
	for range 3 {
		if err := call.run(t.Context(), s.db, s.fresh.next(), func(context.Context) error { return nil }); err != nil {
			t.Fatalf("%s: undisturbed: %v", call.name, err)
		}
	}
	mustExec(t, s.pool, "RESET synchronous_commit")
}

func (s *signalled) round(t *testing.T, call endingCall) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	over := make(chan struct{})
	go func() {
		defer close(over)
		s.send(ctx, cancel)
	}()
	hooks, id := 0, s.fresh.next()
	err := call.run(ctx, s.db, id, func(ctx context.Context) error {
		hooks++
		return ctx.Err()
	})
	cancel()
	<-over
	there := count(t, s.direct, "notes WHERE id = $1", id) == 1
	switch unknown := errors.Is(err, scope.ErrCommitUnknown); {
	case unknown && s.wrapped && hooks == 0:
	case s.waits && s.signal == "pg_terminate_backend" && unknown && there && hooks == 0:
	case unknown, there != (err == nil), (hooks == 1) != (err == nil):
		t.Errorf("%s: the row is there: %t; the function for after the commit ran %d times; error: %v", call.name, there, hooks, err)
	}
}

// send sends the signal when COMMIT is at work.
func (s *signalled) send(ctx context.Context, cancel func()) {
	const working = "FROM pg_stat_activity WHERE application_name = $1 AND state = 'active' AND lower(query) = 'commit'"
	for ctx.Err() == nil {
		if strings.HasPrefix(s.signal, "pg_") {
			tag, err := s.direct.Exec(context.WithoutCancel(ctx), "SELECT "+s.signal+"(pid) "+working, s.name)
			if err != nil || tag.RowsAffected() > 0 {
				return
			}
			continue
		}
		var pid int
		if s.direct.QueryRow(context.WithoutCancel(ctx), "SELECT pid "+working, s.name).Scan(&pid) == nil {
			cancel()
		}
	}
}
