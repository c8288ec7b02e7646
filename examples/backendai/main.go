// Command backendai shows Backend.AI's scopes at work: it starts a PostgreSQL to throw away, creates one scope of each
// type from the presets in the database, purges them again, and prints what each creation wrote and what is left.
package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/examples/backendai/scopes"
	"github.com/specgen-dev/specgen/internal/pglocal"
)

//go:generate go tool -modfile=../../tools/go.mod sqlc generate
//go:generate go run ../../cmd/specgen generate

//go:embed schema/schema.sql
var schemaSQL string

//go:embed seed/presets.sql
var seedSQL string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "backendai:", err)
		os.Exit(1)
	}
}

// run gives the demonstration a database, which is gone when run returns.
func run(ctx context.Context, stdout io.Writer) (err error) {
	server, err := pglocal.Start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	// The server may be one that others use too: the name must be free.
	url, err := server.Create(ctx, "backendai_"+strings.ToLower(rand.Text()), schemaSQL, seedSQL)
	if err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return fmt.Errorf("opening a pool: %w", err)
	}
	defer pool.Close()
	return demonstrate(ctx, pool, stdout)
}

// demonstrate creates one scope of each type, and purges them.
func demonstrate(ctx context.Context, pool *pgxpool.Pool, stdout io.Writer) error {
	rbac := scopes.NewProvider(pool)
	made, err := create(ctx, rbac)
	if err != nil {
		return err
	}
	for _, s := range made.addresses() {
		n, err := countMade(ctx, pool, s)
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%s: %s, %s, %s\n", s.Type,
			plural(n.roles, "role"), plural(n.permissions, "permission"), plural(n.associations, "association"))
	}
	if err := purge(ctx, rbac, made); err != nil {
		return err
	}
	n, err := countLeft(ctx, pool, made.addresses())
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "left after purging them: %s kept, %s, %s, %s, %s\n", plural(n.roles, "role"),
		plural(n.permissions, "permission"), plural(n.associations, "association"),
		plural(n.virtualScopes, "virtual scope"), plural(n.edges, "edge"))
	return nil
}

// plural writes a number of things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
