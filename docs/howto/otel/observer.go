// Package otel shows how coordinators are traced: docs/howto/opentelemetry.md
// quotes it. It is a module of its own, so that OpenTelemetry reaches nobody who
// does not ask for it.
package otel

import (
	"context"
	"fmt"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/specgen-dev/specgen/scope"
)

// Observer returns an observer that makes a span of each flush, below the span
// of the call's context. A step that fails and a retry are events of that span.
func Observer(tracer trace.Tracer) scope.Observer {
	return func(ctx context.Context, e scope.Event) {
		switch e.Kind {
		case scope.FlushSent:
			end := time.Now() // an observer hears of a flush when its answers are there
			_, span := tracer.Start(ctx, fmt.Sprintf("%s %s: flush %d", e.Op, e.Scope.Type, e.Flush),
				trace.WithTimestamp(end.Add(-e.Duration)), trace.WithSpanKind(trace.SpanKindClient),
				trace.WithAttributes(attribute.Int("specgen.statements", e.Statements), attribute.Int("specgen.attempt", e.Attempt)))
			if e.Err != nil {
				span.SetStatus(codes.Error, e.Err.Error()) // our texts hold no value of a row
			}
			span.End(trace.WithTimestamp(end))
		case scope.StepDone:
			if e.Err != nil {
				trace.SpanFromContext(ctx).AddEvent("step failed", trace.WithAttributes(
					attribute.String("specgen.step", e.Step), attribute.String("specgen.query", e.Query)))
			}
		case scope.Retry:
			trace.SpanFromContext(ctx).AddEvent("transaction is run again", trace.WithAttributes(
				attribute.Int("specgen.attempt", e.Attempt), attribute.String("error", e.Err.Error())))
		}
	}
}

// NewPool returns a pool whose SQL is traced by otelpgx.
func NewPool(ctx context.Context, url string, tracers trace.TracerProvider) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.Tracer = otelpgx.NewTracer(otelpgx.WithTracerProvider(tracers))
	return pgxpool.NewWithConfig(ctx, config)
}
