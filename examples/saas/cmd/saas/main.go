// Command saas serves the example's HTTP interface on SAAS_LISTEN, on the
// database of SAAS_DATABASE_URL, to which schema/*.sql was applied.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/saas/internal/server"
	"example.com/saas/saasfunc"
	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "saas:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends, then lets the requests under way finish.
func run(ctx context.Context) error {
	url := os.Getenv("SAAS_DATABASE_URL")
	if url == "" {
		return errors.New("SAAS_DATABASE_URL is not set: it names the database, such as postgres://localhost/saas")
	}
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return fmt.Errorf("opening a pool: %w", err)
	}
	defer pool.Close()
	httpServer := &http.Server{
		Addr:              cmp.Or(os.Getenv("SAAS_LISTEN"), "localhost:8080"),
		Handler:           server.New(pool, server.Config{Publish: announce}),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- httpServer.ListenAndServe() }()
	slog.InfoContext(ctx, "listening", "address", httpServer.Addr)
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := httpServer.Shutdown(grace); err != nil {
		return fmt.Errorf("shutting down: %w", err)
	}
	return nil
}

// announce stands for a message broker.
func announce(ctx context.Context, event saasfunc.WorkspaceEvent) error {
	slog.InfoContext(ctx, "workspace created", "id", event.ID, "slug", event.Slug)
	return nil
}
