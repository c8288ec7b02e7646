package peer

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/bench/bulkdb"
	"github.com/specgen-dev/specgen/gen/rbacdb"
)

// sqlcArray is sqlcBulk with one statement a table for all projects together. It is
// written for that by hand.
type sqlcArray struct{ *sqlcBulk }

func openSQLCArray(ctx context.Context, config *pgx.ConnConfig) (Peer, error) {
	pool, err := newPool(ctx, config)
	if err != nil {
		return nil, err
	}
	return sqlcArray{&sqlcBulk{pool: pool}}, nil
}

func (s sqlcArray) CreateProjects(ctx context.Context, all []Project) error {
	return inTransaction(ctx, s.pool, func(tx pgx.Tx) error {
		q := bulkdb.New(tx)
		domains := domainsOf(all)
		if locked, err := q.LockDomains(ctx, domains); err != nil || len(locked) != len(domains) {
			return cmp.Or(err, pgx.ErrNoRows)
		}
		var projects bulkdb.CreateProjectsParams
		for _, p := range all {
			projects.Ids = append(projects.Ids, newID())
			projects.DomainIds = append(projects.DomainIds, p.DomainID)
			projects.Names = append(projects.Names, p.Name)
			description := ""
			if p.Description != nil {
				description = *p.Description
			}
			projects.Descriptions = append(projects.Descriptions, description)
		}
		if _, err := q.CreateProjects(ctx, projects); err != nil {
			return err
		}
		template, err := readTemplate(ctx, rbacdb.New(tx))
		if err != nil {
			return err
		}
		var c columns
		for i, p := range all {
			c.add(template, projects.Ids[i], p.DomainID)
		}
		return c.insert(ctx, q)
	})
}

// domainsOf returns the domains of projects, each once, in order: whoever locks
// several rows does it in one order (PostgreSQL manual, section 13.3.4).
func domainsOf(all []Project) []pgtype.UUID {
	ids := make([]pgtype.UUID, 0, len(all))
	for _, p := range all {
		ids = append(ids, p.DomainID)
	}
	slices.SortFunc(ids, func(a, b pgtype.UUID) int { return slices.Compare(a.Bytes[:], b.Bytes[:]) })
	return slices.Compact(ids)
}
