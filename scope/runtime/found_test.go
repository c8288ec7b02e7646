package runtime_test

import (
	"context"
	"errors"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/internal/pgproxy"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// finding is a coordinator that creates one note, by an id of its own, and can
// look it up.
type finding struct {
	pool  *pgxpool.Pool // sees what is committed
	runs  int
	asked int
	hooks int
	rides bool // COMMIT may travel with the statement
	fail  func(run int) error
	send  func(run int) // called before the last flush
}

type findingResult struct {
	id  string
	run int
}

func newFinding(t *testing.T) *finding {
	t.Helper()
	f := &finding{pool: notesDB(t)}
	// A second key, which the server may check first: a duplicate of our own row
	// may be told by it.
	mustExec(t, f.pool, "DELETE FROM notes")
	mustExec(t, f.pool, "ALTER TABLE notes ADD name text NOT NULL DEFAULT 'n', DROP CONSTRAINT notes_pkey")
	mustExec(t, f.pool, "ALTER TABLE notes ADD UNIQUE (name)")
	mustExec(t, f.pool, "ALTER TABLE notes ADD PRIMARY KEY (id)")
	return f
}

func (f *finding) create(ctx context.Context, r *runtime.Runner) (*findingResult, error) {
	return onlyOperation(ctx, r, func(ctx context.Context, tx *runtime.Tx) (*findingResult, error) {
		f.runs++
		run := f.runs
		op := tx.Create("note", nil, nil)
		res := &findingResult{id: op.NewUUID().String(), run: run}
		flush := op.Flush()
		flush.Do(runtime.Step{Name: "row", Query: "CreateNote"}, func(ctx context.Context) error {
			var id string
			var body *string
			return op.QueryRow(ctx, "INSERT INTO notes (id, body, name) VALUES ($1, 'text', $1) RETURNING id, body", res.id).Scan(&id, &body)
		})
		op.LookUp("GetNote", func(ctx context.Context) error {
			f.asked++
			var id string
			return op.QueryRow(ctx, "SELECT id FROM notes WHERE id = $1", res.id).Scan(&id)
		})
		if f.rides {
			flush.MayEnd()
		}
		if f.send != nil {
			f.send(run)
		}
		if err := flush.Send(ctx); err != nil {
			return nil, err
		}
		op.AfterCommit("event", func(context.Context) error { f.hooks++; return nil })
		if f.fail != nil {
			if err := f.fail(run); err != nil {
				return nil, err
			}
		}
		return res, nil
	})
}

// want checks what became of a call.
func (f *finding) want(t *testing.T, res *findingResult, err error, run, runs, rows int) {
	t.Helper()
	switch {
	case run == 0 && res != nil:
		t.Errorf("result %+v beside %v", res, err)
	case run > 0 && (err != nil || res == nil || res.run != run):
		t.Errorf("result %+v, error %v, want that of run %d", res, err, run)
	}
	if f.runs != runs {
		t.Errorf("%d runs, want %d", f.runs, runs)
	}
	if wantHooks := min(run, 1); f.hooks != wantHooks {
		t.Errorf("the function after the commit ran %d times, want %d", f.hooks, wantHooks)
	}
	if n := count(t, f.pool, "notes"); n != rows {
		t.Errorf("%d notes, want %d", n, rows)
	}
}

// first has something go wrong with the first COMMITs only.
func first(how ...atCommit) func(int) atCommit {
	return func(n int) atCommit {
		if n > len(how) {
			return 0
		}
		return how[n-1]
	}
}

func TestFoundAfterAnUnknownCommit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name      string
		how       []atCommit
		retry     int
		run, runs int // whose result is returned, 0 for none; and how many there were
		rows      int
		committed bool // the error says so; else it is unknown
	}{
		{name: "committed", how: []atCommit{loseAnswer}, run: 1, runs: 1, rows: 1},
		{name: "committed, says a proxy that it does not know", how: []atCommit{proxyError}, run: 1, runs: 1, rows: 1},
		{name: "committed, says a server that it does not know", how: []atCommit{unknownCode}, run: 1, runs: 1, rows: 1},
		{name: "committed, without retry", how: []atCommit{loseAnswer}, retry: 1, run: 1, runs: 1, rows: 1},
		{name: "rolled back", how: []atCommit{loseCommit}, run: 2, runs: 2, rows: 1},
		{name: "rolled back, without retry", how: []atCommit{loseCommit}, retry: 1, runs: 1},
		{name: "rolled back twice", how: []atCommit{loseCommit, loseCommit}, run: 3, runs: 3, rows: 1},
		{name: "rolled back each time", how: []atCommit{loseCommit, loseCommit, loseCommit}, runs: 3},
		// Which of the two is there is not known, nor which result holds.
		{name: "one of two", how: []atCommit{loseCommit, loseAnswer}, runs: 2, rows: 1, committed: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFinding(t)
			var opts []scope.Option
			if tc.retry > 0 {
				opts = append(opts, scope.WithRetry(tc.retry))
			}
			pool := cuttingPools(t, f.pool, nil, first(tc.how...))
			res, err := f.create(t.Context(), runtime.NewRunner(pool, opts...))
			f.want(t, res, err, tc.run, tc.runs, tc.rows)
			switch {
			case tc.run > 0:
			case tc.committed:
				e := wantErr(t, err)
				if !e.Committed || errors.Is(err, scope.ErrCommitUnknown) || !strings.HasSuffix(err.Error(), "do not run it again") {
					t.Errorf("error %v", err)
				}
			default:
				if e := wantErr(t, err, scope.ErrCommitUnknown); e.Committed {
					t.Errorf("error %v", err)
				}
			}
		})
	}
}

// The lost transaction is still at work, or is yet to be told to commit: the
// look-up finds nothing, and running it again waits at the index.
func TestFoundWhileTheLostOneIsAtWork(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		how  atCommit
		kill bool // the lost transaction, instead of letting it commit
		run  int
	}{
		{name: "it commits", how: leaveAlone, run: 1},
		{name: "it is rolled back", how: leaveAlone, kill: true, run: 2},
		{name: "COMMIT arrives late", how: deliverLate, run: 1},
		{name: "COMMIT never arrives", how: deliverLate, kill: true, run: 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFinding(t)
			mustExec(t, f.pool, `CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
				BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN NULL; END $$`)
			mustExec(t, f.pool, `CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
				FOR EACH ROW EXECUTE FUNCTION hold()`)
			holder := outer(t, f.pool, pgx.TxOptions{})
			if tc.how == leaveAlone {
				if _, err := holder.Exec(t.Context(), "SELECT pg_advisory_xact_lock(42)"); err != nil {
					t.Fatal(err)
				}
			}
			deliver := make(chan struct{})
			letGo := sync.OnceFunc(func() {
				_ = holder.Rollback(context.Background())
				close(deliver)
			})
			t.Cleanup(letGo)
			wait := func() {}
			if tc.how == deliverLate {
				wait = func() { <-deliver }
			}
			pool := cuttingPools(t, f.pool, wait, first(tc.how))
			contended := make(chan bool, 1)
			var ended atomic.Bool
			go func() {
				// The second run's INSERT waits for the transaction of the first.
				const blocked = `
					SELECT pg_blocking_pids(pid) FROM pg_stat_activity
					WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'transactionid'`
				for t.Context().Err() == nil && !ended.Load() {
					var pids []int32
					if f.pool.QueryRow(t.Context(), blocked).Scan(&pids) == nil && len(pids) > 0 {
						if tc.kill {
							_, _ = f.pool.Exec(t.Context(), "SELECT pg_terminate_backend($1)", pids[0])
						}
						letGo()
						contended <- true
						return
					}
				}
				contended <- false
			}()
			res, err := f.create(t.Context(), runtime.NewRunner(pool))
			ended.Store(true)
			if !<-contended {
				t.Error("the second run did not wait for the first")
			}
			f.want(t, res, err, tc.run, 2, 1)
			if f.asked < 1 {
				t.Error("nobody asked")
			}
		})
	}
}

// COMMIT travels with the statements, so that answers may be lost with it.
func TestFoundWhereCommitRides(t *testing.T) {
	t.Parallel()
	// The answers are held back until the rows are there, and then lost.
	committed := func(t *testing.T, f *finding, w wire) pgproxy.Rule {
		return func(m pgproxy.Message) pgproxy.Verdict {
			if m.To == pgproxy.ToServer {
				return pgproxy.Verdict{}
			}
			return pgproxy.Verdict{End: pgproxy.Hold, Then: func() {
				go func() {
					for count(t, f.pool, "notes") < 4 {
						goruntime.Gosched()
					}
					w.Set(nil)
					w.CutAll()
				}()
			}}
		}
	}
	notArrived := func(*testing.T, *finding, wire) pgproxy.Rule {
		return pgproxy.Point{To: pgproxy.ToServer, Bytes: 1}.Cut()
	}
	for _, tc := range []struct {
		name      string
		rule      func(*testing.T, *finding, wire) pgproxy.Rule
		run, runs int
	}{
		{name: "committed", rule: committed, runs: 1},
		{name: "not arrived", rule: notArrived, run: 2, runs: 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f, w := newFinding(t), newWire()
			f.rides = true
			r := runtime.NewRunner(w.pool(t, f.pool, pgx.QueryExecModeCacheStatement))
			for range 3 {
				if _, err := f.create(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			f.runs, f.hooks, f.asked = 0, 0, 0
			f.send = func(run int) {
				if run == 1 {
					w.Set(tc.rule(t, f, w))
				}
			}
			res, err := f.create(t.Context(), r)
			f.want(t, res, err, tc.run, tc.runs, 4)
			if tc.run == 0 {
				e := wantErr(t, err)
				if !e.Committed || errors.Is(err, scope.ErrCommitUnknown) {
					t.Errorf("error %v", err)
				}
				const want = "create note: COMMIT: it is committed, as a look-up by its id has shown, and its answers were lost; the transaction is committed: do not run it again"
				if e.Error() != want {
					t.Errorf("text %q", e)
				}
			}
			if f.asked == 0 {
				t.Error("nobody asked")
			}
		})
	}
}

// Running it again fails for a reason of its own: that says nothing of the first.
func TestFoundNothingAndFailed(t *testing.T) {
	t.Parallel()
	f := newFinding(t)
	f.fail = func(run int) error {
		if run == 2 {
			return errCustom
		}
		return nil
	}
	var retries int
	observer := scope.WithObserver(func(_ context.Context, e scope.Event) {
		if e.Kind == scope.Retry {
			retries++
		}
	})
	res, err := f.create(t.Context(), runtime.NewRunner(cuttingPools(t, f.pool, nil, first(loseCommit)), observer))
	f.want(t, res, err, 0, 2, 0)
	if wantErr(t, err, scope.ErrCommitUnknown); errors.Is(err, errCustom) || retries != 1 {
		t.Errorf("%d retries, error %v", retries, err)
	}
	// A duplicate that is not ours: somebody has taken the name meanwhile.
	f = newFinding(t)
	f.send = func(run int) {
		if run == 2 {
			mustExec(t, f.pool, "ALTER TABLE notes ADD CHECK (body <> 'text')")
		}
	}
	res, err = f.create(t.Context(), runtime.NewRunner(cuttingPools(t, f.pool, nil, first(loseCommit))))
	f.want(t, res, err, 0, 2, 0)
	wantErr(t, err, scope.ErrCommitUnknown)
	if errors.Is(err, scope.ErrInvalid) || !strings.Contains(err.Error(), "then create note: step row (query CreateNote): invalid value (SQLSTATE 23514") {
		t.Errorf("error %v", err)
	}
}

func TestFoundIsNotAsked(t *testing.T) {
	t.Parallel()
	t.Run("on a connection that is gone", func(t *testing.T) {
		t.Parallel()
		f := newFinding(t)
		conn, err := cuttingPool(t, f.pool, loseAnswer, nil).Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Release()
		res, err := f.create(t.Context(), runtime.NewRunner(conn))
		f.want(t, res, err, 0, 1, 1)
		wantErr(t, err, scope.ErrCommitUnknown)
	})
	t.Run("with a context that is done", func(t *testing.T) {
		t.Parallel()
		f := newFinding(t)
		ctx, cancel := context.WithCancel(t.Context())
		res, err := f.create(ctx, runtime.NewRunner(cuttingPool(t, f.pool, holdAnswer, cancel)))
		if res != nil || f.runs != 1 || f.asked != 0 {
			t.Errorf("result %v, %d runs, asked %d times", res, f.runs, f.asked)
		}
		wantErr(t, err, scope.ErrCommitUnknown, context.Canceled)
	})
	t.Run("in a transaction of several", func(t *testing.T) {
		t.Parallel()
		f := newFinding(t)
		err := create(t.Context(), runtime.NewRunner(cuttingPool(t, f.pool, loseAnswer, nil)), func(ctx context.Context, op *runtime.Op) error {
			op.LookUp("GetNote", func(context.Context) error { f.asked++; return nil })
			return insertItem(ctx, op, "a")
		})
		if wantErr(t, err, scope.ErrCommitUnknown); f.asked != 0 {
			t.Errorf("asked %d times", f.asked)
		}
	})
	t.Run("when the look-up fails", func(t *testing.T) {
		t.Parallel()
		f := newFinding(t)
		cutting := cuttingPools(t, f.pool, func() { mustExec(t, f.pool, "ALTER TABLE notes RENAME TO gone") }, first(loseAnswer))
		res, err := f.create(t.Context(), runtime.NewRunner(cutting))
		if wantErr(t, err, scope.ErrCommitUnknown); res != nil || f.runs != 1 || f.asked != 3 {
			t.Errorf("result %v, %d runs, asked %d times: %v", res, f.runs, f.asked, err)
		}
		if !strings.Contains(err.Error(), "then create note: step found (query GetNote)") {
			t.Errorf("error %v", err)
		}
	})
}
