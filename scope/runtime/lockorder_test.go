package runtime_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/scope/runtime"
)

func TestLocksAreOrdered(t *testing.T) {
	t.Parallel()
	pool := newDB(t)
	id := func(last byte) pgtype.UUID { return pgtype.UUID{Bytes: [16]byte{15: last}, Valid: true} }
	for _, tc := range []struct {
		name  string
		steps []runtime.Step
		want  []any
	}{
		{"uuids", []runtime.Step{{Query: "A", Lock: id(2)}, {Query: "A", Lock: id(1)}}, []any{id(1), id(2)}},
		{"numbers by value", []runtime.Step{{Query: "A", Lock: int64(10)}, {Query: "A", Lock: int64(9)}}, []any{int64(9), int64(10)}},
		{"equal ones stay", []runtime.Step{{Query: "A", Name: "x", Lock: "a"}, {Query: "A", Name: "y", Lock: "a"}}, []any{"a", "a"}},
		{"each query by itself", []runtime.Step{{Query: "B", Lock: "2"}, {Query: "B", Lock: "1"}, {Query: "A", Lock: "0"}}, []any{"1", "2", "0"}},
		{"others stay in place", []runtime.Step{{Query: "A", Lock: "2"}, {Query: "A"}, {Query: "A", Lock: "1"}}, []any{"2", nil, "1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var sent []any
			err := create(t.Context(), runtime.NewRunner(pool), func(ctx context.Context, op *runtime.Op) error {
				f := op.Flush()
				for i, s := range tc.steps {
					if s.Name == "" {
						s.Name = fmt.Sprint(i)
					}
					f.Do(s, func(ctx context.Context) error {
						if _, err := op.Exec(ctx, "SELECT 1"); err != nil {
							return err
						}
						sent = append(sent, s.Lock)
						return nil
					})
				}
				return f.Send(ctx)
			})
			if diff := cmp.Diff(tc.want, sent); err != nil || diff != "" {
				t.Errorf("error %v, %s", err, diff)
			}
		})
	}
}
