// Package peer holds the implementations that are measured: the code that specgen
// generates, and what others would write. All write the same values.
package peer

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Limit is the name of the peer that the others are compared with.
const Limit = "limit"

// Project is what to create.
type Project struct {
	DomainID    pgtype.UUID
	Name        string
	Description *string
}

// Peer creates and purges projects, in one transaction for each call. A purge of a
// project that is not there is an error: the benchmark would measure nothing.
type Peer interface {
	CreateProject(ctx context.Context, p Project) error
	// CreateProjects creates all or none.
	CreateProjects(ctx context.Context, all []Project) error
	PurgeProject(ctx context.Context, id pgtype.UUID) error
	Close()
}

// Kind is an implementation that can be opened on a database. It has one
// connection at a time, and does not ping it.
type Kind struct {
	Name string
	Open func(ctx context.Context, config *pgx.ConnConfig) (Peer, error)
	// Many says that it is for several projects at once: a single one it creates as
	// another peer does.
	Many bool
	// Loops says that it creates several projects one after the other, so that the
	// time grows with their number whatever the network.
	Loops bool
	// Sizes says that its statements depend on the number of rows in them.
	Sizes bool
	// Always says that it is measured however little time there is.
	Always bool
}

// Kinds returns all, in the order in which they take turns.
func Kinds() []Kind {
	return []Kind{
		{Name: "specgen", Open: openSpecgen, Always: true},
		{Name: "specgen-rows", Open: openSpecgenRows, Always: true},
		{Name: "sqlc-loop", Open: openSQLCLoop, Loops: true},
		{Name: "sqlc-bulk", Open: openSQLCBulk, Loops: true},
		{Name: "sqlc-array", Open: openSQLCArray, Many: true},
		{Name: "gorm", Open: openGorm, Sizes: true},
		{Name: "bun", Open: openBun},
		{Name: Limit, Open: openLimit, Always: true},
	}
}

// newPool returns a pool of one connection for the peers on pgx.
func newPool(ctx context.Context, config *pgx.ConnConfig) (*pgxpool.Pool, error) {
	c, err := pgxpool.ParseConfig("")
	if err != nil {
		return nil, fmt.Errorf("reading the defaults of a pool: %w", err)
	}
	c.ConnConfig = config.Copy()
	// A connection that is replaced has its statements to prepare again.
	c.MaxConns, c.MaxConnLifetime, c.MaxConnIdleTime = 1, 24*time.Hour, 24*time.Hour
	c.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
	return pgxpool.NewWithConfig(ctx, c)
}

// inTransaction runs fn in a transaction of READ COMMITTED, as the generated code
// does.
func inTransaction(ctx context.Context, pool *pgxpool.Pool, fn func(tx pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, fn)
}
