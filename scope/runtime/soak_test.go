package runtime_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/scope"
)

var (
	soakTime = flag.Duration("soak", 5*time.Second, "how long TestSoak works")
	soakSeed = flag.Uint64("soakseed", 0, "the seed of TestSoak; 0 for another one each time")
)

// workers do one thing after the other, each with a probability.
const workers = 32

// soak is what the workers share.
type soak struct {
	direct, pool *pgxpool.Pool
	rbac         *rbac.Provider
	domains      []pgtype.UUID // one that stays, and some that are purged and made again
	names        atomic.Uint64
	retries      atomic.Uint64
	versions     versions

	mu     sync.Mutex
	live   []thing // that may be purged
	told   map[thing]fate
	untold map[string]bool // names of projects that may have been made
	shared map[thing]bool  // that more than one worker may purge
	counts map[string]int
	wrong  []error
}

// thing is a scope.
type thing struct {
	kind string
	id   pgtype.UUID
}

// fate is what the workers were told of a scope.
type fate int

const (
	maybe  fate = iota // of a COMMIT of unknown outcome
	made               // it must be there
	purged             // it must not
)

// TestSoak has many workers create, purge, edit presets and kill each other's
// connections, and then looks at every row. It is not parallel to other tests:
// it counts goroutines.
func TestSoak(t *testing.T) {
	seed := *soakSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("seed %d (again with -soakseed=%d, though goroutines meet as they like)", seed, seed)
	s := newSoak(t)
	s.open(t)

	ctx, cancel := context.WithTimeout(t.Context(), *soakTime)
	defer cancel()
	start := time.Now()
	var group sync.WaitGroup
	for w := range workers {
		random := rand.New(rand.NewPCG(seed, uint64(w)))
		group.Go(func() {
			for ctx.Err() == nil {
				s.act(t.Context(), random)
			}
		})
	}
	group.Wait()
	took := time.Since(start)

	if n := s.pool.Stat().AcquiredConns(); n != 0 {
		t.Errorf("%d connections were not given back", n)
	}
	s.pool.Close() // waits for them
	s.settle(t)
	// pgx leaves a reader behind a slow write on a connection that stays open, which
	// reads until the next answer comes (pgconn/internal/bgreader).
	s.direct.Reset()
	for leaked := s.leaked(); leaked != ""; leaked = s.leaked() {
		if time.Since(start) > took+20*time.Second {
			t.Fatalf("goroutines are left:\n%s", leaked)
		}
		runtime.Gosched()
	}
	s.audit(t)
	var total int
	var lines []string
	for what, n := range s.counts {
		total += n
		lines = append(lines, fmt.Sprintf("%s %d", what, n))
	}
	slices.Sort(lines)
	if s.retries.Load() == 0 && total > 1000 {
		t.Error("nothing was run again: those who purge in different orders did not meet")
	}
	t.Logf("%d operations in %v, %d retries: %s", total, took.Round(time.Millisecond), s.retries.Load(), strings.Join(lines, ", "))
	for _, enough := range []string{"create project: done", "create several: done", "purge project: done", "bulk create: done", "bulk purge: done", "edit presets: done", "kill: done"} {
		if s.counts[enough] == 0 {
			t.Errorf("%s never", enough)
		}
	}
	for i, err := range s.wrong {
		if i == 10 {
			t.Fatalf("and %d more", len(s.wrong)-i)
		}
		t.Error(err)
	}
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	s := &soak{direct: rbacDB(t), domains: []pgtype.UUID{baseDomain}, told: map[thing]fate{}, untold: map[string]bool{}, shared: map[thing]bool{}, counts: map[string]int{}}
	s.versions.begin(t, s.direct)
	return s
}

// open makes the pool that is worked and killed on: fewer connections than
// workers.
func (s *soak) open(t *testing.T) {
	t.Helper()
	config := s.direct.Config()
	config.MaxConns = workers / 2
	config.ConnConfig.RuntimeParams["application_name"] = "soak"
	config.ConnConfig.RuntimeParams["deadlock_timeout"] = "20ms"
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	s.pool = pool
	s.rbac = rbac.NewProvider(pool, scope.WithObserver(s.observe))
	for range 3 {
		res, err := s.rbac.CreateDomain(t.Context(), rbac.DomainCreatorSpec{Name: s.name()})
		if err != nil {
			t.Fatal(err)
		}
		s.domains = append(s.domains, res.Row.ID)
	}
}

// settle waits until the server is done with what was begun.
func (s *soak) settle(t *testing.T) {
	t.Helper()
	for count(t, s.direct, "pg_stat_activity WHERE datname = current_database() AND application_name = 'soak'") > 0 {
	}
	// Autovacuum comes by when it likes, and has transactions, too.
	if n := count(t, s.direct, "pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"); n > 0 {
		t.Errorf("%d transactions are open", n)
	}
}

// leaked returns the stacks of goroutines that run what only the workers ran, or
// the driver did for them.
func (s *soak) leaked() string {
	stacks := make([]byte, 1<<20)
	var leaked []string
	for stack := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		ours := strings.Contains(stack, "specgen/scope") || strings.Contains(stack, "specgen/gen/rbac") || strings.Contains(stack, "jackc/pgx")
		// The other pool's, this one, the one of all tests, and tests that wait for their turn.
		known := strings.Contains(stack, "backgroundHealthCheck") || strings.Contains(stack, "TestSoak(") || strings.Contains(stack, "TestMain") ||
			strings.Contains(stack, "testing.(*T).Parallel")
		if ours && !known {
			leaked = append(leaked, stack)
		}
	}
	return strings.Join(leaked, "\n\n")
}

func (s *soak) name() string { return fmt.Sprintf("name-%d", s.names.Add(1)) }

func (s *soak) domain(random *rand.Rand) pgtype.UUID {
	if random.IntN(2) == 0 {
		return baseDomain
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.domains[random.IntN(len(s.domains))]
}

// act does one thing.
func (s *soak) act(ctx context.Context, random *rand.Rand) {
	if random.IntN(20) == 0 { // somebody loses patience
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(random.IntN(20_000))*time.Microsecond)
		defer cancel()
	}
	switch n := random.IntN(100); {
	case n < 25:
		s.createOne(ctx, random)
	case n < 33:
		s.createUser(ctx, random)
	case n < 45:
		s.createSeveral(ctx, random)
	case n < 55:
		s.createBulk(ctx, random)
	case n < 63:
		s.join(ctx, random)
	case n < 73:
		s.purgeOne(ctx, random)
	case n < 76:
		s.purgeBulk(ctx, s.take(random, 8))
	case n < 78:
		s.purgeBulk(ctx, s.peek(random, 8))
	case n < 82:
		s.purgeSeveral(ctx, s.take(random, 1+random.IntN(4)))
	case n < 89:
		s.purgeSeveral(ctx, s.peek(random, 8))
	case n < 92:
		s.replaceDomain(ctx, random)
	case n < 98:
		s.note("edit presets", s.versions.edit(ctx, s.pool, random))
	default:
		s.kill(ctx, random)
	}
}

// note counts what became of an operation, and keeps errors that nothing here
// explains.
func (s *soak) note(what string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[what+": "+ending(err)]++
	if ending(err) == "unexplained" {
		s.wrong = append(s.wrong, fmt.Errorf("%s: %w", what, err))
	}
}

// became notes what became of scopes that were made in one transaction.
func (s *soak) became(err error, things ...thing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, th := range things {
		switch {
		case err == nil:
			s.told[th] = made
			s.live = append(s.live, th)
		case errors.Is(err, scope.ErrCommitUnknown):
			s.told[th] = maybe
		default:
			s.told[th] = purged
		}
	}
}

// gone notes what became of scopes that were purged.
func (s *soak) gone(err error, things ...thing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, th := range things {
		switch {
		case err == nil:
			s.told[th] = purged
			s.live = slices.DeleteFunc(s.live, func(other thing) bool { return other == th }) // those that are shared
		case s.told[th] == purged: // by another worker
		case errors.Is(err, scope.ErrCommitUnknown):
			s.told[th] = maybe
		case !slices.Contains(s.live, th):
			s.live = append(s.live, th)
		}
	}
}

// peek takes scopes that others may be at as well.
func (s *soak) peek(random *rand.Rand, n int) (seen []thing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen = slices.Clone(s.live[:min(n, len(s.live))])
	for _, th := range seen {
		s.shared[th] = true
	}
	random.Shuffle(len(seen), func(i, j int) { seen[i], seen[j] = seen[j], seen[i] })
	return seen
}

// unexpectedlyGone says that a purge did not find a scope that was made and that
// nobody else may have purged.
func (s *soak) unexpectedlyGone(th thing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shared[th] {
		return nil
	}
	return errNotFound
}

// take takes scopes that nobody else will purge.
func (s *soak) take(random *rand.Rand, n int) (taken []thing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range min(n, len(s.live)) {
		i := random.IntN(len(s.live))
		taken = append(taken, s.live[i])
		s.live[i] = s.live[len(s.live)-1]
		s.live = s.live[:len(s.live)-1]
	}
	return taken
}

func (s *soak) kill(ctx context.Context, random *rand.Rand) {
	_, err := s.direct.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE application_name = 'soak' AND datname = current_database() ORDER BY pid OFFSET $1 LIMIT 1`, random.IntN(workers/2))
	s.note("kill", err)
}

// begin runs fn in a transaction of pgx.
func (s *soak) begin(ctx context.Context, fn func(pgx.Tx) error) (commit bool, err error) {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := fn(tx); err != nil {
		return false, err
	}
	return true, tx.Commit(ctx)
}
