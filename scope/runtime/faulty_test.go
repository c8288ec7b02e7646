package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/internal/pgproxy"
	"github.com/specgen-dev/specgen/schema"
	"github.com/specgen-dev/specgen/scope"
)

// rbacDB is a database with the reference RBAC, a domain, and presets of which a
// project gets two roles and a user one.
func rbacDB(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return pgtest.Pool(t, rbacTexts()...)
}

func rbacTexts() []string {
	return append(pgtest.Texts(schema.Files), `
		INSERT INTO domains (id, name) VALUES ('d0000000-0000-4000-8000-000000000000', 'base');
		INSERT INTO role_presets (id, scope_type, name, auto_assign) VALUES
			('a0000000-0000-4000-8000-000000000001', 'project', 'admin', false),
			('a0000000-0000-4000-8000-000000000002', 'project', 'member', true),
			('a0000000-0000-4000-8000-000000000003', 'user', 'self', true);
		INSERT INTO role_permission_presets (role_preset_id, entity_type, operation) VALUES
			('a0000000-0000-4000-8000-000000000001', 'document', 'read'), ('a0000000-0000-4000-8000-000000000001', 'document', 'write'),
			('a0000000-0000-4000-8000-000000000002', 'document', 'read'), ('a0000000-0000-4000-8000-000000000003', 'profile', 'write');`)
}

// baseDomain is the domain of rbacDB.
var baseDomain = pgtype.UUID{Bytes: [16]byte{0: 0xd0, 6: 0x40, 8: 0x80}, Valid: true}

// restore removes everything that rbacDB did not put in.
const restore = `DELETE FROM association_scopes_entities; DELETE FROM permissions; DELETE FROM user_roles; DELETE FROM roles;
	DELETE FROM users; DELETE FROM projects; DELETE FROM domains WHERE name <> 'base'`

// faulty is the reference RBAC behind a proxy, over one connection.
type faulty struct {
	direct, pool *pgxpool.Pool
	proxy        *pgproxy.Proxy
	rbac, setUp  *rbac.Provider // behind the proxy, and past it
	allRows      string         // a query for the rows of all tables
	names        int
	cold         bool         // each operation has a connection of its own
	ids          scope.Option // by which rows are told apart in order
}

func newFaulty(t *testing.T, opts ...scope.Option) *faulty {
	t.Helper()
	f := &faulty{direct: rbacDB(t), proxy: pgproxy.New()}
	config := f.direct.Config()
	f.proxy.Attach(config.ConnConfig)
	config.MaxConns = 1
	config.ConnConfig.ConnectTimeout = 10 * time.Second
	config.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	f.pool = pool
	f.ids = scope.WithUUID(sequence())
	f.rbac = rbac.NewProvider(pool, append([]scope.Option{f.ids}, opts...)...)
	f.setUp = rbac.NewProvider(f.direct, f.ids)
	const tables = `SELECT string_agg(format('SELECT %L || t::text FROM %I AS t', relname || ' ', relname), ' UNION ALL ') || ' ORDER BY 1'
		FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`
	if err := f.direct.QueryRow(t.Context(), tables).Scan(&f.allRows); err != nil {
		t.Fatal(err)
	}
	return f
}

// name returns a name that was not used before.
func (f *faulty) name() string {
	f.names++
	return fmt.Sprintf("name-%d", f.names)
}

func (f *faulty) project() rbac.ProjectCreatorSpec {
	return rbac.ProjectCreatorSpec{DomainID: baseDomain, Name: f.name()}
}

// writer is what a Provider and the operations of a transaction have in common.
type writer interface {
	CreateProject(context.Context, rbac.ProjectCreatorSpec) (*rbac.ProjectCreatorResult, error)
	CreateUser(context.Context, rbac.UserCreatorSpec) (*rbac.UserCreatorResult, error)
	PurgeProject(context.Context, rbac.ProjectPurgerSpec) (*rbac.ProjectPurgerResult, error)
	CreateProjects(context.Context, []rbac.ProjectCreatorSpec) ([]*rbac.ProjectCreatorResult, error)
	PurgeProjects(context.Context, []rbac.ProjectPurgerSpec) ([]*rbac.ProjectPurgerResult, error)
}

// work is an operation to be disturbed.
type work struct {
	name string
	make int // how many projects it finds
	bulk bool
	do   func(ctx context.Context, f *faulty, w writer, projects []pgtype.UUID) error
}

func works() []work {
	return []work{
		{"create", 0, false, func(ctx context.Context, f *faulty, w writer, _ []pgtype.UUID) error {
			res, err := w.CreateProject(ctx, f.project())
			return wantResult(res != nil && len(res.Roles) == 2, err)
		}},
		{"purge", 1, false, func(ctx context.Context, f *faulty, w writer, projects []pgtype.UUID) error {
			res, err := w.PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: projects[0]})
			return wantResult(res != nil && res.Found && res.Permissions == 3, err)
		}},
		{"create two", 0, true, func(ctx context.Context, f *faulty, w writer, _ []pgtype.UUID) error {
			res, err := w.CreateProjects(ctx, []rbac.ProjectCreatorSpec{f.project(), f.project()})
			return wantResult(len(res) == 2 && len(res[1].Roles) == 2, err)
		}},
		{"purge two", 2, true, func(ctx context.Context, f *faulty, w writer, projects []pgtype.UUID) error {
			res, err := w.PurgeProjects(ctx, []rbac.ProjectPurgerSpec{{ID: projects[0]}, {ID: projects[1]}})
			return wantResult(len(res) == 2 && res[1].Found && res[1].Permissions == 3, err)
		}},
	}
}

// hosted calls fn with each work in each kind of transaction; what makes several
// scopes with one call is done in its own only.
func hosted(fn func(w work, h host)) {
	for _, w := range works() {
		for _, h := range []host{own, shared, joined} {
			if !w.bulk || h == own {
				fn(w, h)
			}
		}
	}
}

// wantResult holds a result against an error: either, or both after the commit.
func wantResult(whole bool, err error) error {
	var e *scope.Error
	committed := err == nil || errors.As(err, &e) && e.Committed
	if whole != committed {
		return errors.Join(err, errWrongResult)
	}
	return err
}

var errWrongResult = errors.New("the result does not fit the error")

// host says in whose transaction the work is done.
type host int

const (
	own    host = iota // a transaction of its own
	shared             // WriterOps, behind another operation
	joined             // a caller's transaction, which is then committed
)

func (h host) String() string { return []string{"own transaction", "WriterOps", "joined"}[h] }

// outcome is what a caller knows.
type outcome struct {
	err    error // of the operation
	commit error // of the caller's COMMIT, if it came to that
}

// run does the work through the proxy.
func (f *faulty) run(ctx context.Context, h host, w work, projects []pgtype.UUID) outcome {
	switch h {
	case shared:
		return outcome{err: f.rbac.WriterOps(ctx, func(ctx context.Context, ops *rbac.WriterOps) error {
			if _, err := ops.CreateUser(ctx, rbac.UserCreatorSpec{DomainID: baseDomain, Email: f.name()}); err != nil {
				return err
			}
			return w.do(ctx, f, ops, projects)
		})}
	case joined:
		tx, err := f.pool.Begin(ctx)
		if err != nil {
			return outcome{err: err}
		}
		defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
		if err := w.do(ctx, f, rbac.NewProvider(tx, f.ids), projects); err != nil {
			return outcome{err: err}
		}
		return outcome{commit: tx.Commit(ctx)}
	default:
		return outcome{err: w.do(ctx, f, f.rbac, projects)}
	}
}

// change is what happened to all tables: rows that came and went, with ids,
// names and times replaced by what does not depend on the run.
type change struct{ Added, Removed []string }

func (c change) none() bool { return len(c.Added)+len(c.Removed) == 0 }

func (c change) equal(other change) bool {
	return slices.Equal(c.Added, other.Added) && slices.Equal(c.Removed, other.Removed)
}

// during does the work on tables that hold what rbacDB put in and what the work
// needs, under a rule, and returns what is changed when the server is done.
func (f *faulty) during(ctx context.Context, t *testing.T, h host, w work, rule pgproxy.Rule) (outcome, change) {
	t.Helper()
	projects := f.prepare(t, w)
	if f.cold {
		// The goodbye of the connections before is no message of the work: the
		// pool forgets a connection before it closes it.
		f.pool.Reset()
		for f.pool.Stat().TotalConns() > 0 || f.proxy.Open() > 0 {
			runtime.Gosched()
		}
		f.proxy.Settle()
	}
	before := f.snapshot(t)
	f.proxy.Set(rule)
	out := f.run(ctx, h, w, projects)
	f.proxy.Set(nil)
	f.proxy.Settle()
	return out, changeOf(before, f.snapshot(t))
}

// prepare leaves what rbacDB put in and what the work needs.
func (f *faulty) prepare(t *testing.T, w work) (projects []pgtype.UUID) {
	t.Helper()
	if _, err := f.direct.Exec(t.Context(), restore); err != nil {
		t.Fatal(err)
	}
	for range w.make {
		res, err := f.setUp.CreateProject(t.Context(), f.project())
		if err != nil {
			t.Fatal(err)
		}
		projects = append(projects, res.Row.ID)
	}
	return projects
}

// warm has the statements of the work prepared on the connection, and the types
// of their answers known.
func (f *faulty) warm(t *testing.T, h host, w work) {
	t.Helper()
	for range 2 {
		if out := f.run(t.Context(), h, w, f.prepare(t, w)); out.err != nil || out.commit != nil {
			t.Fatalf("undisturbed: %v", out)
		}
	}
}

// snapshot returns the rows of all tables, in order.
func (f *faulty) snapshot(t *testing.T) []string {
	t.Helper()
	rows, err := f.direct.Query(t.Context(), f.allRows)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var (
	anUUID  = regexp.MustCompile(`00000000-0000-4000-8000-[0-9a-f]{12}`)
	passing = regexp.MustCompile(`"?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^,)]*|name-\d+`)
)

func changeOf(before, after []string) change {
	c := change{Added: missing(after, before), Removed: missing(before, after)}
	ids := map[string]string{}
	for _, id := range slices.Sorted(slices.Values(anUUID.FindAllString(strings.Join(append(slices.Clone(c.Added), c.Removed...), "\n"), -1))) {
		if _, seen := ids[id]; !seen {
			ids[id] = fmt.Sprintf("id %d", len(ids)+1)
		}
	}
	for _, rows := range [][]string{c.Added, c.Removed} {
		for i, row := range rows {
			rows[i] = passing.ReplaceAllString(anUUID.ReplaceAllStringFunc(row, func(id string) string { return ids[id] }), "_")
		}
		slices.Sort(rows)
	}
	return c
}

// missing returns the rows of one snapshot that another does not have.
func missing(of, in []string) (rows []string) {
	there := map[string]int{}
	for _, row := range in {
		there[row]++
	}
	for _, row := range of {
		if there[row]--; there[row] < 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// recovers checks that the pool and the coordinators are as good as new: the
// next create works, on the one connection that there may be. If the connection
// may be lost while it was idle, which a pool finds out when it is used, the one
// after that.
func (f *faulty) recovers(t *testing.T, what any, idle bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := f.rbac.CreateProject(ctx, f.project())
	if err != nil && idle {
		wantErr(t, err)
		if errors.Is(err, scope.ErrCommitUnknown) {
			t.Errorf("%v: the next create: %v", what, err)
		}
		_, err = f.rbac.CreateProject(ctx, f.project())
	}
	if err != nil {
		t.Fatalf("%v: the next create: %v", what, err)
	}
	// pgx asks in the background, over a connection of its own, to cancel what a
	// lost connection was busy with.
	stat := f.pool.Stat()
	for ctx.Err() == nil && (stat.AcquiredConns() != 0 || stat.TotalConns() != 1 || f.proxy.Open() != 1) {
		runtime.Gosched()
		stat = f.pool.Stat()
	}
	if ctx.Err() != nil {
		t.Fatalf("%v: %d connections are acquired, %d in the pool, %d open", what, stat.AcquiredConns(), stat.TotalConns(), f.proxy.Open())
	}
}

// judge holds what the caller was told against what is in the tables.
func (o outcome) judge(t *testing.T, what any, h host, done, whole change) {
	t.Helper()
	all := done.equal(whole)
	if !all && !done.none() {
		t.Errorf("%v: neither all nor nothing: %+v", what, done)
	}
	if errors.Is(o.err, errWrongResult) {
		t.Errorf("%v: %v", what, o.err)
	}
	if h != joined {
		check(t, fmt.Sprint(what), all, o.err)
		return
	}
	var e *scope.Error
	switch {
	case o.err != nil && all:
		t.Errorf("%v: the rows are there after %v", what, o.err)
	case errors.Is(o.err, scope.ErrCommitUnknown), errors.As(o.err, &e) && e.Committed:
		t.Errorf("%v: in a caller's transaction: %v", what, o.err)
	case o.err == nil && o.commit == nil && !all:
		t.Errorf("%v: success, and nothing is there", what)
	}
}
