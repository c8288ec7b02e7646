package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

func TestSorted(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]int64{2, 9, 10}, runtime.Sorted([]int64{10, 9, 2, 9})); diff != "" {
		t.Errorf("integers go by value (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"10", "2", "b"}, runtime.Sorted([]string{"b", "2", "10", "2"})); diff != "" {
		t.Errorf("texts go by their bytes (-want +got):\n%s", diff)
	}
	low, high := pgtype.UUID{Bytes: [16]byte{1}, Valid: true}, pgtype.UUID{Bytes: [16]byte{200}, Valid: true}
	if diff := cmp.Diff([]pgtype.UUID{low, high}, runtime.Sorted([]pgtype.UUID{high, low, high})); diff != "" {
		t.Errorf("uuids go by their text (-want +got):\n%s", diff)
	}
	ids := []int32{3, 1}
	if runtime.Sorted(ids); ids[0] != 3 {
		t.Error("Sorted changed its argument")
	}
	if got := runtime.Sorted([]int16(nil)); len(got) != 0 {
		t.Errorf("no ids are %v", got)
	}
}

func TestParseInt(t *testing.T) {
	t.Parallel()
	if n, err := runtime.ParseInt("-42"); n != -42 || err != nil {
		t.Errorf("-42 is %d, %v", n, err)
	}
	_, err := runtime.ParseInt("personal data")
	if err == nil || strings.Contains(err.Error(), "personal") {
		t.Errorf("the error of a text that is no integer is %v", err)
	}
}

func TestMustParseUUID(t *testing.T) {
	t.Parallel()
	const text = "2de2b969-1d04-48a6-af16-0bc8adb3c831"
	if got := scope.MustParseUUID(text).String(); got != text {
		t.Errorf("%s became %s", text, got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a text that is no uuid did not panic")
		}
	}()
	scope.MustParseUUID("2de2b969")
}

func TestCountTrueAndPtr(t *testing.T) {
	t.Parallel()
	if runtime.CountTrue(true) != 1 || runtime.CountTrue(false) != 0 {
		t.Error("true counts one, false none")
	}
	x := 1
	if p := scope.Ptr(x); *p != 1 || p == &x {
		t.Error("Ptr must point to a copy")
	}
}

type actorKey struct{}

func TestValue(t *testing.T) {
	t.Parallel()
	ctx := context.WithValue(t.Context(), actorKey{}, "ada")
	got, err := runtime.Value(ctx, "actor", func(ctx context.Context) (string, error) { return ctx.Value(actorKey{}).(string), nil })
	if got != "ada" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}

	nobody := errors.New("nobody is signed in")
	_, err = runtime.Value(ctx, "actor", func(context.Context) (string, error) { return "", nobody })
	var e *scope.Error
	if !errors.Is(err, nobody) || !errors.As(err, &e) || e.Op != scope.OpPrepare || e.Step != "context.actor" {
		t.Errorf("the function's error became %v", err)
	}

	_, err = runtime.Value[string](ctx, "actor", nil)
	if err == nil || !strings.Contains(err.Error(), "ContextValues") {
		t.Errorf("without a function the error is %v", err)
	}
}

func TestPrepareFailed(t *testing.T) {
	t.Parallel()
	refused := errors.New("the slug has a blank")
	err := runtime.PrepareFailed("workspace", "before.CheckSlug", refused)
	if !errors.Is(err, refused) {
		t.Error("the cause is lost")
	}
	if got, want := err.Error(), "prepare workspace: step before.CheckSlug: the slug has a blank"; !strings.HasPrefix(got, want) {
		t.Errorf("the text is %q", got)
	}
}
