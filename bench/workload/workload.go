// Package workload says what the peers are given to do, and checks what they did.
package workload

import (
	"context"
	"crypto/md5"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/bench/peer"
)

// Workload is one operation that every peer does, again and again, each in a
// database of its own.
type Workload struct {
	Name    string
	Presets int  // role presets of projects
	Entries int  // of each preset
	Domains int  // that projects are created in; 0 stands for 1
	Heavy   bool // a run takes long
	Many    bool // a run creates several projects at once
	// Prepare brings the database to where Run can begin, for the i-th time. It
	// takes no part in the measurement.
	Prepare func(ctx context.Context, conn *pgx.Conn, i int) error
	// Run is what is measured.
	Run func(ctx context.Context, p peer.Peer, i int) error
	// Warm, when it is set, does the same as Prepare and Run on a small scale: it
	// needs the same statements, unless those depend on the scale.
	Warm *Workload
}

// Expect says how long a run takes about, by the time and the round trips of one
// of its Warm without a delay. With loops, the round trips grow with the scale.
func (w *Workload) Expect(warm time.Duration, roundTrips int, loops bool, rtt time.Duration) time.Duration {
	const scale = bulkProjects / smallBulkProjects
	if loops {
		roundTrips *= scale
	}
	return scale*warm + time.Duration(roundTrips)*rtt
}

// Takes reports whether a kind of peer takes part.
func (w *Workload) Takes(k *peer.Kind) bool { return w.Many || !k.Many }

// largeScope is how many permissions the scope of purge-large has.
const largeScope = 100_000

// How many projects bulk creates at once, and in how many domains. Small is for
// peers whose statements do not depend on the number.
const (
	bulkProjects      = 1000
	smallBulkProjects = 10
	bulkDomains       = 5
)

// All returns the workloads.
func All() []Workload {
	purge := Workload{Name: "purge", Presets: 3, Entries: 30, Prepare: insertProject, Run: purgeProject}
	small := Workload{
		Name: "small bulk", Presets: 3, Entries: 30, Domains: bulkDomains, Many: true,
		Prepare: emptyProjects, Run: createProjects(smallBulkProjects),
	}
	bulk := small
	bulk.Name, bulk.Heavy, bulk.Run, bulk.Warm = "bulk", true, createProjects(bulkProjects), &small
	large := Workload{Name: "purge-large", Heavy: true, Prepare: insertLargeProject, Run: purgeProject, Warm: &purge}
	return []Workload{
		{Name: "create", Presets: 3, Entries: 30, Run: createProject},
		{Name: "create-large", Presets: 20, Entries: 100, Heavy: true, Run: createProject},
		purge,
		large,
		bulk,
	}
}

// Named returns the workload of a name.
func Named(name string) (*Workload, error) {
	all := All()
	i := slices.IndexFunc(all, func(w Workload) bool { return w.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no workload %q", name)
	}
	return &all[i], nil
}

// Reset empties the database but for the domains and presets of the workload, and
// a project that no purge may touch.
func (w *Workload) Reset(ctx context.Context, conn *pgx.Conn) error {
	const empty = `TRUNCATE domains, projects, users, role_presets, role_permission_presets, roles, permissions, user_roles,
		association_scopes_entities`
	const domain = `INSERT INTO domains (id, name) SELECT id, format('domain %s', n) FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, n)`
	const presets = `INSERT INTO role_presets (id, scope_type, name, auto_assign)
		SELECT gen_random_uuid(), 'project', format('preset %s', n), n % 2 = 0 FROM generate_series(1, $1::int) AS n`
	const entries = `INSERT INTO role_permission_presets (id, role_preset_id, entity_type, operation)
		SELECT gen_random_uuid(), p.id, format('entity %s', n / 5), format('operation %s', n % 5)
		FROM role_presets AS p, generate_series(1, $1::int) AS n`
	var domains []pgtype.UUID
	for n := range max(w.Domains, 1) {
		domains = append(domains, domainID(n))
	}
	for _, s := range []struct {
		sql  string
		args []any
	}{{empty, nil}, {domain, []any{domains}}, {presets, []any{w.Presets}}, {entries, []any{w.Entries}}} {
		if _, err := conn.Exec(ctx, s.sql, s.args...); err != nil {
			return fmt.Errorf("resetting the database for %s: %w", w.Name, err)
		}
	}
	return insertProjectNamed(ctx, conn, fixedID("neighbour"), "neighbour")
}

func createProject(ctx context.Context, p peer.Peer, i int) error {
	return p.CreateProject(ctx, project(i, 1))
}

// createProjects returns a Run that creates as many projects at once, the same
// whenever it is called.
func createProjects(n int) func(context.Context, peer.Peer, int) error {
	return func(ctx context.Context, p peer.Peer, _ int) error { return p.CreateProjects(ctx, Projects(n)) }
}

// Projects returns projects to create in the domains of bulk.
func Projects(n int) []peer.Project {
	all := make([]peer.Project, n)
	for i := range all {
		all[i] = project(i, bulkDomains)
	}
	return all
}

// project is the i-th to create, in one of the domains.
func project(i, domains int) peer.Project {
	description := "made by the benchmark"
	return peer.Project{DomainID: domainID(i % domains), Name: projectName(i), Description: &description}
}

// emptyProjects removes what an earlier run has created: each begins with tables
// of the same size, and a peer that runs less often leaves the same behind.
func emptyProjects(ctx context.Context, conn *pgx.Conn, _ int) error {
	_, err := conn.Exec(ctx, `TRUNCATE projects, roles, permissions, user_roles, association_scopes_entities`)
	return err
}

func purgeProject(ctx context.Context, p peer.Peer, i int) error {
	return p.PurgeProject(ctx, fixedID(projectName(i)))
}

func insertProject(ctx context.Context, conn *pgx.Conn, i int) error {
	return insertProjectNamed(ctx, conn, fixedID(projectName(i)), projectName(i))
}

func insertProjectNamed(ctx context.Context, conn *pgx.Conn, id pgtype.UUID, name string) error {
	if _, err := conn.Exec(ctx, peer.CreateSQL, id, domainID(0), name, nil); err != nil {
		return fmt.Errorf("inserting %s: %w", name, err)
	}
	return nil
}

// insertLargeProject gives the project a hundred permissions in each of a thousand
// roles. What earlier purges left behind goes first, or each purge would be slower
// than the one before it.
func insertLargeProject(ctx context.Context, conn *pgx.Conn, i int) error {
	const empty = `TRUNCATE projects, roles, permissions, user_roles, association_scopes_entities`
	// The rows refer to roles that are there; checking that for each takes longer
	// than the rest.
	const trust = `SET LOCAL session_replication_role = replica`
	// Ids in ascending order, as those that are drawn by time: the indexes grow at
	// their ends.
	const roles = `INSERT INTO roles (id, name, source, status, auto_assign)
		SELECT lpad(to_hex(n), 32, '0')::uuid, format('role %s', n), 'custom', 'active', false
		FROM generate_series(0, $1::int / 100 - 1) AS n`
	// Indexes are built faster than they are grown.
	const drop = `ALTER TABLE permissions DROP CONSTRAINT permissions_role_scope_entity_operation_key;
		DROP INDEX permissions_scope_entity_operation_idx`
	const build = `ALTER TABLE permissions ADD CONSTRAINT permissions_role_scope_entity_operation_key
			UNIQUE (role_id, scope_type, scope_id, entity_type, operation);
		CREATE INDEX permissions_scope_entity_operation_idx ON permissions (scope_type, scope_id, entity_type, operation)`
	const permissions = `INSERT INTO permissions (id, role_id, scope_type, scope_id, entity_type, operation)
		SELECT lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n / 100), 32, '0')::uuid, 'project', $2,
			format('entity %s', n % 100 / 10), format('operation %s', n % 10)
		FROM generate_series(0, $1::int - 1) AS n`
	// In the transaction that emptied a table, filling it again needs no log.
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, s := range []struct {
			sql  string
			args []any
		}{
			{trust, nil}, {empty, nil}, {drop, nil}, {roles, []any{largeScope}},
			{permissions, []any{largeScope, fixedID(projectName(i)).String()}}, {build, nil},
		} {
			if _, err := tx.Exec(ctx, s.sql, s.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("inserting %d permissions: %w", largeScope, err)
	}
	return insertProject(ctx, conn, i)
}

func projectName(i int) string { return fmt.Sprintf("project %d", i) }

func domainID(n int) pgtype.UUID { return fixedID(fmt.Sprintf("domain %d", n)) }

// fixedID is the same in every database.
func fixedID(name string) pgtype.UUID { return pgtype.UUID{Bytes: md5.Sum([]byte(name)), Valid: true} }
