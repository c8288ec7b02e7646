package otel_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/specgen-dev/specgen/docs/howto/otel"
	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/schema"
	"github.com/specgen-dev/specgen/scope"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func reference() []string {
	return append(pgtest.Texts(schema.Files), "INSERT INTO role_presets (id, scope_type, name) VALUES (gen_random_uuid(), 'domain', 'owner')")
}

// The spans of a request: one for each flush, and pgx's for its statements.
func TestObserver(t *testing.T) {
	t.Parallel()
	recorder := tracetest.NewSpanRecorder()
	tracers := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder))
	tracer := tracers.Tracer("example")
	pool, err := otel.NewPool(t.Context(), pgtest.URL(t, reference()...), tracers)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	provider := rbac.NewProvider(pool, scope.WithObserver(otel.Observer(tracer)))

	ctx, request := tracer.Start(t.Context(), "POST /domains")
	if _, err := provider.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"}); err != nil {
		t.Fatal(err)
	}
	_, err = provider.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: "acme"})
	if !errors.Is(err, rbac.ErrDomainNameTaken) {
		t.Fatal(err)
	}
	request.End()

	var flushes, statements []string
	batches := 0
	for _, span := range recorder.Ended() {
		if span.SpanContext().TraceID() != request.SpanContext().TraceID() {
			continue // of the pool's own connecting
		}
		switch name := span.Name(); {
		case strings.Contains(name, "flush"):
			if span.Parent().SpanID() != request.SpanContext().SpanID() {
				t.Errorf("%s is not below the request", name)
			}
			if span.Status().Code == codes.Error {
				name += " failed"
			}
			flushes = append(flushes, name)
		case name == "batch start": // otelpgx's name for statements that travel together
			batches++
		case name == "INSERT":
			statements = append(statements, name)
		case name == "POST /domains":
			if events := span.Events(); len(events) != 1 || events[0].Name != "step failed" {
				t.Errorf("the request has the events %v", events)
			}
		}
	}
	if want := []string{"create domain: flush 1", "create domain: flush 2", "create domain: flush 1 failed"}; !slices.Equal(flushes, want) {
		t.Errorf("flushes %q, want %q", flushes, want)
	}
	if batches != 3 || len(statements) != 4 {
		t.Errorf("pgx's tracer made spans of %d batches and %d INSERTs, want 3 and 4", batches, len(statements))
	}
}
