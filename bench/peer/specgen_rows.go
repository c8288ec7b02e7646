package peer

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/gen/rbac"
)

// specgenRows is the generated code of the reference RBAC as it is committed: its
// specification creates a row by a statement.
type specgenRows struct {
	pool   *pgxpool.Pool
	scopes *rbac.Provider
}

func openSpecgenRows(ctx context.Context, config *pgx.ConnConfig) (Peer, error) {
	pool, err := newPool(ctx, config)
	if err != nil {
		return nil, err
	}
	return &specgenRows{pool: pool, scopes: rbac.NewProvider(pool)}, nil
}

func (s *specgenRows) CreateProject(ctx context.Context, p Project) error {
	_, err := s.scopes.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: p.DomainID, Name: p.Name, Description: p.Description})
	return err
}

func (s *specgenRows) CreateProjects(ctx context.Context, all []Project) error {
	specs := make([]rbac.ProjectCreatorSpec, len(all))
	for i, p := range all {
		specs[i] = rbac.ProjectCreatorSpec{DomainID: p.DomainID, Name: p.Name, Description: p.Description}
	}
	_, err := s.scopes.CreateProjects(ctx, specs)
	return err
}

func (s *specgenRows) PurgeProject(ctx context.Context, id pgtype.UUID) error {
	res, err := s.scopes.PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: id})
	if err == nil && !res.Found {
		return pgx.ErrNoRows
	}
	return err
}

func (s *specgenRows) Close() { s.pool.Close() }
