package scope_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/specgen-dev/specgen/scope"
)

// provider is one for tests: package runtime tests Each on PostgreSQL.
type provider struct{ joined, pooled bool }

func (p provider) Joined() bool { return p.joined }
func (p provider) Pooled() bool { return p.pooled }

func TestEachTriesManyAtFirstInACallersTransaction(t *testing.T) {
	t.Parallel()
	errBad := errors.New("bad")
	var alone []int
	one := func(_ context.Context, i int) (int, error) {
		alone = append(alone, i)
		if i == 70 {
			return 0, errBad
		}
		return -i, nil
	}
	all := func(_ context.Context, items []int) ([]int, error) {
		if slices.Contains(items, 70) {
			return nil, errBad
		}
		return slices.Clone(items), nil
	}
	items := make([]int, 130)
	for i := range items {
		items[i] = i
	}
	got, err := scope.Each(t.Context(), provider{joined: true}, items, one, all, scope.WithConcurrency(4))
	var failed *scope.ItemsError
	if !errors.As(err, &failed) || len(failed.Items) != 1 || failed.Items[0].Index != 70 || !errors.Is(err, errBad) {
		t.Fatalf("got %v", err)
	}
	if !slices.Equal(alone, items[64:128]) || got[63] != 63 || got[64] != -64 || got[70] != 0 || got[128] != 128 {
		t.Errorf("alone went %v, and the results are %v", alone, got)
	}
}

func TestEachRunsOneAfterTheOtherButOnAPool(t *testing.T) {
	t.Parallel()
	var order []int // without a lock: the race detector looks on
	_, err := scope.Each(t.Context(), provider{}, []int{1, 2, 3}, func(_ context.Context, i int) (int, error) {
		order = append(order, i)
		return i, nil
	}, nil, scope.WithConcurrency(3))
	if err != nil || !slices.Equal(order, []int{1, 2, 3}) {
		t.Errorf("order %v, %v", order, err)
	}
}

func TestEachPanicsForItsItems(t *testing.T) {
	t.Parallel()
	defer func() {
		if p := recover(); p != "boom" {
			t.Errorf("recovered %v, want boom", p)
		}
	}()
	_, _ = scope.Each(t.Context(), provider{pooled: true}, []int{0, 1, 2, 3}, func(_ context.Context, i int) (int, error) {
		if i == 1 {
			panic("boom")
		}
		return i, nil
	}, nil, scope.WithConcurrency(2))
	t.Error("it returned")
}
