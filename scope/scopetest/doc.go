// Package scopetest tries coordinators against a database: whether they are
// atomic, complete and free of races in the schema of the project that uses them.
//
// The suite knows no schema. A [Scope] says how one type of scope is created and
// purged, by the generated code or by whatever is to be tested; [Run] tries every
// [Invariant] on it, each in a subtest of its name:
//
//	func TestConformance(t *testing.T) {
//		pool := newPool(t) // on a database of the test's own, with the project's schema
//		scopetest.Run(t, pool, scopetest.Scope[*rbac.DomainCreatorResult, *rbac.ProjectCreatorResult]{
//			Type: "project", Table: "projects", Keep: []string{"roles"},
//			Parent: domains(), // a Scope[scopetest.None, *rbac.DomainCreatorResult]
//			Create: func(ctx context.Context, db scope.DB, d *rbac.DomainCreatorResult, name string) (*rbac.ProjectCreatorResult, error) {
//				return rbac.NewProvider(db).CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: d.Row.ID, Name: name})
//			},
//			Purge: func(ctx context.Context, db scope.DB, p *rbac.ProjectCreatorResult) (bool, error) {
//				res, err := rbac.NewProvider(db).PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: p.Row.ID})
//				return err == nil && res.Found, err
//			},
//			PurgeAll: func(ctx context.Context, db scope.DB, all []*rbac.ProjectCreatorResult) error {
//				return rbac.NewProvider(db).WriterOps(ctx, func(ctx context.Context, ops *rbac.WriterOps) error {
//					for _, p := range all {
//						if _, err := ops.PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: p.Row.ID}); err != nil {
//							return err
//						}
//					}
//					return nil
//				})
//			},
//			ID:    func(p *rbac.ProjectCreatorResult) string { return scope.UUID(p.Row.ID.Bytes).String() },
//			Taken: rbac.ErrProjectNameTaken,
//			AddMember: func(ctx context.Context, tx pgx.Tx, p *rbac.ProjectCreatorResult) error {
//				// What the application runs to add something to a project.
//			},
//			OtherType: []string{ /* INSERTs of rights of another type of scope, with the id $1 */ },
//			Presets:   &scopetest.Presets{ /* how administrators edit presets, in SQL */ },
//		})
//	}
//
// With CreateMany and PurgeMany, the bulk functions, all of it is tried once more
// on two scopes at a time. Nothing is left out in silence: what a Scope does not
// give fails the invariants that need it, unless NotApplicable says why.
//
// # How it tries
//
// What is compared are whole tables, all of the database: after a failure, a race
// or a purge, each table must be as it was, but for rows added to those of
// Scope.Keep. So the suite needs a database in which nobody else writes.
//
// Races are not left to chance. One of two transactions is stopped behind a
// statement, the other one is started, and the suite asks the server
// (pg_blocking_pids) until it says that the second waits for a lock of the first,
// or until the second is done; then the first goes on. That is done behind each of
// the first statements and behind the last one. Where only a lock can keep the two
// apart, encounters in which nobody was ever seen waiting fail. A deadlock takes as long as deadlock_timeout
// says, one second by default: a superuser can lower it for the pool, by
// ConnConfig.RuntimeParams.
//
// A transaction that is stopped, or made to fail, gets its statements to the
// server one by one, in the order in which a batch has them; the one that it meets
// runs as it always does.
//
// # What it does not do
//
// Connections that are cut, and COMMITs whose answer is lost, are not tried: they
// concern package scope and not a schema. Callbacks of pgx.QueuedQuery are not
// called: no function that sqlc generates has any.
package scopetest
