package runtime_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/internal/pglocal"
)

var crashTime = flag.Duration("crash", 5*time.Second, "how long TestCrash works")

// crashWorkers create and purge at the same time.
const crashWorkers = 12

// waysToEnd are how the postmaster is ended, in turn. With logging, a signal that
// arrives during COMMIT is looked at between its completion and the rest.
var waysToEnd = []struct {
	name   string
	signal syscall.Signal
	log    string
}{
	{"fast shutdown, logging", syscall.SIGINT, "log_min_duration_statement=0"},
	{"immediate shutdown", syscall.SIGQUIT, "log_min_duration_statement=0"},
	{"fast shutdown", syscall.SIGINT, "log_min_duration_statement=-1"},
	{"the postmaster is killed", syscall.SIGKILL, "log_min_duration_statement=-1"},
}

// crash is what the workers share.
type crash struct {
	server   *pglocal.Server
	direct   *pgxpool.Pool
	pools    []*pgxpool.Pool // one for each mode
	stop     chan struct{}   // closed when the server has ended
	done     atomic.Int64    // calls that succeeded in this round
	answered answers

	mu     sync.Mutex
	counts map[string]int
	wrong  []error
}

// TestCrash has workers create, create many and purge projects, in every mode of
// pgx, while the server is ended in every way and started again. Each keeps a log
// of what it was told, which is compared with the database after each start: every
// success is there, nothing is there after any other error, and what is unknown is
// there whole or not at all.
func TestCrash(t *testing.T) {
	t.Parallel()
	c := newCrash(t)
	workers := make([]*crashWorker, crashWorkers)
	for i := range workers {
		workers[i] = c.worker(i)
	}
	start := time.Now()
	met := map[string]int64{}
	var rounds int
	for ; ; rounds++ {
		enough := rounds >= len(waysToEnd) && time.Since(start) >= *crashTime
		if enough && (met[waysToEnd[0].name] > 0 || rounds >= 10*len(waysToEnd)) {
			break
		}
		way := waysToEnd[rounds%len(waysToEnd)]
		before := c.answered.n.Load()
		c.round(t, workers, way.signal)
		met[way.name] += c.answered.n.Load() - before
		next := waysToEnd[(rounds+1)%len(waysToEnd)]
		if err := c.server.Restart(t.Context(), append(crashSettings(), next.log)...); err != nil {
			t.Fatal(err)
		}
		c.audit(t, way.name, workers)
	}
	t.Logf("%d ends of the server in %v, %d calls: %s", rounds, time.Since(start).Round(time.Millisecond), c.counts["calls"], c.figures())
	for _, way := range waysToEnd {
		t.Logf("%s: %d COMMITs were completed, and an error followed", way.name, met[way.name])
	}
	if met[waysToEnd[0].name] == 0 {
		t.Error("no fast shutdown met a COMMIT, though commits are slow")
	}
	for i, err := range c.wrong {
		if i == 10 {
			t.Fatalf("and %d more", len(c.wrong)-i)
		}
		t.Error(err)
	}
}

// mistake is what must not be.
func (c *crash) mistake(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrong = append(c.wrong, fmt.Errorf(format, args...))
}

func crashSettings() []string { return []string{"commit_delay=30000", "commit_siblings=0"} }

func newCrash(t *testing.T) *crash {
	t.Helper()
	settings := append(crashSettings(), waysToEnd[0].log)
	server, err := pglocal.StartOwn(t.Context(), pglocal.Config{Durable: true, Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	url, err := server.Create(t.Context(), "crash", rbacTexts()...)
	if err != nil {
		t.Fatal(err)
	}
	c := &crash{server: server, counts: map[string]int{}}
	c.direct = c.pool(t, url, pgx.QueryExecModeCacheStatement)
	for _, mode := range everyMode {
		c.pools = append(c.pools, c.pool(t, url, mode))
	}
	return c
}

func (c *crash) pool(t *testing.T, url string, mode pgx.QueryExecMode) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = crashWorkers
	config.ConnConfig.DefaultQueryExecMode = mode
	config.ConnConfig.Tracer = &c.answered
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// worker makes the i-th. The last of each mode works on a pool of another kind,
// which does not tell the tag of COMMIT.
func (c *crash) worker(i int) *crashWorker {
	pool := c.pools[i%len(c.pools)]
	w := &crashWorker{crash: c, n: i, pool: pool}
	if i/len(c.pools) == crashWorkers/len(c.pools)-1 {
		w.rbac = rbac.NewProvider(wrappedPool{pool})
	} else {
		w.rbac = rbac.NewProvider(pool)
	}
	return w
}

// round has the workers work until some calls have succeeded, ends the server
// under them, and waits for them.
func (c *crash) round(t *testing.T, workers []*crashWorker, signal syscall.Signal) {
	t.Helper()
	c.stop = make(chan struct{})
	c.done.Store(0)
	enough := int64(crashWorkers + rand.IntN(5*crashWorkers))
	reached := make(chan struct{}, crashWorkers)
	var group sync.WaitGroup
	for _, w := range workers {
		group.Go(func() {
			w.work(t.Context(), func() {
				if c.done.Add(1) == enough {
					reached <- struct{}{}
				}
			})
		})
	}
	<-reached
	err := c.server.End(t.Context(), signal)
	close(c.stop)
	group.Wait()
	if err != nil {
		t.Fatal(err)
	}
}

// audit compares the logs with the database.
func (c *crash) audit(t *testing.T, way string, workers []*crashWorker) {
	t.Helper()
	c.direct.Reset()
	rows, err := c.direct.Query(t.Context(), "SELECT name, id FROM projects")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]pgtype.UUID{}
	var name string
	var id pgtype.UUID
	tag, err := pgx.ForEachRow(rows, []any{&name, &id}, func() error { there[name] = id; return nil })
	noError(t, tag, err)
	known := 0
	for _, w := range workers {
		known += w.audit(way, there)
	}
	if known != len(there) {
		c.mistake("%s: %d projects are there of which nobody was told", way, len(there)-known)
	}
	wantNoOrphans(t, c.direct)
	const incomplete = `projects p WHERE 2 <> (SELECT count(*) FROM association_scopes_entities a WHERE entity_type = 'role' AND scope_type = 'project' AND scope_id = p.id::text)
		OR 3 <> (SELECT count(*) FROM permissions WHERE scope_type = 'project' AND scope_id = p.id::text)`
	if n := count(t, c.direct, incomplete); n > 0 {
		c.mistake("%s: %d projects are not whole", way, n)
	}
}

func (c *crash) note(what ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range what {
		c.counts[w]++
	}
}

func (c *crash) figures() string {
	var lines []string
	for _, what := range slices.Sorted(maps.Keys(c.counts)) {
		lines = append(lines, fmt.Sprintf("%s %d", what, c.counts[what]))
	}
	return strings.Join(lines, ", ")
}
