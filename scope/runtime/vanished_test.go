package runtime_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// TestVanished copies a row that was deleted since it was read: a violation of the
// foreign key to it is a conflict, and run again; one of another key is none.
func TestVanished(t *testing.T) {
	t.Parallel()
	const insert = "INSERT INTO copies (preset, other) VALUES ($1, $2)"
	for _, tc := range []struct {
		name     string
		keys     []string
		args     []any // of the first run
		fake     *pgconn.PgError
		conflict bool
	}{
		{"the key to what was copied", []string{"copies_preset_fkey"}, []any{"gone", nil}, nil, true},
		{"another key", []string{"copies_preset_fkey"}, []any{"a", "gone"}, nil, false},
		{"no such key", nil, []any{"gone", nil}, nil, false},
		{"the name in the message alone", []string{"copies_preset_fkey"}, []any{"a", nil},
			&pgconn.PgError{Code: "23503", Message: `insert or update on table "copies_102008" violates foreign key constraint "copies_preset_fkey_102008"`}, true},
		{"another name in the message", []string{"copies_preset_fkey"}, []any{"a", nil},
			&pgconn.PgError{Code: "23503", Message: `insert or update on table "copies_102008" violates foreign key constraint "copies_other_fkey_102008"`}, false},
		{"another state", []string{"copies_preset_fkey"}, []any{"a", nil}, &pgconn.PgError{Code: "23505", ConstraintName: "copies_preset_fkey"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			everyDB(t, func(t *testing.T, pool *pgxpool.Pool, db scope.DB, finish func() error) {
				mustExec(t, pool, `
					CREATE TABLE presets (id text PRIMARY KEY);
					CREATE TABLE copies (preset text NOT NULL REFERENCES presets, other text REFERENCES presets);
					INSERT INTO presets VALUES ('a')`)
				runs := 0
				r := runtime.NewRunner(db)
				_, err := onlyOperation(t.Context(), r, func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
					runs++
					args, fake := tc.args, tc.fake
					if runs > 1 {
						args, fake = []any{"a", nil}, nil
					}
					op := tx.Create("item", nil, nil)
					f := op.Flush()
					f.Do(runtime.Step{Name: "copy", MayVanish: tc.keys}, func(ctx context.Context) error {
						_, err := op.Exec(ctx, insert, args...)
						if err == nil && fake != nil {
							err = fake
						}
						return err
					})
					return struct{}{}, f.Send(ctx)
				})
				want := scope.ErrParentNotFound
				switch {
				case tc.conflict:
					want = scope.ErrConflict
				case tc.fake != nil && tc.fake.Code == "23505":
					want = scope.ErrAlreadyExists
				}
				if tc.conflict && !r.Joined() {
					if err != nil || runs != 2 {
						t.Errorf("%d runs, error %v", runs, err)
					}
					return
				}
				wantOnly(t, err, want)
				if runs != 1 {
					t.Errorf("%d runs", runs)
				}
			})
		})
	}
}
