package peer

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/gen/rbac"
)

// specgen is the generated code of the reference RBAC as it is committed.
type specgen struct {
	pool   *pgxpool.Pool
	scopes *rbac.Provider
}

func openSpecgen(ctx context.Context, config *pgx.ConnConfig) (Peer, error) {
	pool, err := newPool(ctx, config)
	if err != nil {
		return nil, err
	}
	return &specgen{pool: pool, scopes: rbac.NewProvider(pool)}, nil
}

func (s *specgen) CreateProject(ctx context.Context, p Project) error {
	_, err := s.scopes.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: p.DomainID, Name: p.Name, Description: p.Description})
	return err
}

func (s *specgen) PurgeProject(ctx context.Context, id pgtype.UUID) error {
	res, err := s.scopes.PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: id})
	if err == nil && !res.Found {
		return pgx.ErrNoRows
	}
	return err
}

func (s *specgen) Close() { s.pool.Close() }
