package scopetest_test

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/scopetest"
)

// FailEach makes each statement fail in turn, and compares the whole database
// with what it was. The second function commits its first statement by itself.
func ExampleFailEach() {
	ctx := context.Background()
	pool := pgtest.ExamplePool("CREATE TABLE notes (text text NOT NULL)") // a *pgxpool.Pool

	n, err := scopetest.FailEach(ctx, pool, scopetest.Refused, func(ctx context.Context, db scope.DB) error {
		return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "INSERT INTO notes VALUES ('one')"); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "INSERT INTO notes VALUES ('two')")
			return err
		})
	})
	fmt.Println(n, "statements failed, COMMIT being one:", err)

	_, err = scopetest.FailEach(ctx, pool, scopetest.Refused, func(ctx context.Context, db scope.DB) error {
		for _, text := range []string{"three", "four"} {
			err := pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO notes VALUES ($1)", text)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	fmt.Println("something is left behind:", err != nil)
	// Output:
	// 3 statements failed, COMMIT being one: <nil>
	// something is left behind: true
}
