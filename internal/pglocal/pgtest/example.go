package pgtest

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// ExamplePool is [Pool] for Example functions, which have no testing.TB. It
// panics where Pool fails the test. The pool may be left open: the database goes
// with the server of the process, or when that is stopped.
func ExamplePool(sql ...string) *pgxpool.Pool {
	server, err := process.get()
	if err != nil {
		panic("this example needs PostgreSQL: " + err.Error())
	}
	ctx := context.Background()
	url, err := server.Create(ctx, "specgen_example_"+strings.ToLower(rand.Text()), sql...)
	if err != nil {
		panic("a database for an example: " + err.Error())
	}
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		panic("a pool for an example: " + err.Error())
	}
	return pool
}
