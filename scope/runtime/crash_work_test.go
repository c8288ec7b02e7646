package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/scope"
)

// crashWorker works on projects of its own, and keeps a log of them.
type crashWorker struct {
	*crash
	n    int
	pool *pgxpool.Pool
	rbac *rbac.Provider
	log  []*entry
	live []*entry  // that are there, as far as the worker knows
	open []attempt // of unknown outcome
}

// entry is a project in the log.
type entry struct {
	name string
	id   pgtype.UUID // once it is known
	is   fate
}

// attempt is what one transaction makes and purges.
type attempt struct {
	call         string
	made, purged []*entry
}

// work does one thing after the other until the server is gone.
func (w *crashWorker) work(ctx context.Context, succeeded func()) {
	for {
		select {
		case <-w.stop:
			return
		default:
		}
		a, err := w.act(ctx)
		w.told(a, err)
		if err == nil {
			succeeded()
			continue
		}
		select { // the server is ending, and says so at once
		case <-w.stop:
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// act does one thing: mostly it makes projects, until there are some.
func (w *crashWorker) act(ctx context.Context) (attempt, error) {
	kind := rand.IntN(8)
	switch {
	case len(w.live) == 0:
		kind = 0
	case len(w.live) > 30:
		kind = 5 + rand.IntN(3)
	}
	switch kind {
	case 0, 1:
		a := attempt{call: "create", made: w.fresh(1)}
		return a, a.made[0].create(ctx, w.rbac)
	case 2:
		a := attempt{call: "bulk create", made: w.fresh(2 + rand.IntN(3))}
		results, err := w.rbac.CreateProjects(ctx, specsOf(a.made))
		for i, res := range results {
			a.made[i].id = res.Row.ID
		}
		return a, err
	case 3:
		a := attempt{call: "several", made: w.fresh(2), purged: w.take(1)}
		return a, w.rbac.WriterOps(ctx, func(ctx context.Context, ops *rbac.WriterOps) error { return w.in(ctx, a, ops) })
	case 4:
		a := attempt{call: "joined", made: w.fresh(1), purged: w.take(1)}
		return a, w.join(ctx, a)
	case 5, 6:
		a := attempt{call: "purge", purged: w.take(1)}
		return a, w.in(ctx, a, w.rbac)
	default:
		a := attempt{call: "bulk purge", purged: w.take(3)}
		var specs []rbac.ProjectPurgerSpec
		for _, e := range a.purged {
			specs = append(specs, rbac.ProjectPurgerSpec{ID: e.id})
		}
		results, err := w.rbac.PurgeProjects(ctx, specs)
		for _, res := range results {
			err = errors.Join(err, foundAll(res, nil))
		}
		return a, err
	}
}

// in does what an attempt says, by one call for each project.
func (w *crashWorker) in(ctx context.Context, a attempt, ops writer) error {
	for _, e := range a.made {
		if err := e.create(ctx, ops); err != nil {
			return err
		}
	}
	for _, e := range a.purged {
		if err := foundAll(ops.PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: e.id})); err != nil {
			return err
		}
	}
	return nil
}

// join does it in a transaction of pgx, whose Commit does not tell the tag.
func (w *crashWorker) join(ctx context.Context, a attempt) error {
	tx, err := w.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if err := w.in(ctx, a, rbac.NewProvider(tx)); err != nil {
		return err
	}
	err = tx.Commit(ctx)
	var pgErr *pgconn.PgError
	if err == nil || errors.As(err, &pgErr) && pgErr.Severity != "FATAL" && !strings.HasPrefix(pgErr.Code, "57") {
		return err
	}
	return errors.Join(scope.ErrCommitUnknown, err)
}

// foundAll is the error of a purge, which must find what the log says is there.
func foundAll(res *rbac.ProjectPurgerResult, err error) error {
	if err == nil && !res.Found {
		return errNotFound
	}
	return err
}

// fresh enters projects in the log.
func (w *crashWorker) fresh(n int) (made []*entry) {
	for range n {
		e := &entry{name: fmt.Sprintf("project %d of %d", len(w.log), w.n), is: maybe}
		w.log, made = append(w.log, e), append(made, e)
	}
	return made
}

func (w *crashWorker) take(n int) (taken []*entry) {
	for range min(n, len(w.live)) {
		i, last := rand.IntN(len(w.live)), len(w.live)-1
		taken = append(taken, w.live[i])
		w.live[i] = w.live[last]
		w.live = w.live[:last]
	}
	return taken
}

// told notes what a call said of its rows.
func (w *crashWorker) told(a attempt, err error) {
	var e *scope.Error
	how := ending(err)
	switch {
	case err == nil:
		w.became(a, true)
	case errors.Is(err, scope.ErrCommitUnknown):
		w.open = append(w.open, a)
	default:
		how = "definite error"
		w.became(a, false)
	}
	w.note("calls", how)
	if ending(err) == "unexplained" || errors.As(err, &e) && e.Committed {
		w.mistake("%s: %w", a.call, err)
	}
}

// became notes whether a transaction was committed.
func (w *crashWorker) became(a attempt, committed bool) {
	is := map[bool]fate{true: made, false: purged}
	for _, e := range a.made {
		e.is = is[committed]
	}
	for _, e := range a.purged {
		e.is = is[!committed]
	}
	for _, list := range [][]*entry{a.made, a.purged} {
		for _, e := range list {
			if e.is == made {
				w.live = append(w.live, e)
			}
		}
	}
}

// audit compares the log with the projects that are there, and settles what was
// unknown. It returns how many of them are in the log.
func (w *crashWorker) audit(way string, there map[string]pgtype.UUID) (known int) {
	has := func(e *entry) bool { _, found := there[e.name]; return found }
	for _, a := range w.open {
		n := 0
		for _, e := range a.made {
			if has(e) {
				n++
			}
		}
		for _, e := range a.purged {
			if !has(e) {
				n++
			}
		}
		switch n {
		case 0:
			w.note("unknown and rolled back")
		case len(a.made) + len(a.purged):
			w.note("unknown and committed")
		default:
			w.mistake("%s: %s of unknown outcome is neither done nor undone: %d of %d and %d", way, a.call, n, len(a.made), len(a.purged))
		}
		w.became(a, n > 0)
	}
	w.open = nil
	for _, e := range w.log {
		if id, found := there[e.name]; found {
			known++
			e.id = id
		}
		if has(e) != (e.is == made) {
			w.note("told wrong")
			w.mistake("%s: %s, %v: told that it was made: %t, and it is there: %t", way, e.name,
				w.pool.Config().ConnConfig.DefaultQueryExecMode, e.is == made, has(e))
			w.live = slices.DeleteFunc(w.live, func(other *entry) bool { return other == e })
			if e.is = purged; has(e) {
				e.is, w.live = made, append(w.live, e)
			}
		}
	}
	return known
}

func (e *entry) spec() rbac.ProjectCreatorSpec {
	return rbac.ProjectCreatorSpec{DomainID: baseDomain, Name: e.name}
}

func (e *entry) create(ctx context.Context, w writer) error {
	res, err := w.CreateProject(ctx, e.spec())
	if err == nil {
		e.id = res.Row.ID
	}
	return err
}

func specsOf(entries []*entry) (specs []rbac.ProjectCreatorSpec) {
	for _, e := range entries {
		specs = append(specs, e.spec())
	}
	return specs
}
