package runtime_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope/runtime"
)

// BenchmarkFlush writes 100 rows in one transaction and one round trip: through
// a flush, and by a pgx.Batch that is written by hand. Each iteration removes the
// rows of the one before in the same round trip.
func BenchmarkFlush(b *testing.B) {
	pool := notesDB(b)
	fresh, names := &ids{}, make([]string, 100)
	for i := range names {
		names[i] = fresh.next()
	}
	b.Run("flush", func(b *testing.B) {
		r := runtime.NewRunner(pool)
		b.ReportAllocs()
		for b.Loop() {
			err := single(b.Context(), r, func(ctx context.Context, op *runtime.Op) error {
				f := op.Flush()
				f.Do(runtime.Step{Name: "clear"}, func(ctx context.Context) error {
					_, err := op.Exec(ctx, "DELETE FROM notes")
					return err
				})
				for _, id := range names {
					f.Do(runtime.Step{Name: "note"}, note(op, id))
				}
				f.MayEnd()
				return f.Send(ctx)
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		wantNotes(b, pool)
	})
	b.Run("batch", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := byHand(b.Context(), pool, names); err != nil {
				b.Fatal(err)
			}
		}
		wantNotes(b, pool)
	})
}

func byHand(ctx context.Context, pool *pgxpool.Pool, names []string) error {
	var batch pgx.Batch
	batch.Queue("BEGIN ISOLATION LEVEL READ COMMITTED")
	batch.Queue("DELETE FROM notes")
	for _, id := range names {
		batch.Queue(insertNote, id, "text")
	}
	batch.Queue("COMMIT")
	results := pool.SendBatch(ctx, &batch)
	for range 2 {
		if _, err := results.Exec(); err != nil {
			return err
		}
	}
	for range names {
		var id string
		var body *string
		if err := results.QueryRow().Scan(&id, &body); err != nil {
			return err
		}
	}
	return results.Close()
}

func wantNotes(b *testing.B, pool *pgxpool.Pool) {
	b.Helper()
	var n int
	if err := pool.QueryRow(b.Context(), "SELECT count(*) FROM notes").Scan(&n); err != nil || n != 100 {
		b.Fatalf("%d notes, error %v", n, err)
	}
}
