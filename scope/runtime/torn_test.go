package runtime_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
)

var tornCreates = flag.Int("torn", 400, "how many projects each part of TestTorn creates")

const (
	tornCreators = 16
	tornAdmins   = 2
	tornEvery    = 8  // creates for each edit of the presets
	tornRounds   = 50 // until FOR SHARE alone must have been seen to fail
)

// TestTorn creates projects under one parent that is updated meanwhile, while
// administrators replace several presets in one transaction. The roles and
// permissions of each project must be those of one committed state of all presets.
// FOR SHARE alone loses that: it shows that the test can fail.
func TestTorn(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		create func(scope.DB, ...scope.Option) tornCreator
		torn   bool
	}{
		{"reference RBAC", byRBAC, false},
		{"one statement", handMade(readTogether), false},
		{"several statements, read again", handMade(readAgain), false},
		{"several statements, FOR SHARE alone", handMade(readOnce), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newTorn(t)
			create := tc.create(w.pool, scope.WithObserver(w.observe))
			rounds := 1
			if tc.torn {
				rounds = tornRounds
			}
			start, torn := time.Now(), 0
			for ; rounds > 0 && torn == 0; rounds-- {
				w.round(t, create)
				torn = w.audit(t)
			}
			took := time.Since(start)
			t.Logf("%d creates, %d torn, %d edits, %d updates of the parent, %d retries, %d given up and called again, %.0f creates/s",
				w.made.Load(), torn, len(w.states)-1, w.updates, w.retries.Load(), w.gaveUp.Load(), float64(w.made.Load())/took.Seconds())
			if (torn > 0) != tc.torn {
				t.Errorf("%d projects are torn", torn)
			}
		})
	}
}

// torn is what creators and administrators share.
type torn struct {
	pool                  *pgxpool.Pool
	made, retries, gaveUp atomic.Int64
	updates               int

	turn    sync.Mutex      // of the administrators
	version int             // comes once
	states  map[string]bool // of all presets, as they were committed
}

func newTorn(t *testing.T) *torn {
	t.Helper()
	config := rbacDB(t).Config()
	config.MaxConns = tornCreators + tornAdmins + 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	mustExec(t, pool, "DELETE FROM role_presets WHERE scope_type = 'project'")
	w := &torn{pool: pool, states: map[string]bool{}}
	if err := w.edit(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *torn) observe(_ context.Context, e scope.Event) {
	if e.Kind == scope.Retry {
		w.retries.Add(1)
	}
}

// round creates as many projects as the flag says.
func (w *torn) round(t *testing.T, create tornCreator) {
	t.Helper()
	ctx := t.Context()
	var left atomic.Int64
	left.Store(int64(*tornCreates))
	edits, updates := make(chan struct{}, 1), make(chan struct{}, 1)
	var creators, others sync.WaitGroup
	for range tornCreators {
		creators.Go(func() {
			for n := left.Add(-1); n >= 0; n = left.Add(-1) {
				if err := w.insist(ctx, create); err != nil {
					t.Error(err)
					return
				}
				offer(updates)
				if n%tornEvery == 0 {
					offer(edits)
				}
			}
		})
	}
	for range tornAdmins {
		others.Go(func() {
			for range edits {
				if err := w.edit(ctx, 2); err != nil {
					t.Error("edit:", err)
				}
			}
		})
	}
	others.Go(func() {
		for range updates {
			w.updates++
			if _, err := w.pool.Exec(ctx, "UPDATE domains SET description = $1 WHERE id = $2", fmt.Sprint(w.updates), baseDomain); err != nil {
				t.Error("parent:", err)
			}
		}
	})
	creators.Wait()
	close(edits)
	close(updates)
	others.Wait()
}

// offer wakes who waits, and does not wait itself.
func offer(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

// insist creates a project, and calls again when all retries met an edit.
func (w *torn) insist(ctx context.Context, create tornCreator) error {
	name := fmt.Sprintf("project %d", w.made.Add(1))
	for {
		err := create(ctx, name)
		if !errors.Is(err, scope.ErrConflict) {
			return err
		}
		w.gaveUp.Add(1)
	}
}

// presetState is the state of all presets as one text, and projectStates the same
// of each project's roles.
const (
	presetState = `SELECT coalesce(string_agg(line, '; ' ORDER BY line), '') FROM (
		SELECT p.name || ': ' || coalesce(string_agg(e.operation, ', ' ORDER BY e.operation), '') AS line
		FROM role_presets p LEFT JOIN role_permission_presets e ON e.role_preset_id = p.id
		WHERE p.scope_type = 'project' AND NOT p.deleted GROUP BY p.id) x`
	projectStates = `SELECT coalesce(string_agg(line, '; ' ORDER BY line), '') FROM projects LEFT JOIN (
		SELECT a.scope_id, r.name || ': ' || coalesce(string_agg(p.operation, ', ' ORDER BY p.operation), '') AS line
		FROM association_scopes_entities a JOIN roles r ON r.id::text = a.entity_id LEFT JOIN permissions p ON p.role_id = r.id
		WHERE a.scope_type = 'project' AND a.entity_type = 'role' GROUP BY a.scope_id, r.id) x ON x.scope_id = projects.id::text
		GROUP BY projects.id`
)

// edit archives some of the presets and adds as many, in one transaction.
func (w *torn) edit(ctx context.Context, some int) error {
	w.turn.Lock()
	defer w.turn.Unlock()
	return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		// In the order of the ids, as creators lock them.
		rows, err := tx.Query(ctx, "SELECT id::text FROM role_presets WHERE scope_type = 'project' AND NOT deleted ORDER BY id")
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, id := range ids[:min(some, len(ids))] {
			if _, err := tx.Exec(ctx, "UPDATE role_presets SET deleted = true WHERE id = $1::text::uuid", id); err != nil {
				return err
			}
		}
		for slot := range some {
			w.version++
			if err := insertPreset(ctx, tx, slot%2, w.version); err != nil {
				return err
			}
		}
		var state string
		if err := tx.QueryRow(ctx, presetState).Scan(&state); err != nil {
			return err
		}
		w.states[state] = true
		return nil
	})
}

// audit counts the projects that are of no state that was committed.
func (w *torn) audit(t *testing.T) (torn int) {
	t.Helper()
	rows, err := w.pool.Query(t.Context(), projectStates)
	if err != nil {
		t.Fatal(err)
	}
	states, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if len(states) != int(w.made.Load()) {
		t.Errorf("%d projects, but %d were made", len(states), w.made.Load())
	}
	for _, state := range states {
		if !w.states[state] {
			torn++
		}
	}
	return torn
}
