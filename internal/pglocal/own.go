package pglocal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// Config says how a server of [StartOwn] runs. The zero value is what [Start]
// does: fast, and not safe from a crash.
type Config struct {
	// Durable keeps what was committed through a crash: fsync,
	// synchronous_commit and full_page_writes are on.
	Durable bool

	// Settings are further ones, such as "commit_delay=1000". They win over the
	// server's own.
	Settings []string
}

// restartLimit covers recovery on a busy machine, and backends that outlive
// their postmaster.
const restartLimit = time.Minute

// StartOwn starts a server of the caller's own, also when SPECGEN_DATABASE_URL
// names another one: one with special settings, or one to be ended by [Server.End].
func StartOwn(ctx context.Context, config Config) (*Server, error) {
	s := &Server{created: map[string]bool{}, templates: map[string]bool{}}
	own, err := startInstance(ctx, config)
	if err != nil {
		return nil, err
	}
	s.own, s.base = own, own.url()
	if err := s.readVersion(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// End sends the postmaster of a server of [StartOwn] a signal and waits until it
// has ended. SIGINT is a fast shutdown, SIGQUIT an immediate one (PostgreSQL
// manual, section "Shutting Down the Server"); after SIGKILL, backends may live
// on for a moment. The files stay, for [Server.Restart]. End and Restart are not
// for concurrent use.
func (s *Server) End(ctx context.Context, signal os.Signal) error {
	if s.own == nil {
		return errors.New("ending the server: it was not started by StartOwn")
	}
	if err := s.own.end(ctx, signal); err != nil {
		return fmt.Errorf("ending the server: %w", err)
	}
	return nil
}

// Restart starts a server again that [Server.End] has ended, on the same files,
// and returns when it takes connections. The settings of the configuration are
// replaced by those given.
func (s *Server) Restart(ctx context.Context, settings ...string) error {
	if s.own == nil {
		return errors.New("restarting the server: it was not started by StartOwn")
	}
	ctx, cancel := context.WithTimeout(ctx, restartLimit)
	defer cancel()
	if err := s.own.restart(ctx, settings); err != nil {
		return fmt.Errorf("restarting the server: %w", err)
	}
	return nil
}
