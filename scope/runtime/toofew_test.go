package runtime_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// needy is a create that copies presets, of which there must be one, and their
// entries. It reads them in one flush, or in two.
type needy struct {
	apart bool
	runs  int
	got   []string
}

func (n *needy) run(ctx context.Context, tx *runtime.Tx) error {
	n.runs++
	n.got = nil
	op := tx.Create("item", nil, nil)
	f := op.Flush()
	read := func(name, sql string, locks bool, least int64) {
		f.Do(runtime.Step{Name: name, Copied: true, Locks: locks}, func(ctx context.Context) error {
			rows, err := op.Query(ctx, sql)
			if err != nil {
				return err
			}
			names, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				return err
			}
			n.got = append(n.got, names...)
			return runtime.ExpectAtLeast(int64(len(names)), least)
		})
	}
	f.Do(runtime.Step{Name: "row"}, func(ctx context.Context) error {
		_, err := op.Exec(ctx, "INSERT INTO notes (id) VALUES ('made')")
		return err
	})
	read("presets", "SELECT id FROM presets WHERE NOT archived ORDER BY id FOR SHARE", true, 1)
	if n.apart {
		if err := f.Send(ctx); err != nil {
			return err
		}
		f = op.Flush()
	}
	read("entries", "SELECT e.preset || e.name FROM entries e JOIN presets p ON p.id = e.preset WHERE NOT p.archived ORDER BY 1", false, 0)
	f.Do(runtime.Step{Name: "setting"}, func(ctx context.Context) error {
		_, err := op.Exec(ctx, "INSERT INTO settings SELECT 'one' FROM presets WHERE archived IS NULL")
		return err
	})
	f.Reread()
	return f.Send(ctx)
}

// TestTooFew replaces all presets while a create waits for their lock: it finds
// neither the old ones nor the new ones, and is run again. Where there are none for
// certain it fails, once.
func TestTooFew(t *testing.T) {
	t.Parallel()
	const replace = "UPDATE presets SET archived = true; INSERT INTO presets VALUES ('c'); INSERT INTO entries VALUES ('c', '4')"
	for name, tc := range map[string]struct {
		edit  string
		apart bool
		want  []string // nil where there are none
	}{
		"replaced":                {replace, false, []string{"c", "c4"}},
		"replaced, two flushes":   {replace, true, []string{"c", "c4"}},
		"taken away":              {"UPDATE presets SET archived = true", false, nil},
		"taken away, two flushes": {"UPDATE presets SET archived = true", true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everyDB(t, func(t *testing.T, pool *pgxpool.Pool, db scope.DB, finish func() error) {
				mustExec(t, pool, copiesSchema)
				n, r := &needy{apart: tc.apart}, runtime.NewRunner(db)
				create := func() error {
					_, err := onlyOperation(t.Context(), r, func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
						return struct{}{}, n.run(ctx, tx)
					})
					return err
				}
				err := edited(t, pool, create, tc.edit, true)
				made, runs := 0, 1
				if tc.want == nil {
					wantOnly(t, err, scope.ErrNotFound)
					if e := wantErr(t, err); e.Step != "presets" {
						t.Errorf("error %v", err)
					}
				} else {
					made, runs = 1, 2
					if r.Joined() {
						wantOnly(t, err, scope.ErrConflict)
						err = create() // the caller's transaction is usable
					}
					if err != nil {
						t.Fatal(err)
					}
				}
				if err := finish(); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.want, n.got); diff != "" || n.runs != runs {
					t.Errorf("%d runs, want %d; %s", n.runs, runs, diff)
				}
				if got := count(t, pool, "notes"); got != made {
					t.Errorf("%d rows, want %d", got, made)
				}
			})
		})
	}
}

// TestTooFewComesFirst has the server refuse a statement behind the one whose rows
// are too few: what is told came first.
func TestTooFewComesFirst(t *testing.T) {
	t.Parallel()
	everyDB(t, func(t *testing.T, pool *pgxpool.Pool, db scope.DB, finish func() error) {
		err := create(t.Context(), runtime.NewRunner(db), func(ctx context.Context, op *runtime.Op) error {
			f := op.Flush()
			f.Do(runtime.Step{Name: "presets", Copied: true, Missing: errCustom}, func(ctx context.Context) error {
				rows, err := op.Query(ctx, "SELECT id FROM notes")
				if err != nil {
					return err
				}
				names, err := pgx.CollectRows(rows, pgx.RowTo[string])
				if err != nil {
					return err
				}
				return runtime.ExpectAtLeast(int64(len(names)), 1)
			})
			f.Do(runtime.Step{Name: "row"}, func(ctx context.Context) error {
				_, err := op.Exec(ctx, "INSERT INTO notes (id) VALUES (NULL)")
				return err
			})
			f.Reread()
			return f.Send(ctx)
		})
		if e := wantErr(t, err); e.Step != "presets" || !errors.Is(err, errCustom) {
			t.Errorf("error %v", err)
		}
		if err := finish(); err != nil {
			t.Fatal(err)
		}
	})
}
