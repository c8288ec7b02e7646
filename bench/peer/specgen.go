package peer

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/bench/bulkrbac"
)

// specgen is generated code as it is committed, of a specification whose queries
// take arrays.
type specgen struct {
	pool   *pgxpool.Pool
	scopes *bulkrbac.Provider
}

func openSpecgen(ctx context.Context, config *pgx.ConnConfig) (Peer, error) {
	pool, err := newPool(ctx, config)
	if err != nil {
		return nil, err
	}
	return &specgen{pool: pool, scopes: bulkrbac.NewProvider(pool)}, nil
}

func (s *specgen) CreateProject(ctx context.Context, p Project) error {
	_, err := s.scopes.CreateProject(ctx, bulkrbac.ProjectCreatorSpec{DomainID: p.DomainID, Name: p.Name, Description: p.Description})
	return err
}

func (s *specgen) CreateProjects(ctx context.Context, all []Project) error {
	specs := make([]bulkrbac.ProjectCreatorSpec, len(all))
	for i, p := range all {
		specs[i] = bulkrbac.ProjectCreatorSpec{DomainID: p.DomainID, Name: p.Name, Description: p.Description}
	}
	_, err := s.scopes.CreateProjects(ctx, specs)
	return err
}

func (s *specgen) PurgeProject(ctx context.Context, id pgtype.UUID) error {
	res, err := s.scopes.PurgeProject(ctx, bulkrbac.ProjectPurgerSpec{ID: id})
	if err == nil && !res.Found {
		return pgx.ErrNoRows
	}
	return err
}

func (s *specgen) Close() { s.pool.Close() }
