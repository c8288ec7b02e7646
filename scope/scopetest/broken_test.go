package scopetest_test

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/scopetest"
)

// variant is the generated code minus exactly one thing.
type variant struct {
	minus   string
	edits   []edit
	level   pgx.TxIsoLevel
	options []scope.Option
	wrap    func(scope.DB) scope.DB                   // what is not in a query either
	change  func(pool *pgxpool.Pool, s *projectScope) // what is not in a query
	fails   []scopetest.Invariant                     // what it must fail; testdata/broken.txt has all that it does
}

func variants() []variant {
	const (
		byType  = "scope_type = $1 AND scope_id = $2"
		anyType = "$1::text IS NOT NULL AND scope_id = $2"
	)
	return []variant{
		{minus: "nothing"},
		{
			minus: "the lock on the parent",
			edits: []edit{{"LockDomain", "FOR KEY SHARE", ""}},
			fails: []scopetest.Invariant{scopetest.ParentOutlivesChildren},
		},
		{
			minus: "the purge's lock on the parent",
			edits: []edit{{"LockDomainForPurge", "FOR UPDATE", ""}},
			fails: []scopetest.Invariant{scopetest.ParentOutlivesChildren},
		},
		{
			minus: "the purge's lock",
			edits: []edit{{"LockProjectForPurge", "FOR UPDATE", ""}},
			fails: []scopetest.Invariant{scopetest.MembersGoToo},
		},
		{
			minus:  "the one statement for presets", // two, and nothing is read again
			change: func(_ *pgxpool.Pool, s *projectScope) { s.Create = plainProjects().Create },
			fails:  []scopetest.Invariant{scopetest.PresetsAreWhole},
		},
		{
			minus: "READ COMMITTED",
			level: pgx.RepeatableRead,
			fails: []scopetest.Invariant{scopetest.ParentOutlivesChildren, scopetest.MembersGoToo},
		},
		{
			minus: "the associations of the scope",
			edits: []edit{{"DeleteScopeAssociations", "WHERE", "WHERE false AND"}},
			fails: []scopetest.Invariant{scopetest.PurgeIsComplete},
		},
		{
			minus: "the associations of the entity",
			edits: []edit{{"DeleteEntityAssociations", "WHERE", "WHERE false AND"}},
			fails: []scopetest.Invariant{scopetest.PurgeIsComplete},
		},
		{
			minus: "the permissions",
			edits: []edit{{"DeleteScopePermissions", "WHERE", "WHERE false AND"}},
			fails: []scopetest.Invariant{scopetest.PurgeIsComplete},
		},
		{
			minus: "the type of permissions",
			edits: []edit{{"DeleteScopePermissions", byType, anyType}},
			fails: []scopetest.Invariant{scopetest.OtherTypeStays},
		},
		{
			minus: "the type of associations of the scope",
			edits: []edit{{"DeleteScopeAssociations", byType, anyType}},
			fails: []scopetest.Invariant{scopetest.OtherTypeStays},
		},
		{
			minus: "the type of associations of the entity",
			edits: []edit{{"DeleteEntityAssociations", "entity_type = $1 AND entity_id = $2", "$1::text IS NOT NULL AND entity_id = $2"}},
			fails: []scopetest.Invariant{scopetest.OtherTypeStays},
		},
		{
			minus:   "the retry",
			options: []scope.Option{scope.WithRetry(1)},
			fails:   []scopetest.Invariant{scopetest.OppositePurgesEnd},
		},
		{
			minus: "the savepoint",
			edits: []edit{
				{"SAVEPOINT specgen", "SAVEPOINT specgen", "SELECT"}, {"RELEASE SAVEPOINT specgen", "RELEASE SAVEPOINT specgen", "SELECT"},
			},
			fails: []scopetest.Invariant{scopetest.CallerGoesOn},
		},
		{
			minus: "the error of the unique name",
			edits: []edit{{"CreateProject", "RETURNING", "ON CONFLICT (domain_id, name) DO UPDATE SET description = excluded.description RETURNING"}},
			fails: []scopetest.Invariant{scopetest.OneCreateWins},
		},
		{
			minus: "the transaction",
			wrap:  autocommit,
			fails: []scopetest.Invariant{scopetest.CreateIsAtomic, scopetest.PurgeIsAtomic},
		},
		{
			minus: "the caller's transaction",
			change: func(pool *pgxpool.Pool, s *projectScope) {
				create := s.Create
				s.Create = func(ctx context.Context, db scope.DB, d *rbac.DomainCreatorResult, name string) (*rbac.ProjectCreatorResult, error) {
					if _, joined := db.(pgx.Tx); joined {
						db = pool
					}
					return create(ctx, db, d, name)
				}
			},
			fails: []scopetest.Invariant{scopetest.CallerRollsBack, scopetest.CallerGoesOn},
		},
		{
			minus: "the cleaning of what has no row",
			change: func(pool *pgxpool.Pool, s *projectScope) {
				purge := s.Purge
				s.Purge = func(ctx context.Context, db scope.DB, p *rbac.ProjectCreatorResult) (bool, error) {
					if there, err := exists(ctx, db, p); err != nil || !there {
						return false, err
					}
					return purge(ctx, db, p)
				}
			},
			fails: []scopetest.Invariant{scopetest.ResidueIsCleaned},
		},
		{
			minus: "Found from the row that was deleted",
			change: func(pool *pgxpool.Pool, s *projectScope) {
				purge := s.Purge
				s.Purge = func(ctx context.Context, db scope.DB, p *rbac.ProjectCreatorResult) (bool, error) {
					there, err := exists(ctx, db, p)
					if err != nil {
						return false, err
					}
					_, err = purge(ctx, db, p)
					return there, err
				}
			},
			fails: []scopetest.Invariant{scopetest.OnePurgeFinds},
		},
	}
}

// exists looks for a project before it is purged, as a hand-written purge may.
func exists(ctx context.Context, db scope.DB, p *rbac.ProjectCreatorResult) (there bool, err error) {
	tx, err := db.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM projects WHERE id = $1)`, p.Row.ID).Scan(&there); err != nil {
		return false, err
	}
	return there, nil
}

// subject is the project scope as the variant has it.
func (v variant) subject(pool *pgxpool.Pool, rules *rewriting) projectScope {
	s := projects(func(db scope.DB) *rbac.Provider {
		db = rules.on(db)
		if v.wrap != nil {
			db = v.wrap(db)
		}
		return rbac.NewProvider(db, v.options...)
	})
	if v.change != nil {
		v.change(pool, &s)
	}
	return oneByOne(s)
}

// oneByOne leaves the bulk functions out, for the sake of time.
func oneByOne(s projectScope) projectScope {
	s.CreateMany, s.PurgeMany = nil, nil
	if s.NotApplicable == nil {
		s.NotApplicable = map[scopetest.Invariant]string{}
	}
	s.NotApplicable[scopetest.InBulk] = "what is missing is missing in bulk too"
	return s
}
